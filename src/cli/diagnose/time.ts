import { readReceived } from '../../hmac/received-values.ts'
import { parseTimestamp } from '../../hmac/timestamp.ts'
import { compileForm } from '../../kinds/signature-form.ts'
import { type Hypothesis, headerEntry, type Subject, type Variation, withForm, withHeader } from './subject.ts'

const UNITS = ['s', 'ms', 'iso'] as const
type Unit = (typeof UNITS)[number]

const UNIT_TEXTS: { readonly [U in Unit]: string } = { s: 'seconds', ms: 'milliseconds', iso: 'ISO 8601' }

// Seconds read as milliseconds are a day of 1970, milliseconds read as seconds are tens of thousands of years ahead.
const TEN_YEARS_MS = 10 * 365 * 86_400_000

/** A timestamp in another unit. @internal */
export const UNIT_HYPOTHESES: readonly Hypothesis[] = [
  {
    name: 'timestampUnit',
    group: 'time',
    text: 'the timestamp is in another unit',
    help: 'set `timestamp` of the form to it',
    vary: (subject) => {
      const { timestamp: own = 's' } = subject.form
      if (isNear(timeOf(subject, own), subject.now)) return []
      return UNITS.filter((unit) => isNear(timeOf(subject, unit), subject.now)).map((timestamp) => ({
        subject: withForm(subject, { timestamp }),
        detail: UNIT_TEXTS[timestamp],
      }))
    },
  },
  {
    name: 'timestampSigned',
    group: 'time',
    text: 'the timestamp was signed in another unit than it was sent in',
    help: 'sign the very text that is sent',
    vary: (subject) => {
      const text = receivedText(subject)
      const time = parseTimestamp(text, subject.form.timestamp ?? 's')
      if (text === null || time === null) return []
      return UNITS.flatMap((unit) =>
        spellings(time, unit)
          .filter((spelling) => spelling !== text)
          .map((spelling) => ({
            subject: replaceText(withForm(subject, { timestamp: unit }), text, spelling),
            detail: UNIT_TEXTS[unit],
          })),
      )
    },
  },
]

/** A right signature at the wrong time: confirmed where it would be accepted at the time that it names. @internal */
export const CLOCK_HYPOTHESES: readonly Hypothesis[] = [
  {
    name: 'timestampOld',
    group: 'clock',
    text: 'the message is too old',
    help: 'check the clocks; to look at a stored message, give the time of its receipt with `--now`',
    vary: (subject) => clockVariations(subject, (ahead) => ahead < 0),
  },
  {
    name: 'timestampFuture',
    group: 'clock',
    text: 'the message is from the future',
    help: 'check the clocks; to look at a stored message, give the time of its receipt with `--now`',
    vary: (subject) => clockVariations(subject, (ahead) => ahead > 0),
  },
]

function clockVariations(subject: Subject, applies: (aheadMs: number) => boolean): readonly Variation[] {
  const time = timeOf(subject, subject.form.timestamp ?? 's')
  if (time === null || !applies(time - subject.now)) return []
  const distance = describeDuration(Math.abs(time - subject.now))
  const detail = `by ${distance}, where ${describeDuration(subject.toleranceMs)} are allowed`
  return [{ subject: { ...subject, now: time }, detail }]
}

/** `2 h 5 min`: the two largest units. @internal */
export function describeDuration(ms: number): string {
  const sizes = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const
  let rest = Math.round(ms)
  const parts = sizes.flatMap(([unit, size]) => {
    const count = Math.floor(rest / size)
    rest -= count * size
    return count === 0 ? [] : [`${count} ${unit}`]
  })
  return parts.slice(0, 2).join(' ') || '0 s'
}

function isNear(time: number | null, now: number): boolean {
  return time !== null && Math.abs(time - now) <= TEN_YEARS_MS
}

function timeOf(subject: Subject, unit: Unit): number | null {
  return parseTimestamp(receivedText(subject), unit)
}

function receivedText({ form, request }: Subject): string | null {
  const { form: compiled } = compileForm(form)
  return compiled === null ? null : readReceived(compiled, request).timestamp
}

function spellings(time: number, unit: Unit): readonly string[] {
  if (unit === 's') return [String(Math.floor(time / 1000))]
  if (unit === 'ms') return [String(time)]
  const iso = new Date(time).toISOString()
  return [iso, iso.replace(/\.[0-9]+Z$/, 'Z')]
}

function replaceText(subject: Subject, text: string, replacement: string): Subject {
  return Object.keys(subject.form.headers).reduce((changed, name) => {
    const entry = headerEntry(changed.request, name)
    if (entry === null) return changed
    return withHeader(
      changed,
      entry.name,
      entry.values.map((value) => value.replace(text, () => replacement)),
    )
  }, subject)
}
