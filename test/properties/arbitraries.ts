import fc from 'fast-check'
import type { Token } from '../../src/types.ts'

/** JSON as a test writes and edits it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** Requirement names that have tripped others: integer-like, inherited, escaped in pointers, look-alikes. */
export const NAMES = [
  'myServiceApiKey',
  'user_id',
  '10',
  '2',
  'toString',
  'constructor',
  'hasOwnProperty',
  'key~one/two',
  'clé',
  'cle\u0301',
  'Authorization',
  ' spaced ',
] as const

/** What a test knows about one option besides its JSON. */
export interface KnownOption {
  /** Requirement names, sorted by code unit. */
  readonly names: readonly string[]
  readonly callToken: boolean
}

/** A valid definition together with the answer key. */
export interface Sample {
  readonly definition: JsonObject
  readonly options: readonly KnownOption[]
  /** Every requirement name in use, sorted by code unit. */
  readonly names: readonly string[]
}

const SCHEMES = ['Bearer', 'bearer', 'Basic', 'Token', 'X-Own.Scheme'] as const

// Every name has places of its own, so that no option conflicts with itself (DEF-3).
const REQUIREMENTS = {
  query: (index: number): JsonObject => ({ queryApiKey: { name: `q-${index} [é&=+]` } }),
  header: (index: number): JsonObject => ({ headerApiKey: { name: `X-Key_${index}` } }),
  prefixed: (index: number): JsonObject => ({ headerApiKey: { name: `X-Prefixed-${index}`, prefix: 'Key ' } }),
  cookie: (index: number): JsonObject => ({ cookieApiKey: { name: `cookie_${index}` } }),
} as const
type DrawnKind = keyof typeof REQUIREMENTS

/** The kinds that the reference model knows. */
const MODEL_KINDS: readonly DrawnKind[] = ['query', 'header']
const ALL_KINDS = Object.keys(REQUIREMENTS) as DrawnKind[]

interface Drawn {
  readonly json: JsonObject
  readonly known: KnownOption
}

function drawOption(
  picked: readonly { readonly name: number; readonly kind: DrawnKind }[],
  withAuth: boolean,
  scheme: string,
  scopes: readonly string[] | null,
): Drawn {
  const requirements: JsonObject = {}
  picked.forEach(({ name, kind }, position) => {
    requirements[NAMES[name] ?? ''] = withAuth && position === 0 ? { httpAuth: { scheme } } : REQUIREMENTS[kind](name)
  })
  const json: JsonObject = { requirements }
  if (scopes !== null) json['ultravoxCallTokenRequirement'] = { scopes: [...scopes] }
  return { json, known: { names: Object.keys(requirements).sort(), callToken: scopes !== null && scopes.length > 0 } }
}

const scopesArb = fc.option(fc.constantFrom<readonly string[]>([], ['calls.read'], ['a', 'b']), { freq: 3 })

function requiringOption(kinds: readonly DrawnKind[]): fc.Arbitrary<Drawn> {
  const nameWithKind = fc.record({ name: fc.nat(NAMES.length - 1), kind: fc.constantFrom(...kinds) })
  return fc
    .record({
      picked: fc.uniqueArray(nameWithKind, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
      withAuth: fc.boolean(),
      scheme: fc.constantFrom(...SCHEMES),
      scopes: scopesArb,
    })
    .map(({ picked, withAuth, scheme, scopes }) => drawOption(picked, withAuth, scheme, scopes))
}

const modelOption = requiringOption(MODEL_KINDS)
const optionOfAnyKind = requiringOption(ALL_KINDS)

const callTokenOption: fc.Arbitrary<Drawn> = fc.boolean().map((spelled) => ({
  json: { ...(spelled ? { requirements: {} } : {}), ultravoxCallTokenRequirement: { scopes: ['calls.read'] } },
  known: { names: [], callToken: true },
}))

/** Every spelling of an option that asks for nothing (SEL-2). */
export const anonymousSpelling: fc.Arbitrary<JsonObject> = fc
  .constantFrom<JsonObject>(
    {},
    { requirements: {} },
    { ultravoxCallTokenRequirement: {} },
    { requirements: {}, ultravoxCallTokenRequirement: { scopes: [] } },
  )
  .map((option) => structuredClone(option))

const anonymousOption: fc.Arbitrary<Drawn> = anonymousSpelling.map((json) => ({
  json,
  known: { names: [], callToken: false },
}))

const anyOption = fc.oneof(
  { arbitrary: modelOption, weight: 6 },
  { arbitrary: callTokenOption, weight: 1 },
  { arbitrary: anonymousOption, weight: 2 },
)

/** Base URLs with a request URL that fits each. */
export const BASES = [
  { pattern: 'https://api.example.com/v1/things', url: 'https://api.example.com/v1/things' },
  { pattern: 'https://api.example.com/v1/things', url: 'https://API.example.com:443/v1/things/7' },
  { pattern: 'https://api.example.com/v1/{id}', url: 'https://api.example.com/v1/NVDA' },
  { pattern: 'https://api.example.com/v1/{id}/price?lang=en', url: 'https://api.example.com/v1/a%20b/price' },
  { pattern: 'https://api.example.com', url: 'https://api.example.com' },
  { pattern: 'https://api.example.com/', url: 'https://api.example.com/anything/else' },
  { pattern: 'http://localhost:8080/x', url: 'http://localhost:8080/x' },
  { pattern: 'https://[2001:db8::1]:8443/a/', url: 'https://[2001:db8::1]:8443/a/b' },
] as const

/** A part of a definition that no requirement of a {@link Sample} conflicts with. */
const surroundings: fc.Arbitrary<JsonObject> = fc.record(
  {
    modelToolName: fc.constantFrom('stock_price', 'transferCall'),
    description: fc.string({ maxLength: 20, unit: 'grapheme' }),
    dynamicParameters: fc.constantFrom<Json>(
      [],
      [{ name: 'id', location: 'PARAMETER_LOCATION_PATH', schema: { type: 'string' }, required: true }],
      [{ name: 'X-Other', location: 'PARAMETER_LOCATION_HEADER' }],
    ),
    staticParameters: fc.constantFrom<Json>([{ name: 'currency', location: 'PARAMETER_LOCATION_QUERY', value: null }]),
    automaticParameters: fc.constantFrom<Json>([
      { name: 'callId', location: 'PARAMETER_LOCATION_BODY', knownValue: 'KNOWN_PARAM_CALL_ID' },
    ]),
    timeout: fc.constantFrom('5s', '0.5s'),
    'x-own': fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  },
  { requiredKeys: [] },
)

function sampleOf(
  options: fc.Arbitrary<readonly Drawn[]>,
  implementation: fc.Arbitrary<JsonObject>,
): fc.Arbitrary<Sample> {
  return fc.tuple(options, surroundings, implementation).map(([drawn, rest, transport]) => ({
    // Options of one draw may share objects after shrinking; a test may edit the definition.
    definition: structuredClone({
      ...rest,
      ...transport,
      requirements: { httpSecurityOptions: { options: drawn.map(({ json }) => json) } },
    }),
    options: drawn.map(({ known }) => known),
    names: [...new Set(drawn.flatMap(({ known }) => known.names))].sort(),
  }))
}

const overHttp: fc.Arbitrary<JsonObject> = fc
  .constantFrom(...BASES)
  .map(({ pattern }) => ({ http: { baseUrlPattern: pattern, httpMethod: 'GET' } }))

const anyImplementation: fc.Arbitrary<JsonObject> = fc.oneof(
  { arbitrary: overHttp, weight: 4 },
  { arbitrary: fc.constantFrom<JsonObject>({}, { client: {} }, { dataConnection: {} }), weight: 1 },
)

/** Any valid definition of the kinds that the reference model knows, up to five options. */
export const sample: fc.Arbitrary<Sample> = sampleOf(fc.array(anyOption, { maxLength: 5 }), anyImplementation)

/** With at least one option. */
export const sampleWithOptions: fc.Arbitrary<Sample> = sampleOf(
  fc.array(anyOption, { minLength: 1, maxLength: 5 }),
  anyImplementation,
)

/** One that cannot run without authentication. */
export const closedSample: fc.Arbitrary<Sample> = sampleOf(
  fc.array(fc.oneof({ arbitrary: optionOfAnyKind, weight: 5 }, { arbitrary: callTokenOption, weight: 1 }), {
    minLength: 1,
    maxLength: 4,
  }),
  anyImplementation,
)

/** One whose first option asks for at least one name and no call token, over http. */
export const requiringSample: fc.Arbitrary<Sample> = sampleOf(
  fc
    .tuple(optionOfAnyKind, fc.array(anyOption, { maxLength: 3 }))
    .map(([{ json, known }, rest]) => [
      { json: { requirements: json['requirements'] ?? {} }, known: { names: known.names, callToken: false } },
      ...rest,
    ]),
  overHttp,
)

/** A new option that the sample does not know, as JSON. */
export const extraOption: fc.Arbitrary<JsonObject> = anyOption.map(({ json }) => structuredClone(json))

const TOKEN68 = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/']

/** A token that every kind can carry, and that no text of ours contains by accident. */
export const usableToken: fc.Arbitrary<string> = fc
  .string({ unit: fc.constantFrom(...TOKEN68), minLength: 9, maxLength: 40 })
  .map((text) => `Zq${text}`)

/** Tokens that no kind can carry, whatever their type says. Made anew each time: some of them are objects. */
export const unusableToken: fc.Arbitrary<Token> = fc
  .constantFrom<() => unknown>(
    () => '',
    () => 'Zq\nline',
    () => 'Zq\u0000',
    () => 'Zq\u0085',
    () => 'Zq\ud800',
    () => 'Z'.repeat(16_385),
    () => null,
    () => undefined,
    () => 5,
    () => true,
    () => ['Zqtext'],
    () => ({}),
    () => ({ credentialId: '' }),
    () => ({ credentialId: 5 }),
    () => ({ credentialId: 'id', extra: 1 }),
    () => new String('Zqboxed'),
  )
  .map((make) => make() as Token)

export const reference: fc.Arbitrary<{ credentialId: string }> = fc
  .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
  .map((credentialId) => ({ credentialId }))

/** Tokens for a subset of some names, each drawn from `token`. */
export function tokensFor<T>(names: readonly string[], token: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  return fc
    .tuple(fc.subarray([...names]), fc.array(token, { minLength: names.length, maxLength: names.length }))
    .map(([chosen, values]) =>
      Object.fromEntries(chosen.map((name, index) => [name, values[index]] as const)),
    ) as fc.Arbitrary<Record<string, T>>
}

/** Names that no {@link Sample} uses. */
export const STRANGERS = ['myServiceApikey', 'valueOf', 'USER_ID', '1', 'clé ', 'unrelated', '\u212Aey'] as const

const mint = (): string => 'never called'

/** Options of `resolve` that decide the choice. `tenant` is always there, for references. */
export const resolveOptions: fc.Arbitrary<ResolveOptionsDrawn> = fc
  .record({
    anonymous: fc.constantFrom('lastResort', 'never', undefined),
    unusedTokens: fc.constantFrom('notice', 'refuse', undefined),
    callTokenCounts: fc.constantFrom(true, false, undefined),
    mints: fc.boolean(),
  })
  .map(({ anonymous, unusedTokens, callTokenCounts, mints }) => ({
    ...(anonymous === undefined ? {} : { anonymous }),
    ...(unusedTokens === undefined ? {} : { unusedTokens }),
    ...(callTokenCounts === undefined ? {} : { callTokenCounts }),
    ...(mints ? { mintCallToken: mint } : {}),
    tenant: 'tenant-1',
  }))

export interface ResolveOptionsDrawn {
  readonly anonymous?: 'lastResort' | 'never'
  readonly unusedTokens?: 'notice' | 'refuse'
  readonly callTokenCounts?: boolean
  readonly mintCallToken?: () => string
  readonly tenant: string
}

/** The same options with or without the ability to mint call tokens, nothing else set. */
export function plainOptions(mints: boolean): ResolveOptionsDrawn {
  return mints ? { mintCallToken: mint, tenant: 'tenant-1' } : { tenant: 'tenant-1' }
}
