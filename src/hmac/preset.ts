import type { HmacForm } from '../types.ts'

/** A sender's or receiver's published signature, as data. */
export interface SignaturePreset {
  /** What it is called. */
  readonly title: string
  /** The form, ready for `signRequest` and `verifySignature`. */
  readonly form: HmacForm
  /** What the form cannot say: which URL, which secret, what the receiver does. */
  readonly notes: string
  /** How old a message the receiver takes, in seconds; `null` where it does not look. */
  readonly receiverToleranceSeconds: number | null
}

/** The name of a preset. */
export type PresetName =
  | 'tavus'
  | 'vapi'
  | 'ultravox'
  | 'stripe'
  | 'standardWebhooks'
  | 'github'
  | 'slack'
  | 'twilio'
  | 'twilioJson'
  | 'shopify'
  | 'line'
  | 'retell'
  | 'elevenLabs'
  | 'zoom'
  | 'square'
  | 'hubspot'
  | 'paddle'
  | 'rfc9421'
