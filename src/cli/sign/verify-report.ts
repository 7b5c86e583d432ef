import { CODES } from '../../errors.ts'
import type { CarrierText } from '../../hmac/expected-signature.ts'
import type { PresetName } from '../../hmac/preset.ts'
import type { SignatureVerdict } from '../../hmac/verify-signature.ts'
import type { Notice } from '../../types.ts'
import { describeDuration } from '../diagnose/time.ts'
import { noticeJson } from '../report/json.ts'
import { joinBlocks, labelled } from '../report/text.ts'
import type { Paint } from '../terminal/paint.ts'
import { printable, wrap } from '../terminal/printable.ts'
import type { ShownBytes } from './mask.ts'
import { aboutLines, payloadJson, payloadLines, rawLines } from './report.ts'

/** One mistake that is part of an explanation. @internal */
export interface ShownCause {
  readonly name: string
  readonly text: string
  readonly help: string
}

/** A header or parameter as it was received. @internal */
export interface ReceivedCarrier {
  readonly kind: CarrierText['kind']
  readonly name: string
  /** None where it is missing. */
  readonly values: readonly string[]
}

/** What `verify` shows; nothing in it holds a secret. @internal */
export interface VerificationReport {
  readonly preset: PresetName | null
  readonly label: string
  readonly verdict: SignatureVerdict
  /** Milliseconds since the epoch. */
  readonly now: number
  /** `null` where the message lacks a part of it. */
  readonly payload: ShownBytes | null
  /** The carriers under each secret. */
  readonly expected: readonly (readonly CarrierText[])[]
  readonly received: readonly ReceivedCarrier[]
  /** Each list alone explains why the message is refused. */
  readonly diagnoses: readonly (readonly ShownCause[])[]
  /** Whether the URL was made with a scheme that nobody gave. */
  readonly assumesHttps: boolean
  readonly notices: readonly Notice[]
}

/** @internal */
export function verificationLines(report: VerificationReport, paint: Paint): readonly string[] {
  const { preset, payload, expected, received, notices } = report
  return joinBlocks([
    verdictLines(report, paint),
    payload === null ? [] : payloadLines(payload, paint),
    ...expected.map((carriers, index) =>
      rawLines(
        expected.length > 1 ? `expected with secret ${index + 1}` : 'expected',
        carriers.map(carrierLine),
        paint,
      ),
    ),
    rawLines('received', received.flatMap(receivedLines), paint),
    ...explanationBlocks(report, paint),
    ...aboutLines(preset, notices, paint),
  ])
}

function verdictLines({ label, verdict, expected, now }: VerificationReport, paint: Paint): readonly string[] {
  const start = `${paint('strong', printable(label))}: `
  if (!verdict.ok) {
    const title = CODES[verdict.code].title
    return [`${start}${paint('error', 'not valid')}, ${paint('strong', verdict.code)}`, ...wrap('  ', title, '  ')]
  }
  const secret = expected.length > 1 ? ` with secret ${verdict.secretIndex + 1}` : ''
  return [`${start}${paint('good', 'valid')}${secret}${ageText(verdict.timestamp, now)}`]
}

function ageText(timestamp: number | null, now: number): string {
  if (timestamp === null) return ', without a signed timestamp: a copy passes for ever'
  const distance = describeDuration(Math.abs(now - timestamp))
  return `, signed at ${new Date(timestamp).toISOString()}, ${distance} ${timestamp > now ? 'ahead' : 'ago'}`
}

/** `Name: value`, or `?name=value`. */
function carrierLine({ kind, name, value }: CarrierText): string {
  return kind === 'header' ? `${name}: ${value}` : `?${name}=${value}`
}

function receivedLines({ kind, name, values }: ReceivedCarrier): readonly string[] {
  if (values.length === 0) return [kind === 'header' ? `${name} is missing` : `?${name} is missing`]
  return values.map((value) => carrierLine({ kind, name, value }))
}

const NOT_FOUND = 'it stands under no other name either: the sender did not sign, or something on the way removed it'
const NOT_EXPLAINED =
  'none of the usual mistakes explains it, alone or with another: perhaps the secret is another one, or the message was changed'

function explanationBlocks(report: VerificationReport, paint: Paint): readonly (readonly string[])[] {
  const { verdict, diagnoses, assumesHttps } = report
  if (verdict.ok) return []
  const docs = labelled('docs', `docs/errors/${verdict.code}.md`, '  ', paint)
  if (diagnoses.length > 0) return [...diagnoses.map((causes) => causeLines(causes, paint)), docs]
  const https = assumesHttps ? [labelled('note', HTTPS_NOTE, '  ', paint)] : []
  const why = verdict.code === 'ERR_SIGNATURE_MISSING' ? NOT_FOUND : NOT_EXPLAINED
  return [labelled('why', why, '  ', paint), ...https, docs]
}

const HTTPS_NOTE = 'the scheme of the URL was not said, and taken to be https: `--request URL` says it'

function causeLines(causes: readonly ShownCause[], paint: Paint): readonly string[] {
  return causes.flatMap(({ text, help }, index) => [
    ...labelled(index === 0 ? 'why' : 'and', text, '  ', paint),
    ...labelled('help', help, '  ', paint),
  ])
}

/** @internal */
export function verificationJson(report: VerificationReport): object {
  const { preset, verdict, now, payload, expected, received, diagnoses, notices } = report
  const { ok: valid, ...rest } = verdict
  const nothing = { code: null, timestamp: null, id: null, keyId: null, secretIndex: null }
  return {
    preset,
    now,
    valid,
    ...nothing,
    ...rest,
    payload: payload === null ? null : payloadJson(payload),
    expected,
    received,
    diagnoses: diagnoses.map((causes) => ({ causes })),
    notices: notices.map(noticeJson),
  }
}
