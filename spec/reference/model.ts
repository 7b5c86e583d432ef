/**
 * The reference model: the clauses of `spec/README.md` as sets, written without a look at the engine.
 *
 * It is slow, imports nothing, and reads a valid definition in camelCase. Where it and an engine disagree, read the
 * clause; the model is right more often.
 */

type Requirement = {
  readonly queryApiKey?: { readonly name: string }
  readonly headerApiKey?: { readonly name: string }
  readonly httpAuth?: { readonly scheme: string }
}
type Option = {
  readonly requirements?: { readonly [name: string]: Requirement }
  readonly ultravoxCallTokenRequirement?: { readonly scopes?: readonly string[] }
}
/** The part of a tool definition that a choice depends on. */
export type ModelDefinition = {
  readonly requirements?: { readonly httpSecurityOptions?: { readonly options?: readonly Option[] } }
}
/** `canMint`: whether the caller has the capability to mint call tokens. */
export type ModelOptions = {
  readonly canMint?: boolean
  readonly anonymous?: 'lastResort' | 'never'
  readonly callTokenCounts?: boolean
  readonly unusedTokens?: 'notice' | 'refuse'
}
type Missing = { readonly optionIndex: number; readonly names: readonly string[]; readonly callToken: boolean }
/** What the names alone decide. */
export type Choice =
  | { readonly outcome: 'authenticated'; readonly optionIndex: number }
  | { readonly outcome: 'unauthenticated'; readonly optionIndex: number | null }
  | { readonly outcome: 'unsatisfied'; readonly reason: 'missing' | 'anonymousRefused'; readonly missing: Missing[] }
/** One change to the request, its value in clear. */
export type Write = { readonly kind: 'header' | 'query'; readonly name: string; readonly value: string }
/** The whole outcome. `bad` are the names of unusable tokens, sorted; `needs` are names, `null` for the call token. */
export type Answer =
  | (Choice & { readonly mutations: readonly Write[]; readonly needs: readonly (string | null)[] })
  | { readonly outcome: 'invalidTokens'; readonly bad: readonly string[] }

const optionsOf = (definition: ModelDefinition): readonly Option[] =>
  definition.requirements?.httpSecurityOptions?.options ?? []
const mintsToken = (option: Option): boolean => (option.ultravoxCallTokenRequirement?.scopes ?? []).length > 0

/** Chooses from names alone (SEL-1 to SEL-6, TOK-3). */
export function choose(definition: ModelDefinition, supplied: Iterable<string>, options: ModelOptions = {}): Choice {
  const have = new Set(supplied)
  const all = optionsOf(definition).map((option, optionIndex) => {
    const names = Object.keys(option.requirements ?? {}).sort()
    const callToken = mintsToken(option)
    return {
      lacks: { optionIndex, names: names.filter((name) => !have.has(name)), callToken: callToken && !options.canMint },
      anonymous: names.length === 0 && !callToken,
      lastResort: names.length === 0 && !(callToken && (options.callTokenCounts ?? true)),
    }
  })
  const sat = all.filter(({ lacks }) => lacks.names.length === 0 && !lacks.callToken)
  const nonEmpty = sat.filter(({ lastResort }) => !lastResort)
  const candidates = sat.filter(({ anonymous }) => !anonymous || options.anonymous !== 'never')
  const answer = nonEmpty[0] ?? candidates[0]
  if (answer !== undefined) {
    return { outcome: answer.anonymous ? 'unauthenticated' : 'authenticated', optionIndex: answer.lacks.optionIndex }
  }
  const asksNothing = all.length === 0
  if (asksNothing && options.anonymous !== 'never') return { outcome: 'unauthenticated', optionIndex: null }
  const reason = asksNothing || all.some(({ anonymous }) => anonymous) ? 'anonymousRefused' : 'missing'
  const missing = all.filter(({ anonymous }) => !anonymous).map(({ lacks }) => lacks)
  return { outcome: 'unsatisfied', reason, missing }
}

/** The size in UTF-8 and whether the text holds lone surrogates or control characters (TOK-2). */
function survey(text: string): { bytes: number; wellFormed: boolean; controls: boolean } {
  let bytes = 0
  let wellFormed = true
  let controls = false
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
    if (point >= 0xd800 && point <= 0xdfff) wellFormed = false
    if (point < 0x20 || (point >= 0x7f && point <= 0x9f)) controls = true
  }
  return { bytes, wellFormed, controls }
}

function isHeaderValue(text: string): boolean {
  for (const c of text) if ((c < ' ' || c > '~') && c !== '\t') return false
  return ![text[0], text[text.length - 1]].some((end) => end === ' ' || end === '\t')
}

function isToken68(text: string): boolean {
  let end = text.length
  while (end > 0 && text[end - 1] === '=') end -= 1
  const isOne = (c: string): boolean =>
    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || '-._~+/'.includes(c)
  return end > 0 && [...text.slice(0, end)].every(isOne)
}

/** Whether a token can be written the way a requirement asks for (TOK-2). */
export function isUsable(token: unknown, requirement: Requirement): boolean {
  if (isReference(token)) return true
  if (typeof token !== 'string' || token === '') return false
  const { bytes, wellFormed, controls } = survey(token)
  if (bytes > 16384 || !wellFormed) return false
  if (requirement.queryApiKey !== undefined) return !controls
  if (!isHeaderValue(token)) return false
  if (requirement.httpAuth === undefined) return true
  const scheme = requirement.httpAuth.scheme.toLowerCase()
  if (token.toLowerCase().startsWith(`${scheme} `)) return false
  return scheme !== 'basic' || isToken68(token)
}

function isReference(token: unknown): boolean {
  if (typeof token !== 'object' || token === null || Array.isArray(token)) return false
  const [first, ...others] = Object.entries(token)
  if (others.length > 0 || first?.[0] !== 'credentialId' || typeof first[1] !== 'string') return false
  return first[1] !== '' && survey(first[1]).wellFormed
}

function write(requirement: Requirement, token: string): Write {
  if (requirement.queryApiKey) return { kind: 'query', name: requirement.queryApiKey.name, value: token }
  if (requirement.headerApiKey) return { kind: 'header', name: requirement.headerApiKey.name, value: token }
  return { kind: 'header', name: 'Authorization', value: `${requirement.httpAuth?.scheme} ${token}` }
}

/** The whole outcome: the choice, whether the tokens can be used (TOK-1), and what is written (SEL-8). */
export function model(definition: ModelDefinition, tokens: object, options: ModelOptions = {}): Answer {
  const supplied = new Map<string, unknown>(Object.entries(tokens))
  const uses = optionsOf(definition).flatMap((option) => Object.entries(option.requirements ?? {}))
  const inUse = new Set(uses.map(([name]) => name))
  const unusable = uses.filter(([name, as]) => supplied.has(name) && !isUsable(supplied.get(name), as))
  const badInUse = new Set(unusable.map(([name]) => name))
  const unused = options.unusedTokens === 'refuse' ? [...supplied.keys()].filter((name) => !inUse.has(name)) : []
  const choice = choose(definition, supplied.keys(), options)
  const chosen = choice.outcome === 'authenticated' ? optionsOf(definition)[choice.optionIndex] : undefined
  const needed = Object.keys(chosen?.requirements ?? {})
  const isLastResort = needed.length === 0 && !(chosen && (options.callTokenCounts ?? true))
  const mustWork = isLastResort ? [...inUse] : needed
  const bad = [...badInUse, ...unused].sort()
  if (unused.length > 0 || mustWork.some((name) => badInUse.has(name))) return { outcome: 'invalidTokens', bad }
  const members = Object.entries(chosen?.requirements ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const mutations = members.flatMap(([name, as]) => {
    const token = supplied.get(name)
    return typeof token === 'string' ? [write(as, token)] : []
  })
  const stored = members.filter(([name]) => isReference(supplied.get(name))).map(([name]) => name)
  return Object.assign(choice, { mutations, needs: chosen && mintsToken(chosen) ? [...stored, null] : stored })
}
