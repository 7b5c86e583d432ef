import type { SignatureTemplate } from '../kinds/signature-template.ts'
import { type MessageValues, renderText } from './message.ts'

/**
 * The text of a header or parameter.
 * @param signatures One for each secret; none where the template holds no `{signature}`.
 * @throws A {@link SecurityError} with code `ERR_SIGNATURE_INPUT` or `ERR_URL_INVALID`.
 * @internal
 */
export async function renderCarrier(
  { template }: { readonly template: SignatureTemplate },
  values: MessageValues,
  signatures: readonly string[],
  separator: string,
): Promise<string> {
  const units = signatures.length === 0 ? [undefined] : signatures
  const rendered = await Promise.all(units.map((signature) => renderText(template.unit, values, signature)))
  return (
    (await renderText(template.before, values)) + rendered.join(separator) + (await renderText(template.after, values))
  )
}
