import type { CompiledForm, SignatureCarrier } from '../kinds/signature-form.ts'
import { countPlaceholder } from '../kinds/signature-template.ts'

/**
 * Whether a form signs a value: in the payload itself, or in a header or parameter of its own that the payload covers, as
 * `{url}` covers every parameter (T69).
 * @internal
 */
export function isSigned(form: CompiledForm, name: 'timestamp' | 'id' | 'keyId'): boolean {
  if (countPlaceholder(form.payload, name) > 0) return true
  return form.carriers.some((carrier) => countPlaceholder(carrier.template, name) > 0 && covers(form, carrier))
}

function covers({ payload }: CompiledForm, { kind, name, signed }: SignatureCarrier): boolean {
  // The signature is added last: what stands beside it is not signed with the URL.
  if (signed) return false
  if (kind === 'query') return (['url', 'query', 'target'] as const).some((part) => countPlaceholder(payload, part) > 0)
  return payload.unit.some(
    (part) =>
      part.kind === 'placeholder' &&
      part.placeholder.name === 'header' &&
      part.placeholder.header.toLowerCase() === name.toLowerCase(),
  )
}
