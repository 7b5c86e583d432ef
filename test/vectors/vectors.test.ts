import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { choose, type ModelDefinition, type ModelOptions, model } from '../../spec/reference/model.ts'
import {
  type AuthTokens,
  apply,
  compile,
  explain,
  fillTemplates,
  type HttpRequest,
  type Issue,
  parseDefinition,
  parseDefinitionText,
  type Resolution,
  type ResolveOptions,
  resolve,
  Secret,
  SecurityError,
  toIssues,
} from '../../src/index.ts'
import { leaksIn, printsOf, secretsIn } from './canary.ts'
import {
  type ApplyVector,
  type ChoiceSettings,
  type DefinitionVector,
  deepFreeze,
  type ExpectedResolution,
  type Finding,
  loadVectorFiles,
  type ResolveVector,
  readSpec,
  type SelectVector,
  type TemplatesVector,
  type Vector,
} from './load.ts'

const allFiles = loadVectorFiles()
// Signatures have a runner and a check of their form of their own, in `test/hmac`.
const files = allFiles.filter(({ path }) => !path.startsWith('signature/'))
const vectors = files.flatMap(({ content }) => content.vectors)
const specification = readSpec('README.md')

function titleOf({ id, clause, flags, comment }: Vector): string {
  return `${id} ${[clause, ...flags].join(' ')}: ${comment}`
}

function cases<T extends Vector>(test: T['test']): readonly (readonly [string, T])[] {
  return vectors.filter((vector): vector is T => vector.test === test).map((vector) => [titleOf(vector), vector])
}

describe('vector files', () => {
  it.each(files.map((file) => [file.path, file] as const))(
    '%s has the form that its schema gives',
    (_, { content }) => {
      const ajv = new Ajv({ strict: false, allErrors: true })
      const validate = ajv.compile(JSON.parse(readSpec('schema/vector.schema.json')))
      validate(content)
      expect(validate.errors ?? []).toEqual([])
    },
  )

  it.each(files.map((file) => [file.path, file] as const))(
    '%s explains each flag it uses, and no other',
    (_, { content }) => {
      const used = new Set(content.vectors.flatMap(({ flags }) => flags))
      expect(Object.keys(content.notes).sort()).toEqual([...used].sort())
    },
  )

  it('have ids that are unique', () => {
    const ids = allFiles.flatMap(({ content }) => content.vectors.map(({ id }) => id))
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })

  it('hold at least 180 vectors, at least 60 % of them refusals', () => {
    const refused = vectors.filter((vector) => vector.refused).length
    expect(vectors.length).toBeGreaterThanOrEqual(180)
    expect(refused / vectors.length).toBeGreaterThanOrEqual(0.6)
  })

  it('say of themselves what they expect', () => {
    expect(vectors.filter((vector) => vector.refused !== isRefusal(vector)).map(({ id }) => id)).toEqual([])
  })

  it('show each clause of the specification, or the specification says why not', () => {
    const clauses = [...specification.matchAll(/^### ([A-Z]+-[0-9]+)$/gm)].map((match) => match[1])
    const [, listed = ''] = specification.split('### Clauses without a vector')
    const excused = [...listed.matchAll(/^\| ([A-Z]+-[0-9]+) \| ./gm)].map((match) => match[1])
    const shown = new Set(allFiles.flatMap(({ content }) => content.vectors.map(({ clause }) => clause)))
    expect(clauses.length).toBeGreaterThanOrEqual(25)
    expect(vectors.filter(({ clause }) => !clauses.includes(clause))).toEqual([])
    expect(clauses.filter((clause) => clause !== undefined && !shown.has(clause))).toEqual(excused)
  })
})

function isRefusal(vector: Vector): boolean {
  switch (vector.test) {
    case 'definition':
      return !vector.expected.valid
    case 'apply':
      return vector.expected.code !== undefined
    case 'templates':
      return vector.expected.issues !== undefined
    default:
      return !['authenticated', 'unauthenticated'].includes(vector.expected.outcome)
  }
}

const findingsOf = (issues: readonly Finding[]): readonly Finding[] =>
  issues.map(({ code, pointer }) => ({ code, pointer }))
const bySpelling = (a: Finding, b: Finding): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

/** A resolution as the vectors write it; secrets revealed, since any two of them compare equal. */
function plainly(resolution: Resolution, withNotices: boolean): ExpectedResolution {
  const notices = withNotices ? { notices: findingsOf(resolution.notices).toSorted(bySpelling) } : {}
  switch (resolution.outcome) {
    case 'authenticated': {
      const { outcome, optionIndex, mutations, needs } = resolution
      const written = mutations.map(({ kind, name, value }) => ({ kind, name, value: value.reveal() }))
      const owed = needs.map(({ kind, requirement, writes }) => ({ kind, requirement, writes }))
      return { outcome, optionIndex, mutations: written, needs: owed, ...notices }
    }
    case 'unauthenticated':
      return { outcome: resolution.outcome, optionIndex: resolution.optionIndex, ...notices }
    case 'unsatisfied':
      return { outcome: resolution.outcome, reason: resolution.reason, missing: resolution.missing, ...notices }
    case 'invalidTokens':
      return { outcome: resolution.outcome, issues: findingsOf(resolution.issues), ...notices }
  }
}

function wanted({ expected }: SelectVector | ResolveVector): ExpectedResolution {
  const needs = expected.outcome === 'authenticated' ? { needs: expected.needs ?? [] } : {}
  const notices = expected.notices === undefined ? {} : { notices: expected.notices.toSorted(bySpelling) }
  return { ...expected, ...needs, ...notices }
}

function settingsOf(options: ChoiceSettings = {}, canMintCallToken = false): ResolveOptions {
  const { allowInsecureOrigins: _, ...settings } = options
  const mintCallToken = (): never => {
    throw new Error('a choice never mints')
  }
  return canMintCallToken ? { ...settings, mintCallToken } : settings
}

function modelOptionsOf(options: ChoiceSettings = {}, canMint = false): ModelOptions {
  const { anonymous, callTokenCounts, unusedTokens } = options
  return {
    canMint,
    ...(anonymous === undefined ? {} : { anonymous }),
    ...(callTokenCounts === undefined ? {} : { callTokenCounts }),
    ...(unusedTokens === undefined ? {} : { unusedTokens }),
  }
}

function planFor(definition: unknown, allowInsecureOrigins?: readonly string[]): unknown {
  return allowInsecureOrigins === undefined ? definition : compile(definition, { allowInsecureOrigins })
}

/** The definition with the requirement names of each option in the opposite order (SEL-5). */
function reorder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(reorder)
  const entries = Object.entries(value).map(([key, child]) => [key, reorder(child)] as const)
  return Object.fromEntries(entries.toReversed())
}

describe('select vectors', () => {
  it.each(cases<SelectVector>('select'))('%s', (_, vector) => {
    const { definition, available, options, canMintCallToken } = deepFreeze(vector)
    const settings = settingsOf(options, canMintCallToken)
    // Base64 of `u:p`: usable for every kind.
    const tokens = Object.fromEntries(available.map((name) => [name, 'dTpw'])) as AuthTokens
    const outcomes = [definition, compile(definition), reorder(definition)].map((one) => {
      const { mutations: _mutations, needs: _needs, ...choice } = plainly(resolve(one, tokens, settings), false)
      return choice
    })
    expect(outcomes).toEqual([vector.expected, vector.expected, vector.expected])

    const explanation = explain(definition, available, settings)
    const { optionIndex, ...rest } = explanation
    expect(rest.outcome).toBe(vector.expected.outcome)
    expect(optionIndex).toBe(vector.expected.optionIndex ?? null)
    const lacking = explanation.options.filter(
      ({ missing, callTokenMissing }) => missing.length > 0 || callTokenMissing,
    )
    const missing = lacking.map((one) => ({
      optionIndex: one.optionIndex,
      names: one.missing,
      callToken: one.callTokenMissing,
    }))
    if (vector.expected.missing !== undefined) expect(missing).toEqual(vector.expected.missing)
  })

  it.each(cases<SelectVector>('select'))(
    'model: %s',
    (_, { definition, available, options, canMintCallToken, expected }) => {
      const choice = choose(definition as ModelDefinition, available, modelOptionsOf(options, canMintCallToken))
      expect(choice).toEqual(expected)
    },
  )
})

describe('resolve vectors', () => {
  it.each(cases<ResolveVector>('resolve'))('%s', (_, vector) => {
    const { definition, authTokens, options, canMintCallToken } = deepFreeze(vector)
    const settings = settingsOf(options, canMintCallToken)
    const secrets = secretsIn(authTokens)
    const withNotices = vector.expected.notices !== undefined
    for (const one of [definition, reorder(definition)]) {
      const resolution = resolve(planFor(one, options?.allowInsecureOrigins), authTokens as AuthTokens, settings)
      expect(plainly(resolution, withNotices)).toEqual(wanted(vector))
      const prints = [resolution, toIssues(resolution), resolution.notices].map(printsOf).join('\n')
      expect(leaksIn(prints, secrets)).toEqual([])
    }
  })

  // The model knows Ultravox's kinds alone.
  const choosable = cases<ResolveVector>('resolve').filter(
    ([, { clause, authTokens }]) =>
      !clause.startsWith('KND-') && typeof authTokens === 'object' && authTokens !== null && !Array.isArray(authTokens),
  )
  it.each(choosable)('model: %s', (_, { definition, authTokens, options, canMintCallToken, expected }) => {
    const answer = model(definition as ModelDefinition, authTokens as object, modelOptionsOf(options, canMintCallToken))
    if (answer.outcome === 'invalidTokens') {
      const pointers = answer.bad.map((name) => `/authTokens/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
      expect({ outcome: answer.outcome, pointers }).toEqual({
        outcome: expected.outcome,
        pointers: expected.issues?.map(({ pointer }) => pointer),
      })
      return
    }
    const { notices: _notices, needs = [], mutations = [], ...choice } = expected
    expect(answer).toEqual({ ...choice, mutations, needs: needs.map(({ requirement }) => requirement) })
  })
})

/** Errors in full; of the warnings those that the setting `unknownFields` makes. */
function judged(issues: readonly Issue[]): readonly Finding[] {
  return findingsOf(issues.filter(({ code }) => !code.startsWith('WARN_') || code.startsWith('WARN_FIELD_')))
}

describe('definition vectors', () => {
  it.each(cases<DefinitionVector>('definition'))('%s', (_, vector) => {
    const { definition, text, options, expected } = deepFreeze(vector)
    const results =
      text === undefined
        ? [
            parseDefinition(definition, options),
            parseDefinition(reorder(definition), options),
            parseDefinitionText(JSON.stringify(definition), options),
          ]
        : [parseDefinitionText(text, options)]
    for (const { ok, issues } of results) expect({ valid: ok, issues: judged(issues) }).toEqual(expected)
  })
})

function outcomeOfApply({ definition, authTokens, canMintCallToken, options, request }: ApplyVector): {
  readonly request?: HttpRequest
  readonly code?: string
  readonly error?: unknown
} {
  const { origin, ...choice } = options ?? {}
  try {
    const plan = planFor(definition, choice.allowInsecureOrigins)
    const resolution = resolve(plan, authTokens as AuthTokens, settingsOf(choice, canMintCallToken))
    const once = apply(request, resolution, origin === undefined ? {} : { origin })
    expect(apply(deepFreeze(once), resolution, origin === undefined ? {} : { origin })).toEqual(once)
    return { request: once }
  } catch (error) {
    if (!(error instanceof SecurityError)) throw error
    return { code: error.code, error }
  }
}

describe('apply vectors', () => {
  it.each(cases<ApplyVector>('apply'))('%s', (_, vector) => {
    const { authTokens, request, expected } = deepFreeze(vector)
    const { error, ...outcome } = outcomeOfApply(vector)
    expect(outcome).toEqual(expected)
    const inQuery = request.url.split('?').slice(1).join('?')
    const inHeaders = secretsIn(request.headers)
    if (error !== undefined)
      expect(leaksIn(printsOf(error), [...secretsIn(authTokens), inQuery, ...inHeaders])).toEqual([])
  })
})

describe('template vectors', () => {
  it.each(cases<TemplatesVector>('templates'))('%s', (_, vector) => {
    const { authTokens, context, expected } = deepFreeze(vector)
    const result = fillTemplates(authTokens, context)
    const outcome = result.ok ? { authTokens: revealAll(result.value) } : { issues: findingsOf(result.issues) }
    expect(outcome).toEqual(expected)
    expect(leaksIn(printsOf(result.issues), secretsIn(context))).toEqual([])
  })
})

function revealAll(tokens: AuthTokens): unknown {
  const plain = (token: unknown): unknown => (token instanceof Secret ? token.reveal() : token)
  return JSON.parse(
    JSON.stringify(Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, plain(token)]))),
  )
}
