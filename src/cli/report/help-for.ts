import type { Code } from '../../errors.ts'

/** Where the library's help names an argument of a function, the command line's flag for it. */
const FLAGS: Partial<Record<Code, string>> = {
  ERR_BASE_URL_INSECURE: 'use https, or allow the exact origin with `--allow-insecure-origin`',
  ERR_TENANT_REQUIRED: 'say whose credential it is with `--tenant NAME`',
  ERR_CREDENTIAL_NOT_FOUND: '`latchkey credentials list` shows what is there; mind `--tenant` and `--environment`',
  ERR_CREDENTIAL_IN_USE: '`latchkey credentials uses` lists them; `--force` deletes it all the same',
  ERR_DIALECT_SERVER: 'give it with `--server URL`; a variable of it with `--server-var NAME=VALUE`',
  NOTE_NO_HTTP: 'here `--request URL` says it; a platform gives `origin` to `apply`',
  NOTE_TOKENS_IGNORED: 'check the names, or refuse this with `--anonymous never`',
  NOTE_TEMPLATE_LEFT: 'a call fills it from its `templateContext`',
}

/** The help for a finding or notice, in words of the command line. @internal */
export function helpFor({ code, help }: { readonly code: Code; readonly help?: string }): string | undefined {
  if (code === 'ERR_TOKEN_MISSING' && help !== undefined) return `${help}; here with \`--token NAME=env:VARIABLE\``
  return FLAGS[code] ?? help
}
