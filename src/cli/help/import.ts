const EXIT_STATUS = `Exit status
  0  fine
  1  something cannot be told, and is left out of what is written
  2  could not run: usage, a file that is unreadable or does not parse, or one
     that is there already
`

/** @internal */
export const IMPORT_HELP: string = `Examples
  latchkey import openapi api.yaml --operation listOrders --out tools
  latchkey import tavus tool.json --out tools --secrets-out tokens.json
  latchkey import vapi assistant.json --credentials credentials.json

Usage
  latchkey import tavus|vapi|openapi FILE [OPTION…]

Reads the tools of another platform, or the operations of an OpenAPI 3.0 or 3.1
document, as tool definitions without secrets. What cannot be told without
losing a part of the authentication is an error, and never a tool that runs
anonymously.

FILE is JSON or YAML, or - for standard input. Nothing is sent over a network;
references are followed inside the file only.

  tavus     a tool, an array of tools, or { "data": … } of them
  vapi      an assistant, phone number, squad, tool or server, or an array:
            every server in it becomes a tool
  openapi   a document: every operation becomes a tool

Output
  Without --out a call is printed: { "selectedTools": … }, its tokens empty.
  --out DIR                Write each definition to DIR/NAME.json, and print the
                           tokens that are to be filled in: names, no values.
  --secrets-out FILE       Write the secrets that FILE holds, as a file for
                           \`latchkey resolve --tokens\`. It must not be there
                           yet; only its owner can read it. Without this option
                           they are left out. tavus and vapi.
  --no-color               No colour.

openapi
  --operation NAME         Only this one: its operationId, its tool name, or
                           such as 'GET /orders'. May be repeated.
  --server-var NAME=VALUE  A server variable, in place of its default. May be
                           repeated.
  --server URL             Take this in place of the document's servers.

vapi
  --credentials FILE       The credentials that \`credentialId\` names, as Vapi's
                           API lists them.
  --plain-header NAME      A header that holds no secret, and becomes a fixed
                           value. May be repeated.
  --hmac-timestamp s|ms|iso
                           How an HMAC plan writes its timestamp. Default s.
  --hmac-url with-query|without-query
                           What {url} in its payload is. Default with-query.
  --hmac-excluded-timestamp drop|empty|send
                           What {timestamp} is where includeTimestamp is false.
                           Default drop.

All
  --client-authentication client_secret_post|client_secret_basic|
      client_secret_basic_raw
                           How OAuth clients prove themselves, where FILE does
                           not say. Default client_secret_post.
  --allow-insecure-origin ORIGIN
                           Let plain http carry credentials to exactly this
                           origin. May be repeated.
  --stdin-filepath PATH    The name and format of standard input.

${EXIT_STATUS}`

/** @internal */
export const MIGRATE_HELP: string = `Examples
  latchkey migrate vapi assistant.json
  latchkey migrate vapi assistant.json --secrets-out new-credentials.json
  latchkey migrate vapi assistant.json --out migrated.json \\
    --credential 'X-Vapi-Secret api.example.com=cred_abc123'

Usage
  latchkey migrate vapi FILE [OPTION…]

Moves the inline secrets of a Vapi assistant, phone number, squad or tool into
credentials, so that every request stays the same, byte for byte. Says of each
server what it sends before and after.

First create the credentials at Vapi from what --secrets-out writes; then give
their ids with --credential, and write the result of --out back.

FILE is JSON or YAML, or - for standard input. Nothing is sent over a network.

Output
  --out FILE               Write the migrated resource. It must not be there
                           yet; only its owner can read it, for it may hold
                           other secrets.
  --secrets-out FILE       Write the credentials that are to be created, with
                           their secrets. In the same way.
  --credential NAME=ID     The id of a created credential, by the name in the
                           report. May be repeated. Default: a placeholder.
  --format text|json       Default text; --json is short for --format json.
  --no-color               No colour.

Reading
  --credentials FILE       The credentials that \`credentialId\` names already.
  --plain-header NAME      A header that holds no secret, and stays. May be
                           repeated.
  --allow-insecure-origin ORIGIN
                           Let plain http carry credentials to exactly this
                           origin. May be repeated.
  --stdin-filepath PATH    The name and format of standard input.

Exit status
  0  every inline secret was moved, or there was none
  1  some could not be moved, and stay where they are
  2  could not run: usage, a file that is unreadable or does not parse, or one
     that is there already
`
