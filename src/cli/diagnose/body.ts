import { decodeBytes, utf8 } from '../../bytes.ts'
import { escapeSlashes, escapeUnicode, writeSpaced } from './json.ts'
import { type Hypothesis, headerEntry, type Subject, type Variation, withRequest } from './subject.ts'

const RAW = 'sign and verify the very bytes that are sent: take them before any parser, formatter or logger'

/** What befalls a body between its sender and its receiver. @internal */
export const BODY_HYPOTHESES: readonly Hypothesis[] = [
  {
    ...about(
      'bodyTooLong',
      'the body has more bytes than its Content-Length says',
      'save it without what was appended',
    ),
    vary: (subject) => {
      const length = Number(headerEntry(subject.request, 'content-length')?.values[0] ?? Number.NaN)
      return length < subject.request.body.length ? [variation(subject, subject.request.body.slice(0, length))] : []
    },
  },
  {
    ...about('bodyLastLine', 'a line break at the end of the body came or went', RAW),
    vary: (subject) =>
      textVariations(subject, [
        ['it was signed without it', (text) => text.replace(/\r?\n$/, '')],
        ['it was signed with one', (text) => `${text}\n`],
        ['it was signed with one, CR LF', (text) => `${text}\r\n`],
      ]),
  },
  {
    ...about('bodyLineBreaks', 'the line breaks in the body were changed', RAW),
    vary: (subject) =>
      textVariations(subject, [
        ['LF is what was signed', (text) => text.replaceAll('\r\n', '\n')],
        ['CR LF is what was signed', (text) => text.replaceAll(/\r?\n/g, '\r\n')],
      ]),
  },
  {
    ...about('bodyByteOrderMark', 'a byte order mark at the start of the body came or went', RAW),
    vary: (subject) =>
      textVariations(subject, [
        ['it was signed without it', (text) => text.replace(/^\ufeff/, '')],
        ['it was signed with one', (text) => (text.startsWith('\ufeff') ? text : `\ufeff${text}`)],
      ]),
  },
  {
    ...about('bodyCompact', 'the body was written again: JSON without spaces is what was signed', RAW),
    vary: (subject) => jsonVariations(subject, [[undefined, (value) => JSON.stringify(value)]]),
  },
  {
    ...about('bodyIndented', 'the body was written again: indented JSON is what was signed', RAW),
    vary: (subject) =>
      jsonVariations(subject, [
        ['by 2 spaces', (value) => JSON.stringify(value, null, 2)],
        ['by 4 spaces', (value) => JSON.stringify(value, null, 4)],
        ['by tabs', (value) => JSON.stringify(value, null, '\t')],
      ]),
  },
  {
    ...about('bodyPython', 'the body was written again: JSON as Python spaces it is what was signed', RAW),
    vary: (subject) =>
      jsonVariations(subject, [
        [undefined, (value) => writeSpaced(value)],
        ['with escapes', (value) => escapeUnicode(writeSpaced(value))],
      ]),
  },
  {
    ...about('bodyEscaped', 'the body was written again: JSON with escapes is what was signed', RAW),
    vary: (subject) =>
      jsonVariations(subject, [
        ['of slashes', (value) => escapeSlashes(JSON.stringify(value))],
        ['of what is not ASCII', (value) => escapeUnicode(JSON.stringify(value))],
        ['of both', (value) => escapeSlashes(escapeUnicode(JSON.stringify(value)))],
      ]),
  },
  {
    ...about('bodyDecoded', 'the bytes of the body were read as a text in another encoding', RAW),
    vary: (subject) => [
      variation(
        subject,
        new TextEncoder().encode(new TextDecoder().decode(subject.request.body)),
        'as UTF-8, before it was signed',
      ),
      variation(
        subject,
        utf8(Buffer.from(subject.request.body).toString('latin1')),
        'as Latin-1, before it was signed',
      ),
      ...textVariations(subject, [['as Latin-1, after it was signed', (text) => Buffer.from(text, 'latin1')]]),
    ],
  },
  {
    ...about('bodyWrapped', 'the body is still packed by what delivered it', 'unpack it before it is verified'),
    vary: (subject) =>
      textVariations(subject, [
        ['as a JSON string', (text) => String(JSON.parse(text))],
        ['as base64', (text) => decodeBytes(text.trim(), 'base64')],
      ]),
  },
  {
    ...about('bodyEmpty', 'an empty body is what was signed', 'give the sender the body before it signs'),
    vary: (subject) => [variation(subject, new Uint8Array())],
  },
]

function about(name: string, text: string, help: string): Omit<Hypothesis, 'vary'> {
  return { name, group: 'body', text, help }
}

function variation(subject: Subject, body: Uint8Array, detail?: string): Variation {
  return { subject: withRequest(subject, { body }), ...(detail === undefined ? {} : { detail }) }
}

type Change<T> = readonly [detail: string | undefined, change: (value: T) => string | Uint8Array | null]

/** Bodies that are no JSON have none. */
function jsonVariations(subject: Subject, changes: readonly Change<unknown>[]): readonly Variation[] {
  return textVariations(
    subject,
    changes.map(([detail, change]) => [detail, (text) => change(JSON.parse(text))] as const),
  )
}

/** Bodies that are no text, or that a change does not apply to, have none. */
function textVariations(subject: Subject, changes: readonly Change<string>[]): readonly Variation[] {
  return changes.flatMap(([detail, change]) => {
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(subject.request.body)
      const changed = change(text)
      return changed === null ? [] : [variation(subject, typeof changed === 'string' ? utf8(changed) : changed, detail)]
    } catch {
      return []
    }
  })
}
