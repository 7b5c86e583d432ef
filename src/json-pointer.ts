/** Escapes one reference token of a JSON Pointer (RFC 6901 section 3). @internal */
export function escapePointer(segment: string): string {
  return segment.includes('~') || segment.includes('/')
    ? segment.replaceAll('~', () => '~0').replaceAll('/', () => '~1')
    : segment
}

/** Appends segments to a JSON Pointer. @internal */
export function pointerTo(base: string, ...segments: readonly (string | number)[]): string {
  let pointer = base
  for (const segment of segments) pointer += `/${typeof segment === 'number' ? segment : escapePointer(segment)}`
  return pointer
}

/** Splits a JSON Pointer into its unescaped segments. @internal */
export function pointerSegments(pointer: string): readonly string[] {
  if (pointer === '') return []
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', () => '/').replaceAll('~0', () => '~'))
}
