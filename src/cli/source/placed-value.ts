import { pointerTo } from '../../json-pointer.ts'
import { readField } from './field-names.ts'
import type { SourceDocument } from './source-document.ts'

/** A value with the place it stands at. @internal */
export interface PlacedValue {
  readonly document: SourceDocument
  /** JSON Pointer into the document. */
  readonly pointer: string
  readonly value: unknown
}

/** A field with its place, or `null`. @internal */
export function placeOfField({ document, pointer, value }: PlacedValue, name: string): PlacedValue | null {
  const field = readField(value, name)
  return field === null ? null : { document, pointer: pointerTo(pointer, field.key), value: field.value }
}
