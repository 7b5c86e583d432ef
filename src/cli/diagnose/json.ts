/** JSON with a space behind each comma and colon, as Python's `json.dumps` writes it. @internal */
export function writeSpaced(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(writeSpaced).join(', ')}]`
  const members = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${writeSpaced(each)}`)
  return `{${members.join(', ')}}`
}

/** JSON in ASCII, as Python and PHP write it by default. @internal */
export function escapeUnicode(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** JSON with `\/` for `/`, as PHP writes it by default. @internal */
export function escapeSlashes(json: string): string {
  return json.replaceAll('/', '\\/')
}
