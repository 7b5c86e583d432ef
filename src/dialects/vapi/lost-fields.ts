import { pointerSegments, pointerTo } from '../../json-pointer.ts'
import { type Issue, makeIssue } from '../../result.ts'
import { suggest } from '../../suggest.ts'
import type { JsonObject } from '../json-object.ts'
import { lostField } from '../read-fields.ts'

/** The fields by which Vapi's objects authenticate: where one stands and is not read, a credential would be lost. @internal */
export const AUTH_FIELDS: readonly string[] = [
  'secret',
  'credentialId',
  'headers',
  'authenticationPlan',
  'serverUrlSecret',
  'server',
  'credentials',
]

/** Those that a resource has beside a server, in any version. */
const BESIDE = ['secret', 'serverUrlSecret']

/**
 * Finds what says beside a server how its requests are authenticated, and is not read.
 * @param taken The fields of the owner that are read.
 * @internal
 */
export function lostBeside(owner: JsonObject, taken: readonly string[], pointer: string): readonly Issue[] {
  // A phone number or a voice has a credential for its provider, too.
  const provided = typeof owner['provider'] === 'string' ? ['credentialId'] : []
  const others = ['server', 'serverUrl', 'credentials', ...provided]
  return Object.keys(owner).flatMap((name) => {
    if (taken.includes(name) || others.includes(name)) return []
    const at = pointerTo(pointer, name)
    if (AUTH_FIELDS.includes(name)) return [lostField(at, name)]
    const meant = suggest(name, BESIDE)
    if (meant === undefined) return []
    return [makeIssue('ERR_FIELD_UNKNOWN', at, `unknown field \`${name}\``, `did you mean \`${meant}\`?`)]
  })
}

/** Whether an issue says that a secret may stand where none is looked for. @internal */
export function hidesSecret({ code, pointer }: Issue): boolean {
  const field = pointerSegments(pointer).at(-1) ?? ''
  return code === 'ERR_FIELD_UNKNOWN' || (code === 'ERR_DIALECT_INEXPRESSIBLE' && AUTH_FIELDS.includes(field))
}
