import type { HmacForm } from '../../types.ts'
import { type Hypothesis, headerEntry, type Subject, type Variation, withForm, withHeader } from './subject.ts'

const ALGORITHMS = ['sha1', 'sha256', 'sha384', 'sha512'] as const
const ENCODINGS = ['hex', 'base64', 'base64url'] as const

/** How a signature is computed, and how it is written. @internal */
export const SIGNATURE_HYPOTHESES: readonly Hypothesis[] = [
  {
    name: 'algorithm',
    group: 'algorithm',
    text: 'the sender signs with another algorithm',
    help: 'set `algorithm` of the form; never take it from the message',
    vary: (subject) => {
      const { algorithm: own = 'sha256' } = subject.form
      const others = ALGORITHMS.filter((algorithm) => algorithm !== own)
      return others.map((algorithm) => ({
        // `sha256=` before a signature names the algorithm, too.
        subject: withTemplates(withForm(subject, { algorithm }), (template) =>
          template.replaceAll(own, () => algorithm),
        ),
        detail: algorithm,
      }))
    },
  },
  {
    name: 'encoding',
    group: 'encoding',
    text: 'the signature is written in another encoding',
    help: 'set `encoding` of the form to it',
    vary: (subject) =>
      ENCODINGS.filter((encoding) => encoding !== (subject.form.encoding ?? 'hex')).map((encoding) => ({
        subject: withForm(subject, { encoding }),
        detail: encoding,
      })),
  },
  {
    name: 'upperCase',
    group: 'encoding',
    text: 'the signature is written in upper case',
    help: 'hex is read in lower case only: lower it before it is verified',
    vary: (subject) => [
      { subject: changeSignature(subject, (value) => value.replace(/[0-9A-F]{40,}/gi, (hex) => hex.toLowerCase())) },
    ],
  },
  {
    name: 'padding',
    group: 'encoding',
    text: 'the base64 of the signature has another padding',
    help: 'base64 is read with its padding and base64url without: bring it into that form before it is verified',
    vary: (subject) =>
      ENCODINGS.slice(1).flatMap((encoding) => [
        ...paddingVariations(withForm(subject, { encoding }), (value) => value.replace(/={1,2}$/, '')),
        ...paddingVariations(withForm(subject, { encoding }), (value) => `${value}=`),
        ...paddingVariations(withForm(subject, { encoding }), (value) => `${value}==`),
      ]),
  },
  {
    name: 'signaturePrefix',
    group: 'prefix',
    text: 'the text before the signature is another one than the form has',
    help: 'write it into the template of the form as the sender does',
    vary: prefixVariations,
  },
]

function paddingVariations(subject: Subject, change: (value: string) => string): readonly Variation[] {
  return [{ subject: changeSignature(subject, change) }]
}

/** The header of the form that holds the signature. */
function signatureHeader({ headers }: HmacForm): readonly [name: string, template: string] | null {
  return Object.entries(headers).find(([, template]) => template.includes('{signature}')) ?? null
}

function changeSignature(subject: Subject, change: (value: string) => string): Subject {
  const found = signatureHeader(subject.form)
  const entry = found === null ? null : headerEntry(subject.request, found[0])
  return entry === null ? subject : withHeader(subject, entry.name, entry.values.map(change))
}

function withTemplates(subject: Subject, change: (template: string) => string): Subject {
  const headers = Object.entries(subject.form.headers).map(([name, template]) => [name, change(template)] as const)
  return withForm(subject, { headers: Object.fromEntries(headers) })
}

// A signature is no longer; what stands beside it is short.
const MAX_LENGTH = 1024

// SHA-1 in base64 without its padding.
const MIN_SIGNATURE = 27

/** What stands before the run of hex or base64 at the end of a value; empty where there is none. */
function beforeSignature(value: string): string {
  let end = value.length
  while (end > value.length - 2 && value[end - 1] === '=') end -= 1
  let start = end
  while (start > 0 && /[A-Za-z0-9+/_-]/.test(value.charAt(start - 1))) start -= 1
  return end - start < MIN_SIGNATURE ? '' : value.slice(0, start)
}

/** What the received header has before its signature: all of it, or the name of the item in a list. */
function prefixVariations(subject: Subject): readonly Variation[] {
  const found = signatureHeader(subject.form)
  const value = found === null ? undefined : headerEntry(subject.request, found[0])?.values[0]
  if (found === null || value === undefined || value.length > MAX_LENGTH) return []
  const [name, template] = found
  const whole = beforeSignature(value)
  const items = new Set([...value.matchAll(/([A-Za-z][A-Za-z0-9_-]*)=/g)].map(([, item = '']) => item))
  const templates = [
    `${whole.replace(/[[\]{}]/g, '$&$&')}{signature}`,
    ...[...items].map((item) => template.replace(/[A-Za-z][A-Za-z0-9_-]*=(?=\{signature\})/, () => `${item}=`)),
  ]
  return templates
    .filter((each) => each !== template)
    .map((each) => ({
      subject: withForm(subject, { headers: { ...subject.form.headers, [name]: each } }),
      detail: `\`${each}\``,
    }))
}
