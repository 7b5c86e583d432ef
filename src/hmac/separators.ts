import { SecurityError } from '../errors.ts'
import type { Placeholder, TemplatePart } from '../kinds/signature-template.ts'
import type { MessageValues } from './message.ts'

/**
 * Refuses values that run into what stands beside them in the payload, so that one payload is one message (T76).
 *
 * In `{id}.{body}` an id with a full stop in it would have the signature of another id and body. Values before the body
 * are read up to the text behind them; values behind it from the end, up to the text before them.
 * @throws A {@link SecurityError} with code `ERR_SIGNATURE_INPUT`.
 * @internal
 */
export function refuseAmbiguous(parts: readonly TemplatePart[], values: MessageValues): void {
  const firstBody = parts.findIndex(isBody)
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'text') continue
    const isBefore = firstBody < 0 || index < firstBody
    const beside = parts[isBefore ? index + 1 : index - 1]
    const character = beside?.kind === 'text' ? beside.text.at(isBefore ? 0 : -1) : undefined
    if (character === undefined || !openText(part.placeholder, values).includes(character)) continue
    const { placeholder } = part
    const name = placeholder.name === 'header' ? `header \`${placeholder.header}\`` : `\`${placeholder.name}\``
    const message = `${name} holds the character that ${isBefore ? 'ends' : 'begins'} it in what is signed`
    throw new SecurityError('ERR_SIGNATURE_INPUT', { message })
  }
}

function isBody(part: TemplatePart): boolean {
  return part.kind === 'placeholder' && (part.placeholder.name === 'body' || part.placeholder.name === 'form')
}

/** The text of a value whose spelling does not show where it ends; an ISO timestamp does, by its offset. */
function openText(placeholder: Placeholder, values: MessageValues): string {
  const { name } = placeholder
  if (name === 'header') return values.header(placeholder.header) ?? ''
  if (name === 'timestamp') return /^[0-9]+$/.test(values.timestamp ?? '') ? (values.timestamp ?? '') : ''
  return name === 'id' || name === 'keyId' ? (values[name] ?? '') : ''
}
