import { SecurityError } from '../errors.ts'
import { readQuery } from '../http/query.ts'

/** Twilio's reading of a form: names sorted, each followed by its distinct values, sorted. @internal */
export function formText(body: Uint8Array): string {
  const values = new Map<string, Set<string>>()
  for (const { name, value } of readQuery(decodeForm(body))) {
    values.set(name, (values.get(name) ?? new Set()).add(value))
  }
  const names = [...values.keys()].sort()
  return names
    .map((name) =>
      [...(values.get(name) ?? [])]
        .sort()
        .map((value) => name + value)
        .join(''),
    )
    .join('')
}

/** Bytes that are no UTF-8 would all become one character, and different bodies would have one signature (T68). */
function decodeForm(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    throw new SecurityError('ERR_SIGNATURE_INPUT', { message: 'the body is not a form in UTF-8' })
  }
}
