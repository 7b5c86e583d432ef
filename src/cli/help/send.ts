import { OUTPUT_OPTIONS } from './main.ts'

/** @internal */
export const SEND_HELP: string = `Examples
  latchkey send tool.json --token apiKey=env:API_KEY --parameters values.json
  latchkey send call.json --tool stock_price --parameters - --json

Usage
  latchkey send FILE [OPTION…]

Sends the request of one tool with its credentials, over the network, and shows
the request and the answer. Credentials are [secret] in both; in the answer one
of fewer than four characters stays.

FILE is JSON or YAML, or - for standard input: a definition, a stored tool, a
tool with its call, or a call, as for \`latchkey resolve\`.
  --tool NAME              Which tool, where FILE holds several.
  --tools FILE             Stored tools that a call refers to by name or id.

Request
  --parameters FILE        What the model would choose: { "name": value }.
  --automatic FILE         What the platform knows: { "KNOWN_PARAM_…": value }.
  --body FILE              The body, in place of that of body parameters.

Credentials
  --tokens FILE            As for \`latchkey resolve\`.
  --token NAME=env:VAR     Likewise, or NAME=file:PATH. May be repeated.
  --call-token env:VAR     A call token, or file:PATH.
  --store STORE --key ID=env:VAR
                           Where stored credentials are, as for
                           \`latchkey credentials\`.
  --tenant NAME            Whose credentials. Default: local.
  --environment NAME       Which of the stored ones. Default: the default one.
  --anonymous never        Refuse to send without authentication.

Sending
  --redirects refuse|sameOrigin|strip
                           Follow none, those within the origin, or others too
                           without anything secret. Default refuse.
  --timeout SECONDS        For everything together. Default 10.

Reading definitions
  --profile ultravox       Refuse what Ultravox's own API does not know.
  --unknown-fields allow   Unknown fields outside \`requirements\` are warnings.
  --allow-insecure-origin ORIGIN
                           Let plain http carry credentials to exactly this
                           origin. May be repeated.
  --stdin-filepath PATH    The name and format of standard input.

${OUTPUT_OPTIONS}
Exit status
  0  answered, with a status below 400
  1  answered with 400 or more, or not at all; a request that is refused, an
     invalid definition or token
  2  could not run: usage, a file that is unreadable or does not parse
  3  no option is satisfied
`
