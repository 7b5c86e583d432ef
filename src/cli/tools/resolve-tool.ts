import { resolveFilled, resolveTokens, type TokenOutcome } from '../../call/resolve-tokens.ts'
import { explain, type OptionExplanation } from '../../plan/explain.ts'
import type { AuthTokens, Mutation, Notice, Resolution, ResolveOptions, ToolDefinition } from '../../types.ts'
import { isObject } from '../source/field-names.ts'
import { type Finding, hasErrors } from '../source/source-document.ts'
import { assignTokens, tokenTexts } from './assign-tokens.ts'
import { findingsOf, type LoadedTool, type Selection } from './loaded-tool.ts'
import { maskMutation } from './mask-request.ts'
import { type AskedRequest, changeRequest, type RequestChange } from './request-change.ts'
import type { SuppliedTokens } from './supplied-tokens.ts'
import { placeTokenIssue, type TokenIssue } from './token-issues.ts'

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
  readonly issues: readonly TokenIssue[]
  readonly notices: readonly Notice[]
  /** The texts of all tokens that were supplied, to be kept out of what is printed. */
  readonly secrets: readonly string[]
  readonly change: RequestChange | null
}

/** @internal */
export interface ResolveSettings {
  readonly supplied: SuppliedTokens
  /** The requirement names of all tools of the file. */
  readonly used: ReadonlySet<string>
  readonly options: ResolveOptions
  readonly asked: AskedRequest
}

/** A tool that cannot be resolved at all. @internal */
export function refusedTool(tool: LoadedTool): ToolOutcome {
  const text = tool.notFound ? 'no stored tool has its name or id' : 'so it cannot be used'
  return {
    ...NOTHING,
    ...toolNames(tool),
    outcome: tool.notFound ? 'toolNotFound' : 'invalidDefinition',
    text,
    findings: findingsOf(tool),
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
export function toolNames({ name }: LoadedTool): Pick<ToolOutcome, 'name' | 'label'> {
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
  change: null,
} as const

/** Resolves one tool with its tokens, and tries the outcome on its request. @internal */
export function resolveTool(tool: LoadedTool, settings: ResolveSettings): ToolOutcome {
  const { definition, selection } = tool
  if (definition === null || selection?.hasReadableTokens === false) return refusedTool(tool)
  const { tokens, origins } = assignTokens(tool, settings.used, settings.supplied)
  const { text, options } = explain(definition, isObject(tokens) ? Object.keys(tokens) : [], settings.options)
  const { resolution, issues, filled } = decide(definition, tokens, selection, settings.options)
  const findings = findingsOf(tool)
  const ofTokens = issues.map((issue) => placeTokenIssue(issue, selection, origins))
  if (resolution === null || (resolution.ok && issues.length > 0)) {
    return {
      ...{ ...NOTHING, ...toolNames(tool), outcome: 'invalidTokens', text: NOTHING_SENT },
      ...{ options, findings, issues: ofTokens },
    }
  }
  if (resolution.ok && hasErrors(findings)) return refusedTool(tool)
  const change = changeRequest(definition, resolution, settings.asked)
  return {
    ...toolNames(tool),
    outcome: resolution.outcome,
    optionIndex: resolution.ok ? resolution.optionIndex : null,
    text: resolution.outcome === 'invalidTokens' ? NOTHING_SENT : text,
    options,
    mutations: resolution.ok
      ? resolution.mutations.map((each) => ({ ...each, shown: maskMutation(definition, resolution, each) }))
      : [],
    resolution,
    findings,
    issues: [...ofTokens, ...(change.refusal === null ? [] : [{ issue: change.refusal, from: null }])],
    notices: resolution.notices,
    secrets: [...tokenTexts(tokens), ...tokenTexts(filled)],
    change,
  }
}

/** In a call as `resolveCall` does it; a tool without a call has no variables, so that its templates stay. */
function decide(
  definition: ToolDefinition,
  tokens: unknown,
  selection: Selection | null,
  resolve: ResolveOptions,
): TokenOutcome {
  if (selection === null) return resolveFilled(definition, tokens as AuthTokens | undefined, resolve)
  return resolveTokens(definition, tokens, { resolve, templateContext: selection.templateContext })
}
