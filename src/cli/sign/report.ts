import type { PresetName } from '../../hmac/preset.ts'
import { signaturePresets } from '../../hmac/presets.ts'
import type { Notice } from '../../types.ts'
import { noticeJson } from '../report/json.ts'
import { joinBlocks, labelled } from '../report/text.ts'
import type { Paint } from '../terminal/paint.ts'
import { printable } from '../terminal/printable.ts'
import type { ShownBytes } from './mask.ts'

/** What `sign` shows; nothing in it holds a secret. @internal */
export interface SigningReport {
  readonly preset: PresetName | null
  /** What the form is called. */
  readonly label: string
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly payload: ShownBytes
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  /** With the parameters that were added; `null` where nothing looks at it. */
  readonly url: string | null
  readonly notices: readonly Notice[]
}

/** @internal */
export function signingLines(report: SigningReport, paint: Paint): readonly string[] {
  const { label, preset, payload, headers, url, notices } = report
  const lines = headers.map(({ name, value }) => `${name}: ${value}`)
  return joinBlocks([
    [`${paint('strong', printable(label))}: ${paint('good', 'signed')} at ${new Date(report.now).toISOString()}`],
    payloadLines(payload, paint),
    ...(lines.length === 0 ? [] : [rawLines('headers to add', lines, paint)]),
    ...(url === null ? [] : [rawLines('URL to call', [url], paint)]),
    ...aboutLines(preset, notices, paint),
  ])
}

/** What is signed, line by line; `\n` at the end of a line is a line break in it. @internal */
export function payloadLines({ text, length }: ShownBytes, paint: Paint): readonly string[] {
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  const shown = [...lines.map((line) => `${line}\\n`), ...(last === '' ? [] : [last])]
  return rawLines(`payload, ${length} byte${length === 1 ? '' : 's'}`, shown, paint)
}

/** Lines that are never broken: they are there to be compared. @internal */
export function rawLines(label: string, lines: readonly string[], paint: Paint): readonly string[] {
  return [`  ${paint('faint', label)}`, ...lines.map((line) => `    | ${printable(line)}`)]
}

/** What the form of a preset cannot say, and the notices. @internal */
export function aboutLines(
  preset: PresetName | null,
  notices: readonly Notice[],
  paint: Paint,
): readonly (readonly string[])[] {
  const notes = preset === null ? '' : signaturePresets[preset].notes
  return [
    notes === '' ? [] : labelled('note', notes, '  ', paint),
    ...notices.map(({ code, message }) => labelled('note', `${code}: ${message}`, '  ', paint)),
  ]
}

/** @internal */
export function signingJson({ preset, now, payload, headers, url, notices }: SigningReport): object {
  return { preset, now, payload: payloadJson(payload), headers, url, notices: notices.map(noticeJson) }
}

/** @internal */
export function payloadJson({ text, base64, length }: ShownBytes): object {
  return { text, base64, bytes: length }
}
