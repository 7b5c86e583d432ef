import type { PresetName } from '../../hmac/preset.ts'
import { signaturePresets } from '../../hmac/presets.ts'
import { type Hypothesis, withForm } from './subject.ts'

const PRESETS = Object.entries(signaturePresets) as readonly (readonly [
  PresetName,
  (typeof signaturePresets)[PresetName],
])[]

const PAYLOADS = [
  ...new Set([
    ...PRESETS.map(([, { form }]) => form.payload ?? '{body}'),
    '{timestamp}{body}',
    '{timestamp}\n{body}',
    '{id}.{body}',
    '{body}.{timestamp}',
    '{timestamp}.{body:sha256}',
    '{body:sha256}',
    '{url}.{body}',
  ]),
]

/** A form that is not the sender's. @internal */
export const FORM_HYPOTHESES: readonly Hypothesis[] = [
  {
    name: 'payload',
    group: 'form',
    text: 'something else is signed than the form says',
    help: 'set `payload` of the form to what the sender signs',
    vary: (subject) =>
      PAYLOADS.filter((payload) => payload !== (subject.form.payload ?? '{body}')).map((payload) => ({
        subject: withForm(subject, { payload }),
        detail: JSON.stringify(payload),
      })),
  },
  {
    name: 'preset',
    group: 'form',
    text: 'the message is that of another sender',
    help: 'use that preset',
    vary: (subject) =>
      PRESETS.map(([name, { form }]) => ({ subject: { ...subject, form }, detail: `\`--preset ${name}\`` })),
  },
]
