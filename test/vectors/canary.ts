import { inspect } from 'node:util'

const SHORTEST = 6

// Names of credentials and of clients; the needs show them.
const PUBLIC = new Set(['credentialId', 'clientId'])

/** The texts inside supplied tokens that are long enough to be told from ordinary words. */
export function secretsIn(value: unknown, key = ''): readonly string[] {
  if (typeof value === 'string') return !PUBLIC.has(key) && value.length >= SHORTEST ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, child]) => secretsIn(child, name))
}

/** Every way in which a value may be printed by accident. */
export function printsOf(value: unknown): string {
  const depth = Number.POSITIVE_INFINITY
  const prints = [String(value), inspect(value, { depth, showHidden: true, getters: true }), JSON.stringify(value)]
  if (value instanceof Error) prints.push(value.message, value.stack ?? '', printsOf(value.cause ?? ''))
  return prints.join('\n')
}

/** The encoded forms of a secret; base64 at each of the three offsets that its first byte may have. */
function formsOf(secret: string): readonly string[] {
  const text = secret.toWellFormed()
  const bytes = Buffer.from(text, 'utf8')
  const base64 = [0, 1, 2].flatMap((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
    const skipped = offset === 0 ? 0 : 4
    return (['base64', 'base64url'] as const).map((form) => shifted.toString(form).slice(skipped, -4))
  })
  const forms = [secret, text, encodeURIComponent(text), JSON.stringify(secret).slice(1, -1), bytes.toString('hex')]
  return [...forms, ...base64].filter((form) => form.length >= SHORTEST)
}

/** The secrets that a print holds, in any form. */
export function leaksIn(print: string, secrets: readonly string[]): readonly string[] {
  return secrets.filter((secret) => formsOf(secret).some((form) => print.includes(form)))
}
