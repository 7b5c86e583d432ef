import { SecurityError } from '../errors.ts'
import { type Explanation, explain, type OptionExplanation } from '../plan/explain.ts'
import { toIssues } from '../plan/issues.ts'
import { resolve } from '../plan/resolve.ts'
import { type Issue, makeIssue } from '../result.ts'
import type { AuthTokens, Mutation, Notice, Resolution, ResolveOptions, ToolDefinition } from '../types.ts'
import { type AssignedTokens, assignTokens, type ReadTool, tokenTexts } from './assign-tokens.ts'
import type { Finding } from './check-definition.ts'
import { isObject } from './field-names.ts'
import type { FoundTool } from './found-tool.ts'
import { maskMutation } from './mask-request.ts'
import { type AskedRequest, changeRequest, type RequestChange } from './request-change.ts'
import type { SuppliedTokens } from './supplied-tokens.ts'

/** A mutation with the text that may be printed for it. */
type ShownMutation = Mutation & { readonly shown: string }

/** What became of one tool; still holds its credentials. @internal */
export interface ToolOutcome {
  readonly name: string | null
  /** What it is called in a text: its name, or the file that holds no tool. */
  readonly label: string
  readonly outcome: Resolution['outcome'] | 'invalidDefinition' | 'toolNotFound'
  readonly optionIndex: number | null
  /** The outcome in words. */
  readonly text: string
  readonly options: readonly OptionExplanation[]
  readonly mutations: readonly ShownMutation[]
  readonly resolution: Resolution | null
  /** Problems of the definition, or of the entry that selects it; they stand in files. */
  readonly findings: readonly Finding[]
  /** Problems of tokens and of the request. */
  readonly issues: readonly Issue[]
  readonly notices: readonly Notice[]
  /** The texts of all tokens that were supplied, to be kept out of what is printed. */
  readonly secrets: readonly string[]
  /** Where each token came from. */
  readonly origins: ReadonlyMap<string, string>
  readonly change: RequestChange | null
}

/** @internal */
export interface ResolveSettings {
  readonly supplied: SuppliedTokens
  readonly options: ResolveOptions
  readonly asked: AskedRequest
}

/** A tool that cannot be resolved at all. @internal */
export function refusedTool({ tool }: Pick<ReadTool, 'tool'>, findings: readonly Finding[]): ToolOutcome {
  const text = tool.notFound ? 'no stored tool has its name or id' : 'so it cannot be used'
  return {
    ...NOTHING,
    ...toolNames(tool),
    outcome: tool.notFound ? 'toolNotFound' : 'invalidDefinition',
    text,
    findings,
  }
}

/** What is wrong with the file around its tools, if it has any. @internal */
export function refusedFile(path: string, findings: readonly Finding[], hasTools: boolean): ToolOutcome {
  return {
    ...NOTHING,
    name: null,
    label: path,
    outcome: 'invalidDefinition',
    text: hasTools ? 'in what stands around its tools' : 'so there is no tool to work on',
    findings,
  }
}

/** @internal */
export function toolNames({ name }: FoundTool): Pick<ToolOutcome, 'name' | 'label'> {
  return { name, label: name ?? '(unnamed tool)' }
}

const NOTHING_SENT = 'so nothing may be sent'

const NOTHING = {
  optionIndex: null,
  options: [],
  mutations: [],
  resolution: null,
  findings: [],
  issues: [],
  notices: [],
  secrets: [],
  origins: new Map<string, string>(),
  change: null,
} as const

/** Resolves one tool with its tokens, and tries the outcome on its request. @internal */
export function resolveTool(
  read: ReadTool,
  definition: ToolDefinition,
  tools: readonly ReadTool[],
  settings: ResolveSettings,
): ToolOutcome {
  const assigned = assignTokens(read, tools, settings.supplied)
  const names = isObject(assigned.tokens) ? Object.keys(assigned.tokens) : []
  const explanation = explain(definition, names, settings.options)
  const { resolution, issues } = tryResolve(definition, assigned, settings.options)
  if (resolution === null) return { ...refusedTokens(read, explanation, issues), origins: assigned.origins }
  const change = changeRequest(definition, resolution, settings.asked)
  const mutations = resolution.ok
    ? resolution.mutations.map((each) => ({ ...each, shown: maskMutation(definition, resolution, each) }))
    : []
  return {
    ...NOTHING,
    ...toolNames(read.tool),
    outcome: resolution.outcome,
    optionIndex: resolution.ok ? resolution.optionIndex : null,
    text: resolution.outcome === 'invalidTokens' ? NOTHING_SENT : explanation.text,
    options: explanation.options,
    mutations,
    resolution,
    issues: [...toIssues(resolution), ...(change.refusal === null ? [] : [change.refusal])],
    notices: resolution.notices,
    secrets: tokenTexts(assigned.tokens),
    origins: assigned.origins,
    change,
  }
}

function refusedTokens({ tool }: ReadTool, { options }: Explanation, issues: readonly Issue[]): ToolOutcome {
  return { ...NOTHING, ...toolNames(tool), outcome: 'invalidTokens', text: NOTHING_SENT, options, issues }
}

function tryResolve(
  definition: ToolDefinition,
  { tokens, issues }: AssignedTokens,
  options: ResolveOptions,
): { readonly resolution: Resolution | null; readonly issues: readonly Issue[] } {
  if (issues.length > 0) return { resolution: null, issues }
  try {
    return { resolution: resolve(definition, tokens as AuthTokens, options), issues: [] }
  } catch (error) {
    if (!(error instanceof SecurityError) || error.code !== 'ERR_TENANT_REQUIRED') throw error
    return { resolution: null, issues: [makeIssue(error.code, '/authTokens', error.message)] }
  }
}
