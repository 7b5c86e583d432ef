import type { OptionExplanation } from '../../plan/explain.ts'
import type { HttpRequest, MissingFromOption, Need, Notice } from '../../types.ts'
import { issueJson, noticeJson } from '../report/json.ts'
import type { Finding } from '../source/source-document.ts'
import { maskRequest } from './mask-request.ts'
import type { ToolOutcome } from './resolve-tool.ts'
import type { TokenIssue } from './token-issues.ts'

/** @internal */
export type ShownRequest = Pick<HttpRequest, 'method' | 'url' | 'headers'>

/** What may be printed of one tool: from here on nothing holds a credential, unless `--reveal` was given. @internal */
export interface ShownTool {
  readonly name: string | null
  readonly label: string
  readonly outcome: ToolOutcome['outcome']
  readonly optionIndex: number | null
  readonly text: string
  readonly options: readonly OptionExplanation[]
  /** `value` is the whole of it masked, as a `Secret` prints; `text` keeps what is no secret, as `Bearer [secret]`. */
  readonly mutations: readonly {
    readonly kind: string
    readonly name: string
    readonly requirement: string
    readonly value: string
    readonly text: string
  }[]
  readonly needs: readonly Need[]
  readonly missing: readonly MissingFromOption[]
  readonly findings: readonly Finding[]
  readonly issues: readonly TokenIssue[]
  readonly notices: readonly Notice[]
  readonly request: { readonly before: ShownRequest | null; readonly after: ShownRequest | null }
  /** Whether the request was refused, for one of the issues. */
  readonly refused: boolean
}

/** Takes the credentials out of an outcome. @internal */
export function showTool(tool: ToolOutcome, reveal: boolean): ShownTool {
  const { name, label, outcome, optionIndex, text, options, findings, issues, notices, resolution } = tool
  const show = (request: HttpRequest | null | undefined): ShownRequest | null => {
    if (request === null || request === undefined) return null
    const { method, url, headers } = reveal ? request : maskRequest(request, tool.mutations, tool.secrets)
    return { method, url, headers }
  }
  return {
    ...{ name, label, outcome, optionIndex, text, options, findings, issues, notices },
    mutations: tool.mutations.map(({ kind, name: place, requirement, value, shown }) => {
      const values = reveal ? { value: value.reveal(), text: value.reveal() } : { value: String(value), text: shown }
      return { kind, name: place, requirement, ...values }
    }),
    needs: resolution?.outcome === 'authenticated' ? resolution.needs : [],
    missing: resolution?.outcome === 'unsatisfied' ? resolution.missing : [],
    refused: tool.change !== null && tool.change.refusal !== null,
    request: { before: show(tool.change?.before), after: show(tool.change?.after) },
  }
}

/** One tool as `--format json` prints it. @internal */
export function toolJson(tool: ShownTool): object {
  const { name, outcome, optionIndex, missing, options, request } = tool
  return {
    name,
    outcome,
    optionIndex,
    mutations: tool.mutations.map(({ kind, name: place, value, requirement }) => ({
      kind,
      name: place,
      value,
      requirement,
    })),
    needs: tool.needs.map(needJson),
    missing,
    issues: [...tool.findings, ...tool.issues].map(({ issue }) => issueJson(issue)),
    notices: tool.notices.map(noticeJson),
    options,
    request,
  }
}

/** Only what is no secret: a need of a later kind may hold one. */
function needJson(need: Need): object {
  const { kind, requirement, writes } = need
  const scopes = 'scopes' in need ? { scopes: need.scopes } : {}
  const credentialId = 'credentialId' in need ? { credentialId: need.credentialId } : {}
  return { kind, requirement, writes, ...scopes, ...credentialId }
}
