import { equalBytes } from '../../bytes.ts'
import { SecurityError } from '../../errors.ts'
import { verifySignature } from '../../hmac/verify-signature.ts'
import { BODY_HYPOTHESES } from './body.ts'
import { FORM_HYPOTHESES } from './form.ts'
import { MESSAGE_HYPOTHESES } from './message.ts'
import { SECRET_HYPOTHESES } from './secret.ts'
import { SIGNATURE_HYPOTHESES } from './signature.ts'
import type { Hypothesis, Subject, Variation } from './subject.ts'
import { CLOCK_HYPOTHESES, UNIT_HYPOTHESES } from './time.ts'
import { URL_HYPOTHESES } from './url.ts'

/** A hypothesis that was confirmed: with it the signature is right. */
interface Cause {
  readonly hypothesis: Hypothesis
  readonly detail: string | undefined
}

/** The causes that together explain a refusal. @internal */
export type Diagnosis = readonly Cause[]

/** Those that may come in pairs. A form that is not the sender's at all has nothing to do with another mistake. */
const PAIRED: readonly Hypothesis[] = [
  ...UNIT_HYPOTHESES,
  ...BODY_HYPOTHESES,
  ...SECRET_HYPOTHESES,
  ...SIGNATURE_HYPOTHESES,
  ...URL_HYPOTHESES,
  ...MESSAGE_HYPOTHESES,
]

/** The usual mistakes, the likeliest first. @internal */
export const HYPOTHESES: readonly Hypothesis[] = [...PAIRED, ...FORM_HYPOTHESES]

// Two mistakes at once make thousands of signatures.
const MAX_PAIRED_BYTES = 65_536
const MAX_PAIRED_HEADERS = 100
const MAX_PAIRED_TRIALS = 5000

/**
 * Finds the mistakes that explain why a message is refused: each alone, else two at once. Nothing is guessed: with what is
 * named, the message was verified.
 * @param subject What was verified and refused.
 * @returns Each explanation; none where no mistake explains it.
 * @internal
 */
export async function diagnose(subject: Subject): Promise<readonly Diagnosis[]> {
  const timeless = { ...subject, toleranceMs: Number.POSITIVE_INFINITY }
  if (await isAccepted(timeless)) return diagnoseTime(subject)
  const single = await explain(timeless, subject, HYPOTHESES)
  return single.length > 0 || isLarge(subject) ? single : diagnosePairs(timeless, subject)
}

function isLarge({ request: { body, headers } }: Subject): boolean {
  return body.length > MAX_PAIRED_BYTES || Object.keys(headers).length > MAX_PAIRED_HEADERS
}

/** The signature is right: only the time is not. */
async function diagnoseTime(subject: Subject): Promise<readonly Diagnosis[]> {
  const unit = await explain({ ...subject, toleranceMs: Number.POSITIVE_INFINITY }, subject, UNIT_HYPOTHESES)
  return unit.length > 0 ? unit : explain(subject, subject, CLOCK_HYPOTHESES)
}

async function diagnosePairs(timeless: Subject, subject: Subject): Promise<readonly Diagnosis[]> {
  const trials = { left: MAX_PAIRED_TRIALS }
  for (const [index, first] of PAIRED.entries()) {
    const others = PAIRED.slice(index + 1).filter(({ group }) => group !== first.group)
    for (const variation of first.vary(timeless)) {
      if (trials.left <= 0) return []
      const found = await explain(variation.subject, subject, others, trials)
      const cause = { hypothesis: first, detail: variation.detail }
      if (found.length > 0) return found.slice(0, 1).map((causes) => [cause, ...causes])
    }
  }
  return []
}

/** Each hypothesis that is confirmed, with the first of its variations, and with the clock where that is wrong as well. */
async function explain(
  from: Subject,
  subject: Subject,
  hypotheses: readonly Hypothesis[],
  trials: Trials = UNLIMITED,
): Promise<readonly Diagnosis[]> {
  const found: Diagnosis[] = []
  const confirmed: Subject[] = []
  for (const hypothesis of hypotheses) {
    const variation = await confirmedOf(hypothesis.vary(from), trials)
    if (variation === null || confirmed.some((other) => isSame(other, variation.subject))) continue
    confirmed.push(variation.subject)
    const timed = { ...variation.subject, toleranceMs: subject.toleranceMs }
    const clock = (await isAccepted(timed)) ? [] : await explain(timed, subject, CLOCK_HYPOTHESES)
    found.push([{ hypothesis, detail: variation.detail }, ...(clock[0] ?? [])])
  }
  return found
}

/** How many more messages may be verified: whoever sends one says how many variations it has. */
interface Trials {
  left: number
}

const UNLIMITED: Trials = { left: Number.POSITIVE_INFINITY }

async function confirmedOf(variations: readonly Variation[], trials: Trials): Promise<Variation | null> {
  for (const variation of variations) {
    trials.left -= 1
    if (await isAccepted(variation.subject)) return variation
  }
  return null
}

/** Whether two hypotheses come to the same: a body that is compact is so in every dialect. */
function isSame(one: Subject, other: Subject): boolean {
  const textOf = ({ form, secrets, request: { body: _, ...request } }: Subject) =>
    JSON.stringify([form, secrets, request])
  return equalBytes(one.request.body, other.request.body) && textOf(one) === textOf(other)
}

/** What a form or secret that cannot be used would say does not count. */
async function isAccepted({ form, secrets, request, now, toleranceMs }: Subject): Promise<boolean> {
  try {
    return (await verifySignature(form, secrets, request, { now, toleranceMs, allowShortSecret: true })).ok
  } catch (error) {
    if (error instanceof SecurityError) return false
    throw error
  }
}
