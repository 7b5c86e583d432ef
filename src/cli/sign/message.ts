import { isToken } from '../../http/grammar.ts'
import type { DebugRequest } from '../diagnose/subject.ts'
import { CouldNotRun } from '../terminal/failure.ts'

/** An HTTP request as it stands in a file, not yet with its absolute URL. @internal */
export interface RawMessage extends Omit<DebugRequest, 'url'> {
  /** What the request line names: a path with its query, or a URL. */
  readonly target: string
}

const FORM_HELP = 'expected a request line, headers, an empty line, and the body byte for byte'

/**
 * Reads a request from its bytes: request line, headers, an empty line, body (RFC 9112, section 2). Line breaks of the head
 * may be LF alone. The body is what follows, to the last byte.
 * @param path How the file is called in messages; nothing of its content is.
 * @throws A {@link CouldNotRun}.
 * @internal
 */
export function readMessage(bytes: Uint8Array, path: string): RawMessage {
  // Latin-1 is how HTTP libraries read a head: one character a byte, so that places in text and bytes agree.
  const text = Buffer.from(bytes).toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)
  const headEnd = end?.index ?? text.length
  const [line = '', ...lines] = text
    .slice(0, headEnd)
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
  const [, method = '', target = ''] = /^(\S+) (\S+)(?: HTTP\/[0-9.]+)?$/.exec(line) ?? []
  if (!isToken(method)) throw new CouldNotRun(`${path}: line 1 is no request line`, FORM_HELP)
  const pairs = lines.map((each, index) => {
    const pair = readHeaderLine(each)
    if (pair === null) throw new CouldNotRun(`${path}: line ${index + 2} is no header`, FORM_HELP)
    return pair
  })
  const headers = collectHeaders(pairs)
  refuseChunks(headers, path)
  return { method, target, headers, body: new Uint8Array(bytes.subarray(headEnd + (end?.[0].length ?? 0))) }
}

/** `Name: value`, without the blanks around the value; `null` for anything else. @internal */
export function readHeaderLine(line: string): readonly [name: string, value: string] | null {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(0, colon))
  const value = trimBlanks(line.slice(colon + 1))
  return isToken(name) && !/[\r\n\0]/.test(value) ? [name, value] : null
}

/** By hand: a pattern would begin anew at each of many blanks. */
function trimBlanks(text: string): string {
  let [start, end] = [0, text.length]
  while (isBlank(text[start])) start += 1
  while (end > start && isBlank(text[end - 1])) end -= 1
  return text.slice(start, end)
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

/** Headers by name; of one that stands more than once, in any letters, all values. @internal */
export function collectHeaders(pairs: readonly (readonly [name: string, value: string])[]): DebugRequest['headers'] {
  const found = new Map<string, { readonly name: string; readonly values: readonly string[] }>()
  for (const [name, value] of pairs) {
    const known = found.get(name.toLowerCase()) ?? { name, values: [] }
    found.set(name.toLowerCase(), { ...known, values: [...known.values, value] })
  }
  const headers: Record<string, string | readonly string[]> = Object.create(null)
  for (const { name, values } of found.values()) headers[name] = values.length === 1 ? (values[0] ?? '') : values
  return headers
}

function refuseChunks(headers: DebugRequest['headers'], path: string): void {
  if (!Object.keys(headers).some((name) => name.toLowerCase() === 'transfer-encoding')) return
  throw new CouldNotRun(`${path}: its body is sent in chunks`, 'save the body without them, and drop Transfer-Encoding')
}
