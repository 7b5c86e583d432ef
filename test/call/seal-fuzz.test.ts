import fc from 'fast-check'
import { beforeAll, expect, inject, it } from 'vitest'
import { openTools, resolveCall, sealTools } from '../../src/call/index.ts'
import { RUNS } from '../properties/settings.ts'
import { selectedTool, toolsOf } from './samples.ts'

// 100,000 in CI. Fewer than 5,000 might not meet both codes.
const MUTANTS = RUNS >= 10_000 ? RUNS * 10 : 5_000
const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']

const key = { keyId: 'k1', key: new Uint8Array(32).fill(1) }
const otherKey = { keyId: 'k2', key: new Uint8Array(32).fill(2) }
const opening = { callId: 'call-1', keys: [key, otherKey] }

/** Two seals of one call, one of another call, one under another key. */
let seals: readonly string[] = []

beforeAll(async () => {
  const sealed = async (name: string, callId: string, sealingKey: typeof key) =>
    sealTools(toolsOf(await resolveCall({ selectedTools: [selectedTool(name)] })), { callId, key: sealingKey })
  seals = [
    await sealed('a', 'call-1', key),
    await sealed('b', 'call-1', key),
    await sealed('a', 'call-2', key),
    await sealed('a', 'call-1', otherKey),
  ]
})

type Mutate = (sealed: string, other: string, at: number, by: number) => string

const replaceAt = (text: string, index: number, character: string): string =>
  text.slice(0, index) + character + text.slice(index + 1)
const partsOf = (text: string): string[] => text.split('.')

/** Ways to damage a sealed text; `at` and `by` are any natural numbers. */
const MUTATIONS: Readonly<Record<string, Mutate>> = {
  'flip a bit of a character': (sealed, _, at, by) => {
    const index = at % sealed.length
    return replaceAt(sealed, index, String.fromCharCode(sealed.charCodeAt(index) ^ (1 << (by % 8))))
  },
  'flip a bit of the bytes': (sealed, _, at, by) => {
    const parts = partsOf(sealed)
    const part = 2 + (by % 2)
    const bytes = Buffer.from(parts[part] ?? '', 'base64url')
    const index = at % bytes.length
    bytes[index] = (bytes[index] ?? 0) ^ (1 << (by % 7))
    parts[part] = bytes.toString('base64url')
    return parts.join('.')
  },
  'exchange two characters': (sealed, _, at, by) => {
    const [one, two] = [at % sealed.length, by % sealed.length]
    return replaceAt(replaceAt(sealed, one, sealed[two] ?? ''), two, sealed[one] ?? '')
  },
  'another character of the alphabet': (sealed, _, at, by) =>
    replaceAt(sealed, at % sealed.length, ALPHABET[by % ALPHABET.length] ?? ''),
  truncate: (sealed, _, at) => sealed.slice(0, at % sealed.length),
  'drop the beginning': (sealed, _, at) => sealed.slice(1 + (at % (sealed.length - 1))),
  'drop a part of the middle': (sealed, _, at, by) => {
    const from = at % sealed.length
    return sealed.slice(0, from) + sealed.slice(from + 1 + (by % 20))
  },
  'say a part twice': (sealed, _, at, by) => {
    const from = at % sealed.length
    return sealed.slice(0, from + 1 + (by % 20)) + sealed.slice(from)
  },
  'add something at the end': (sealed, _, at, by) => sealed + (ALPHABET[by % 64] ?? '').repeat(1 + (at % 5)),
  'other tail bits of the last character': (sealed, _, at, by) => {
    const parts = partsOf(sealed)
    const part = 2 + (at % 2)
    const last = ALPHABET.indexOf(parts[part]?.at(-1) ?? '')
    parts[part] = `${parts[part]?.slice(0, -1)}${ALPHABET[last ^ (1 + (by % 3))]}`
    return parts.join('.')
  },
  'padding and the other alphabet': (sealed, _, at, by) =>
    [`${sealed}=`, `${sealed}==`, sealed.replace('-', '+'), sealed.replace('_', '/'), ` ${sealed}`, `${sealed}\n`][
      (at + by) % 6
    ] ?? '',
  'a part of another seal': (sealed, other, at) => {
    const [parts, others] = [partsOf(sealed), partsOf(other)]
    const part = at % 4
    parts[part] = others[part] ?? ''
    return parts.join('.')
  },
  'two parts of another seal': (sealed, other, at) => {
    const [parts, others] = [partsOf(sealed), partsOf(other)]
    return parts
      .map((part, index) => (index === at % 4 || index === (at + 1) % 4 ? (others[index] ?? '') : part))
      .join('.')
  },
  'the head of one and the tail of another': (sealed, other, at) => {
    const cut = at % Math.min(sealed.length, other.length)
    return sealed.slice(0, cut) + other.slice(cut)
  },
  'parts in another order': (sealed, _, at) => {
    const parts = partsOf(sealed)
    return [...parts.slice(at % 4), ...parts.slice(0, at % 4)].join('.')
  },
}

const mutant = fc.tuple(
  fc.constantFrom(...Object.values(MUTATIONS)),
  fc.nat(3),
  fc.nat(3),
  fc.nat(1_000_000),
  fc.nat(1_000_000),
)

it(`a fuzz of ${MUTANTS.toLocaleString('en')} mutated seals opens none`, async () => {
  let tried = 0
  const codes = new Map<string, number>()
  const property = fc.asyncProperty(mutant, async ([mutate, one, other, at, by]) => {
    const text = mutate(seals[one] ?? '', seals[other] ?? '', at, by)
    // Some changes change nothing, or give one of the seals that do open.
    fc.pre(text !== seals[0] && text !== seals[1] && text !== seals[3])
    tried += 1
    const code = await openTools(text, opening).then(
      () => `opened: ${text}`,
      (error: { code?: string; name: string }) => `${error.name} ${error.code}`,
    )
    codes.set(code, (codes.get(code) ?? 0) + 1)
  })
  await fc.assert(property, { numRuns: MUTANTS, seed: inject('randomSeed'), maxSkipsPerRun: 10 })
  expect(tried).toBe(MUTANTS)
  expect([...codes.keys()].sort()).toEqual(['SecurityError ERR_SEAL_INVALID', 'SecurityError ERR_SEAL_KEY'])
})

it('the fuzz can tell: the seals themselves open, but for the one of another call', async () => {
  const opened = await Promise.all(
    seals.map((sealed) =>
      openTools(sealed, opening).then(
        () => true,
        () => false,
      ),
    ),
  )
  expect(opened).toEqual([true, true, false, true])
})
