const EXIT_CODES = `Exit status
  0  fine
  1  findings, an invalid definition or token
  2  could not run: usage, a file that is unreadable or does not parse
  3  no option is satisfied
  The first that applies of 2, 1, 3, 0. Reports go to standard output,
  everything else to standard error.`

const EXIT_STATUS = `${EXIT_CODES} Nothing is sent over a network.
`

/** @internal */
export const OUTPUT_OPTIONS: string = `Output
  --format text|json       Default text; --json is short for --format json.
  --no-color               No colour. Nor is there any without a terminal, or
                           where NO_COLOR is set.
`

const READING_OPTIONS = `Reading definitions
  --profile ultravox       Refuse what Ultravox's own API does not know.
  --unknown-fields allow   Unknown fields outside \`requirements\` are warnings.
  --allow-insecure-origin ORIGIN
                           Let plain http carry credentials to exactly this
                           origin. May be repeated.
  --stdin-filepath PATH    The name and format of standard input.
`

/** @internal */
export const MAIN_HELP: string = `Examples
  latchkey validate 'tools/**/*.json'
  latchkey resolve tool.json --token apiKey=env:API_KEY

Usage
  latchkey COMMAND [OPTION…] FILE…

Commands
  validate FILE…   Check tool definitions.
  resolve FILE     Choose an option with tokens; show the request before and
                   after.
  explain FILE…    Say who can run tools, or what a set of token names would
                   choose.
  send FILE        Send the request of a tool; show the answer.
  sign FILE        Show what HMAC signing adds to a request.
  verify FILE      Check an HMAC signature; say what is wrong with it.
  import FORMAT FILE
                   Read tools of Tavus, Vapi or OpenAPI as definitions.
  migrate vapi FILE
                   Move the inline secrets of a Vapi resource into credentials.
  schema           Print the JSON Schema of a tool definition.
  credentials ACTION
                   Create, list, rotate and delete stored credentials.
  keys ACTION      Issue, list and delete the API keys of tenants.
  serve --example  Serve a small API that such keys protect.

  latchkey COMMAND --help says more about each.
  latchkey --version

${EXIT_CODES} A network is used
  only by send and serve, and to reach a store in Redis.
`

const FILE_FORMS = `FILE is JSON or YAML, or - for standard input:
  a definition             { "modelToolName": …, "requirements": … }
  a stored tool            { "name": …, "definition": … }, or an array of them
  a tool with its call     { "tool": …, "call": … }
  a call                   { "selectedTools": [ … ] }, { "callTemplate": … },
                           with "toolOverrides"
`

/** @internal */
export const VALIDATE_HELP: string = `Examples
  latchkey validate tool.json
  latchkey validate 'tools/**/*.json' --profile ultravox --fail-on warning

Usage
  latchkey validate FILE… [OPTION…]

Checks every tool definition in the files: its schema, its rules, and what is
valid yet probably not meant. Nothing is printed on success but a summary on
standard error.

${FILE_FORMS}
A pattern such as 'tools/**/*.json' takes its files in alphabetical order.

Findings
  --fail-on error|warning  From which severity on the exit status is 1. Default
                           error. What is printed stays the same.

${READING_OPTIONS}
${OUTPUT_OPTIONS}
${EXIT_STATUS}`

/** @internal */
export const RESOLVE_HELP: string = `Examples
  latchkey resolve tool.json --token apiKey=env:API_KEY
  latchkey resolve call.json --tools tools.json --tokens tokens.json

Usage
  latchkey resolve FILE [OPTION…]

Chooses the first option whose requirements are all supplied, says why the
others were passed over, and shows the request before and after.

${FILE_FORMS}
Tokens
  A later source goes before an earlier one:
  authTokens               of the call in FILE.
  --tokens FILE            { "name": "token" }; where FILE holds a call also
                           { "tool": { "name": "token" } }. - is standard
                           input. Of several tools each gets the names it uses.
  --token NAME=env:VAR     The value of a variable.
  --token NAME=file:PATH   The content of a file, without the one line break at
                           its end. May be repeated; the value itself is never
                           an argument, which other processes can read.
  --reveal                 Print credentials. Without it they are [secret].

Choosing
  --tools FILE             Stored tools that a call refers to by name or id: an
                           array, a map from name to tool, or one of them.
  --anonymous never        Refuse to run a tool without authentication.
  --mint-call-token        Assume that the platform can mint call tokens.
  --tenant NAME            Whose stored credentials { "credentialId": … } means.

Request
  --request URL            The request to authenticate. Default: the
                           definition's own, where it has no placeholder.
  --method METHOD          Default: the definition's, else GET.

${READING_OPTIONS}
${OUTPUT_OPTIONS}
${EXIT_STATUS}`

/** @internal */
export const EXPLAIN_HELP: string = `Examples
  latchkey explain tools --fail-on anonymous
  latchkey explain call.json --tools tools.json
  latchkey explain tool.json --have user_id,auth_token

Usage
  latchkey explain FILE|FOLDER… [OPTION…]
  latchkey explain FILE --have NAME,NAME… [OPTION…]

Says which sets of token names run each tool, and whether it can run
anonymously; with --have, which option a set of names would choose. It takes
names only: tokens in FILE are not looked at.

${FILE_FORMS}
FOLDER stands for the JSON and YAML files in it and in the folders below, in
alphabetical order. Those that hold no tool are passed over, and named on
standard error. What begins with a dot, node_modules and links to folders are
left out.

Reviewing
  --fail-on anonymous      Exit with 1 if any tool could run anonymously. What
                           is printed stays the same.
  --tools FILE             Stored tools that calls refer to by name or id. Those
                           in other files given are found, too.

Choosing
  --have NAME,NAME…        Names for which there is a token. May be repeated.
  --anonymous never        Refuse to run a tool without authentication.
  --mint-call-token        Assume that the platform can mint call tokens.

${READING_OPTIONS}
${OUTPUT_OPTIONS}
${EXIT_STATUS}`

/** @internal */
export const SCHEMA_HELP: string = `Examples
  latchkey schema > tool-definition.schema.json
  latchkey schema | jq .properties

Usage
  latchkey schema

Prints the JSON Schema of a tool definition. An editor finds the same file as
./node_modules/latchkey/schema.json.

${EXIT_STATUS}`
