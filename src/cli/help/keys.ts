import { OUTPUT_OPTIONS } from './main.ts'

/** @internal */
export const KEYS_HELP: string = `Examples
  latchkey keys tenant --store keys.db --tenant acme --by ada \\
    --api-access on --scope calls:read,calls:write --daily-limit 10000
  latchkey keys create --store keys.db --tenant acme --by ada \\
    --prefix demo --scope calls:read > key.txt

Usage
  latchkey keys ACTION [KEY-ID] --store STORE --tenant NAME [OPTION…]

Administers the API keys of tenants. The value of a key is printed by create,
once, and nowhere else; a KEY-ID is the public part in the middle of a key.

Actions
  tenant           Show what the tenant may do, or change it.
  create           Issue a key; its value alone goes to standard output.
  list             Show the keys, without their values.
  delete KEY-ID    Delete a key: it is refused from then on, everywhere.
  usage KEY-ID     Show its admitted requests by UTC day, for 30 days.
  audit            Show who configured, created and deleted what.

Where
  --store FILE             A libsql file, for the processes of one host.
  --store redis://HOST:PORT
                           A Redis, for a fleet; rediss:// for TLS.
  --store env:VAR          What stands in a variable or a file: with a password
  --store file:PATH        an address is never an argument.
  --tenant NAME            Whose keys.
  --by NAME                The administrator, for the audit trail. Needed where
                           something changes.

What
  --api-access on|off      tenant: whether keys are issued to it.
  --scope NAME             What its keys may allow, or what a key allows. May be
                           repeated, or a list with commas.
  --max-keys N             tenant: live keys at most. Default 2.
  --daily-limit N|none     tenant: requests in a UTC day, of all keys together.
  --prefix PREFIX          create: what the key begins with.
  --pepper env:VAR         create: as the API has it; at least 16 bytes of text.
  --pepper file:PATH
  --name NAME              create: what the key is called, for people.
  --older-than DAYS        list: keys issued so long ago, such as 90d.

${OUTPUT_OPTIONS}
Exit status
  0  done
  1  refused: no access, a scope that the tenant may not have, too many keys, a
     key that is not there
  2  could not run: usage, a store that does not answer
`

/** @internal */
export const SERVE_HELP: string = `Examples
  latchkey serve --example
  latchkey serve --example --port 4000 --store keys.db --prefix demo

Usage
  latchkey serve --example [OPTION…]

Serves a small API that is protected by tenant keys, on this machine alone, and
prints the requests to try. It ends with Ctrl+C. Without --store it has a key of
its own, which is printed.

  --port N                 Default 4100; 0 is any that is free.
  --store FILE|redis://…   Keys that latchkey keys issued, in place of its own;
                           also env:VAR or file:PATH, as there.
  --prefix PREFIX          What they begin with. Needed with --store.

A proxy in front of a real API ends TLS and says so in X-Forwarded-Proto; here
the requests say it themselves. Without it they are refused: https_required.
`
