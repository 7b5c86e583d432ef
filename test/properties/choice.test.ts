import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { model } from '../../spec/reference/model.ts'
import { compile, describeAccess, resolve } from '../../src/index.ts'
import type { Resolution, Unsatisfied } from '../../src/types.ts'
import {
  anonymousSpelling,
  extraOption,
  type Json,
  type JsonObject,
  NAMES,
  plainOptions,
  reference,
  resolveOptions,
  type Sample,
  STRANGERS,
  sample,
  sampleWithOptions,
  tokensFor,
  unusableToken,
  usableToken,
} from './arbitraries.ts'
import { check } from './settings.ts'
import { shown, withoutNotices } from './shown.ts'

const anyToken = fc.oneof(
  { arbitrary: usableToken, weight: 4 },
  { arbitrary: unusableToken, weight: 2 },
  { arbitrary: reference, weight: 1 },
)

/** A definition, tokens of one sort, and the ability to mint or not. */
function situation<T>(definitions: fc.Arbitrary<Sample>, token: fc.Arbitrary<T>) {
  return definitions.chain((known) =>
    fc.record({
      known: fc.constant(known),
      tokens: tokensFor(known.names, token),
      mints: fc.boolean(),
    }),
  )
}

const usableSituation = situation(sample, usableToken)

function optionsIn(definition: JsonObject): JsonObject[] {
  const requirements = definition['requirements'] as JsonObject
  return (requirements['httpSecurityOptions'] as JsonObject)['options'] as JsonObject[]
}

function withOptions(definition: JsonObject, change: (options: JsonObject[]) => void): JsonObject {
  const copy = structuredClone(definition)
  change(optionsIn(copy))
  return copy
}

function indexOf(resolution: Resolution): number | null {
  return resolution.ok ? resolution.optionIndex : null
}

describe('choice', () => {
  it('P1 determinism: the same input gives the same result', () => {
    const inputs = sample.chain((known) =>
      fc.tuple(fc.constant(known), tokensFor(known.names, anyToken), resolveOptions),
    )
    check(
      fc.property(inputs, ([{ definition }, tokens, options]) => {
        const first = resolve(definition, tokens, options)
        expect(shown(resolve(definition, tokens, options))).toEqual(shown(first))
        expect(shown(resolve(structuredClone(definition), { ...tokens }, { ...options }))).toEqual(shown(first))
      }),
    )
  })

  it('P2 agreement: the engine answers as the reference model does', () => {
    const inputs = sample.chain((known) =>
      fc.tuple(fc.constant(known), tokensFor([...known.names, ...STRANGERS.slice(0, 2)], anyToken), resolveOptions),
    )
    check(
      fc.property(inputs, ([{ definition }, tokens, options]) => {
        const { mintCallToken, ...rest } = options
        const expected = model(definition, tokens, { ...rest, canMint: mintCallToken !== undefined })
        const actual = resolve(definition, tokens, options)
        expect(answerOf(actual)).toEqual(expected)
      }),
    )
  })

  it('P3 monotone: adding usable tokens never makes an authenticated tool anonymous or unsatisfied, or chooses later', () => {
    const inputs = usableSituation.chain((before) =>
      fc.tuple(fc.constant(before), tokensFor(before.known.names, usableToken)),
    )
    check(
      fc.property(inputs, ([{ known, tokens, mints }, more]) => {
        const plan = compile(known.definition)
        const before = resolve(plan, tokens, plainOptions(mints))
        const after = resolve(plan, { ...more, ...tokens }, plainOptions(mints))
        if (before.outcome !== 'authenticated') return
        expect(after.outcome).toBe('authenticated')
        expect(indexOf(after)).toBeLessThanOrEqual(before.optionIndex)
      }),
    )
  })

  it('P4 antitone: removing tokens never chooses an earlier option', () => {
    const inputs = usableSituation.chain((before) =>
      fc.tuple(fc.constant(before), fc.subarray(Object.keys(before.tokens))),
    )
    check(
      fc.property(inputs, ([{ known, tokens, mints }, kept]) => {
        const fewer = Object.fromEntries(kept.map((name) => [name, tokens[name] ?? '']))
        const plan = compile(known.definition)
        const before = resolve(plan, tokens, plainOptions(mints))
        const after = resolve(plan, fewer, plainOptions(mints))
        if (before.outcome !== 'authenticated' || after.outcome !== 'authenticated') return
        expect(after.optionIndex).toBeGreaterThanOrEqual(before.optionIndex)
      }),
    )
  })

  it('P5 appending an option never changes an authenticated result', () => {
    check(
      fc.property(usableSituation, extraOption, ({ known, tokens, mints }, extra) => {
        const before = resolve(known.definition, tokens, plainOptions(mints))
        if (before.outcome !== 'authenticated') return
        const longer = withOptions(known.definition, (options) => options.push(extra))
        expect(withoutNotices(resolve(longer, tokens, plainOptions(mints)))).toEqual(withoutNotices(before))
      }),
    )
  })

  it('P6 an unsatisfiable option in front shifts the index by one and changes nothing else', () => {
    const unsatisfiable = { requirements: { 'never supplied': { headerApiKey: { name: 'X-Never' } } } }
    check(
      fc.property(situation(sampleWithOptions, usableToken), ({ known, tokens, mints }) => {
        const before = resolve(known.definition, tokens, plainOptions(mints))
        const longer = withOptions(known.definition, (options) => options.unshift(unsatisfiable))
        const after = shown(resolve(longer, tokens, plainOptions(mints)))
        expect(after).toEqual(shiftedByOne(before))
      }),
    )
  })

  it('P7 tokens for names that the definition does not mention change nothing but the notices', () => {
    const strangers = tokensFor(STRANGERS, anyToken)
    const inputs = situation(sample, anyToken)
    check(
      fc.property(inputs, strangers, ({ known, tokens, mints }, more) => {
        const plan = compile(known.definition)
        const before = resolve(plan, tokens, plainOptions(mints))
        const after = resolve(plan, { ...more, ...tokens }, plainOptions(mints))
        expect(withoutNotices(after)).toEqual(withoutNotices(before))
        const told = after.notices.filter(({ code }) => code === 'NOTE_TOKEN_UNUSED')
        if (after.outcome !== 'invalidTokens') expect(told.length).toBe(Object.keys(more).length)
      }),
    )
  })

  it('P8 the order of the names inside an option, and of the tokens, changes nothing', () => {
    const inputs = situation(sample, anyToken).chain((before) =>
      fc.tuple(fc.constant(before), fc.infiniteStream(fc.nat(0xffff)), resolveOptions),
    )
    check(
      fc.property(inputs, ([{ known, tokens }, draws, options]) => {
        const reorder = <T>(entries: [string, T][]): [string, T][] => {
          const keyed = entries.map((entry) => ({ entry, order: draws.next().value }))
          return keyed.sort((a, b) => a.order - b.order).map(({ entry }) => entry)
        }
        const shuffled = withOptions(known.definition, (all) => {
          for (const option of all) {
            if (option['requirements'] === undefined) continue
            option['requirements'] = Object.fromEntries(reorder(Object.entries(option['requirements'] as JsonObject)))
          }
        })
        const mixed = Object.fromEntries(reorder(Object.entries(tokens)))
        expect(shown(resolve(shuffled, mixed, options))).toEqual(shown(resolve(known.definition, tokens, options)))
      }),
    )
  })

  it('P9 renaming a requirement in definition and tokens changes nothing but the names in reports', () => {
    const inputs = situation(sample, anyToken).chain((before) =>
      fc.tuple(fc.constant(before), fc.constantFrom('', ...before.known.names)),
    )
    check(
      fc.property(inputs, ([{ known, tokens, mints }, from]) => {
        // Sorts where the old name did, so that the order of mutations and reports stays.
        const to = `${from}!`
        if (known.names.some((name) => name > from && name <= to)) return
        const rename = (name: string): string => (name === from ? to : name)
        const renamed = withOptions(known.definition, (options) => {
          for (const option of options) {
            if (option['requirements'] !== undefined)
              option['requirements'] = renameKeys(option['requirements'] as JsonObject, rename) as Json
          }
        })
        const before = withoutNotices(resolve(known.definition, tokens, plainOptions(mints)))
        const after = withoutNotices(resolve(renamed, renameKeys(tokens, rename), plainOptions(mints)))
        expect(renamedReport(after, to, from)).toEqual(before)
      }),
    )
  })

  it('P10 adding or moving anonymous options never changes the mutations of an authenticated result', () => {
    const places = fc.array(fc.tuple(fc.nat(6), anonymousSpelling), { minLength: 1, maxLength: 3 })
    check(
      fc.property(usableSituation, places, ({ known, tokens, mints }, added) => {
        const before = resolve(known.definition, tokens, plainOptions(mints))
        if (before.outcome !== 'authenticated') return
        const changed = withOptions(known.definition, (options) => {
          const kept = options.filter(
            (_, index) => known.options[index]?.names.length || known.options[index]?.callToken,
          )
          for (const [at, option] of added) kept.splice(Math.min(at, kept.length), 0, option)
          options.splice(0, options.length, ...kept)
        })
        const after = resolve(changed, tokens, plainOptions(mints))
        expect(after.outcome).toBe('authenticated')
        if (after.outcome !== 'authenticated') return
        expect(shown([after.mutations, after.needs])).toEqual(shown([before.mutations, before.needs]))
      }),
    )
  })

  it('P11 unauthenticated means: anonymity is offered, nothing else is satisfied, and no declared token is unusable', () => {
    const inputs = situation(sample, fc.oneof(usableToken, unusableToken))
    check(
      fc.property(inputs, ({ known, tokens, mints }) => {
        const resolution = resolve(known.definition, tokens, plainOptions(mints))
        if (resolution.outcome !== 'unauthenticated') return
        const { options } = known
        const isAnonymous = (index: number): boolean =>
          options[index]?.names.length === 0 && options[index]?.callToken === false
        if (options.length === 0) expect(resolution.optionIndex).toBeNull()
        else expect(resolution.optionIndex).toBe(options.findIndex((_, index) => isAnonymous(index)))
        const satisfied = options.filter(
          ({ names, callToken }, index) =>
            !isAnonymous(index) && (!callToken || mints) && names.every((name) => Object.hasOwn(tokens, name)),
        )
        expect(satisfied).toEqual([])
        for (const value of Object.values(tokens)) expect(String(value)).toMatch(/^Zq[\w.~+/-]+$/)
        expect([resolution.mutations, resolution.needs]).toEqual([[], []])
      }),
    )
  })

  it('P12 unsatisfied means: nothing anonymous is offered, and supplying what an option lacks satisfies it', () => {
    check(
      fc.property(usableSituation, ({ known, tokens, mints }) => {
        const plan = compile(known.definition)
        const resolution = resolve(plan, tokens, plainOptions(mints))
        if (resolution.outcome !== 'unsatisfied') return
        expect(resolution.reason).toBe('missing')
        expect(known.options.every(({ names, callToken }) => names.length > 0 || callToken)).toBe(true)
        expect(resolution.missing.map(({ optionIndex }) => optionIndex)).toEqual(known.options.map((_, index) => index))
        for (const { optionIndex, names, callToken } of resolution.missing) {
          expect(names.length > 0 || callToken).toBe(true)
          expect(names).toEqual([...names].sort())
          expect(names.every((name) => known.options[optionIndex]?.names.includes(name))).toBe(true)
          const given = Object.fromEntries(names.map((name) => [name, 'ZqSupplied']))
          const helped = resolve(plan, { ...tokens, ...given }, plainOptions(mints || callToken))
          expect(helped.outcome).toBe('authenticated')
          expect(indexOf(helped)).toBeLessThanOrEqual(optionIndex)
        }
      }),
    )
  })

  it('P13 appending a copy of an option changes nothing but what is missing', () => {
    const inputs = situation(sampleWithOptions, anyToken).chain((before) =>
      fc.tuple(fc.constant(before), fc.nat(before.known.options.length - 1), resolveOptions),
    )
    check(
      fc.property(inputs, ([{ known, tokens }, which, options]) => {
        const longer = withOptions(known.definition, (all) => all.push(structuredClone(all[which] ?? {})))
        const before = shown(resolve(known.definition, tokens, options)) as Unsatisfied
        const after = shown(resolve(longer, tokens, options)) as Unsatisfied
        expect({ ...after, missing: null }).toEqual({ ...before, missing: null })
        if (before.outcome === 'unsatisfied') {
          expect(after.missing.slice(0, before.missing.length)).toEqual(before.missing)
        }
      }),
    )
  })

  it('P14 the chosen index always points to an option whose names are all supplied', () => {
    const inputs = sample.chain((known) =>
      fc.tuple(fc.constant(known), tokensFor([...known.names, ...NAMES.slice(0, 3)], anyToken), resolveOptions),
    )
    check(
      fc.property(inputs, ([known, tokens, options]) => {
        const resolution = resolve(known.definition, tokens, { ...options, unusedTokens: 'notice' })
        if (resolution.outcome !== 'authenticated') return
        const chosen = known.options[resolution.optionIndex]
        expect(chosen?.names.every((name) => Object.hasOwn(tokens, name))).toBe(true)
        expect(!chosen?.callToken || options.mintCallToken !== undefined).toBe(true)
        expect(describeAccess(known.definition).ways.some((way) => way.optionIndex === resolution.optionIndex)).toBe(
          true,
        )
      }),
    )
  })
})

/** A resolution in the words of the reference model. */
function answerOf(resolution: Resolution): unknown {
  switch (resolution.outcome) {
    case 'invalidTokens':
      return {
        outcome: 'invalidTokens',
        bad: resolution.issues.map(({ pointer }) =>
          pointer.replace('/authTokens/', '').replaceAll('~1', '/').replaceAll('~0', '~'),
        ),
      }
    case 'unsatisfied':
      return {
        outcome: 'unsatisfied',
        reason: resolution.reason,
        missing: shown(resolution.missing),
        mutations: [],
        needs: [],
      }
    default:
      return {
        outcome: resolution.outcome,
        optionIndex: resolution.optionIndex,
        mutations: resolution.mutations.map(({ kind, name, value }) => ({ kind, name, value: value.reveal() })),
        needs: resolution.needs.map(({ requirement }) => requirement),
      }
  }
}

function shiftedByOne(resolution: Resolution): unknown {
  const { notices, ...rest } = shown(resolution) as Resolution & { optionIndex?: number | null }
  if (rest.outcome === 'unsatisfied') {
    const first = { optionIndex: 0, names: ['never supplied'], callToken: false }
    const missing = rest.missing.map((one) => ({ ...one, optionIndex: one.optionIndex + 1 }))
    return { ...rest, missing: [first, ...missing], notices }
  }
  return rest.ok ? { ...rest, optionIndex: (rest.optionIndex ?? 0) + 1, notices } : { ...rest, notices }
}

function renameKeys<T>(object: Record<string, T>, rename: (name: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [rename(key), value]))
}

/** A report with one requirement name put for another wherever it stands as a whole. */
function renamedReport(report: unknown, from: string, to: string): unknown {
  const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')
  const text = JSON.stringify(report, (key, value: unknown) => {
    if (key === 'requirement' && value === from) return to
    if (key === 'names' && Array.isArray(value)) return value.map((name) => (name === from ? to : name))
    if (key === 'pointer' && value === `/authTokens/${escaped(from)}`) return `/authTokens/${escaped(to)}`
    if (key === 'message' && typeof value === 'string') return value.replaceAll(`\`${from}\``, () => `\`${to}\``)
    return value
  })
  return JSON.parse(text)
}
