import type { HmacForm } from '../../types.ts'
import { type Hypothesis, type Subject, type Variation, withForm } from './subject.ts'

const KEYS = ['utf8', 'base64', 'base64url', 'hex'] as const

const KEY_TEXTS: { readonly [Key in (typeof KEYS)[number]]: string } = {
  utf8: 'the text itself is the key',
  base64: 'the text is the key in base64',
  base64url: 'the text is the key in base64url',
  hex: 'the text is the key in hex',
}

/** What befalls a secret between a console and a program. Details say nothing of it. @internal */
export const SECRET_HYPOTHESES: readonly Hypothesis[] = [
  {
    name: 'keyEncoding',
    group: 'secret',
    text: 'the secret is turned into a key in another way',
    help: 'set `key` of the form to what the sender does',
    vary: (subject) => otherKeys(subject),
  },
  {
    name: 'secretPrefixDropped',
    group: 'secret',
    text: 'the sender drops the prefix of the secret, up to its first `_`, as in `whsec_`',
    help: 'set `keyPrefix` of the form to that prefix, and `key` as the sender does',
    vary: (subject) => {
      const [prefix = ''] = /^[A-Za-z0-9]+_/.exec(subject.secrets[0] ?? '') ?? []
      return prefix === '' || subject.form.keyPrefix !== undefined ? [] : allKeys(subject, { keyPrefix: prefix })
    },
  },
  {
    name: 'secretPrefixKept',
    group: 'secret',
    text: 'the sender keeps the prefix of the secret: it is part of the key',
    help: 'leave `keyPrefix` out of the form, and set `key` as the sender does',
    vary: (subject) => {
      const { keyPrefix = '', ...form } = subject.form
      if (keyPrefix === '') return []
      const secrets = subject.secrets.map((each) => (each.startsWith(keyPrefix) ? each : keyPrefix + each))
      return allKeys({ ...subject, form, secrets }, {})
    },
  },
  {
    name: 'secretSpaces',
    group: 'secret',
    text: 'white space or quotes around the secret count',
    help: 'store the secret on one side as it is on the other: a line break is easily copied along',
    vary: (subject) =>
      CHANGES.map(([detail, change]) => ({ subject: { ...subject, secrets: subject.secrets.map(change) }, detail })),
  },
]

const CHANGES: readonly (readonly [detail: string, change: (secret: string) => string])[] = [
  ['the sender has none', (secret) => secret.trim()],
  ['the sender has no quotes', (secret) => secret.trim().replace(/^(["'])(.*)\1$/s, '$2')],
  ['the sender has a line break behind it', (secret) => `${secret}\n`],
  ['the sender has CR LF behind it', (secret) => `${secret}\r\n`],
  ['the sender has a space behind it', (secret) => `${secret} `],
  ['the sender has double quotes', (secret) => `"${secret}"`],
]

function otherKeys(subject: Subject): readonly Variation[] {
  const { key = 'utf8' } = subject.form
  return allKeys(subject, {}).filter((each) => each.subject.form.key !== key)
}

function allKeys(subject: Subject, form: Partial<HmacForm>): readonly Variation[] {
  return KEYS.map((key) => ({ subject: withForm(subject, { ...form, key }), detail: KEY_TEXTS[key] }))
}
