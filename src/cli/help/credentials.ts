import { OUTPUT_OPTIONS } from './main.ts'

/** @internal */
export const CREDENTIALS_HELP: string = `Examples
  latchkey credentials create stock-key --name 'Stock API' --type secretText \\
    --value env:STOCK_KEY --host api.example.com \\
    --store credentials.db --tenant acme --key 2026-11=env:SEALING_KEY
  latchkey credentials rotate stock-key --value file:new-key \\
    --store env:REDIS_URL --tenant acme --key 2026-11=env:SEALING_KEY

Usage
  latchkey credentials ACTION [ID] --store STORE --tenant NAME [OPTION…]

Stores credentials that tools refer to as { "credentialId": "ID" }. Values go in
and are never printed.

Actions
  create [ID]      Store one. Without an ID it gets a new one.
  list             Show those of the environment.
  get ID           Show one, with its times.
  update ID        Rename it, or change its hosts.
  rotate ID        Replace its value; the next request sends the new one.
  uses ID          Show what uses it.
  delete ID        Delete it, unless something uses it.
  reseal           Seal everything with the first key; then the others can go.

Where
  --store FILE             A libsql file, for the processes of one host.
  --store redis://HOST:PORT
                           A Redis, for a fleet; rediss:// for TLS.
  --store env:VAR          What stands in a variable or a file: with a password
  --store file:PATH        an address is never an argument.
  --tenant NAME            Whose credentials. Not for reseal, which does all.
  --environment NAME       A named environment. Default: the default one. Not
                           for reseal.
  --key ID=env:VAR         The sealing key and its name: 32 bytes as base64 or
  --key ID=file:PATH       hex. May be repeated: the first seals, all open.

What
  --name NAME              At most 40 characters, unique in its environment.
  --type TYPE              secretText, userPassword, oauthClient or
                           signingSecrets.
  --value env:VAR          The value of a variable.
  --value file:PATH        The content of a file, without the one line break at
                           its end.
  --value -                Standard input, likewise. A value that is no text is
                           JSON: {"username":…,"password":…},
                           {"clientId":…,"clientSecret":…}, ["…", "…"]. It is
                           never an argument, which other processes can read.
  --host HOST              Where it may be sent: api.example.com, *.example.com
                           or an origin. May be repeated. Default: anywhere.
  --any-host               update: it may be sent anywhere again.
  --overlap TIME           rotate: how long earlier signing secrets stay valid,
                           such as 90m, 24h or 7d. Default: they end now.
  --force                  delete: although it is in use. rotate: although the
                           value before does not open.
  --fallback               get: from the default environment if need be.

${OUTPUT_OPTIONS}
Exit status
  0  done
  1  refused: a name that is taken, a value that cannot be used, an id that is
     not there, a credential in use
  2  could not run: usage, a store that does not answer, a missing key
`
