import type { SignatureCarrier } from '../kinds/signature-carriers.ts'
import type { CompiledForm } from '../kinds/signature-form.ts'
import { countPlaceholder, type SignatureTemplate } from '../kinds/signature-template.ts'

/**
 * Whether a form signs a value: in the payload itself, or in a header or parameter of its own that the payload covers, as
 * `{url}` covers every parameter, or that another one covers which is covered itself (T69).
 * @internal
 */
export function isSigned(form: CompiledForm, name: 'timestamp' | 'id' | 'keyId'): boolean {
  return holds(form.payload, name, form.carriers)
}

/** @param others The carriers that have not been looked into yet. */
function holds(
  template: SignatureTemplate,
  name: 'timestamp' | 'id' | 'keyId',
  others: CompiledForm['carriers'],
): boolean {
  if (countPlaceholder(template, name) > 0) return true
  const rest = others.filter((carrier) => !covers(template, carrier))
  return others.some((carrier) => covers(template, carrier) && holds(carrier.template, name, rest))
}

function covers(template: SignatureTemplate, { kind, name, signed }: SignatureCarrier): boolean {
  // The signature is added last: what stands beside it is not signed with the URL.
  if (signed) return false
  if (kind === 'query')
    return (['url', 'query', 'target'] as const).some((part) => countPlaceholder(template, part) > 0)
  return template.unit.some(
    (part) =>
      part.kind === 'placeholder' &&
      part.placeholder.name === 'header' &&
      part.placeholder.header.toLowerCase() === name.toLowerCase(),
  )
}
