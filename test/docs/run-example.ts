import { resolveCall } from '../../src/call/index.ts'
import {
  apply,
  buildRequest,
  compile,
  fillTemplates,
  type HttpRequest,
  type Issue,
  lintDefinition,
  parseDefinition,
  parseDefinitionText,
  resolve,
  SecurityError,
  type ToolDefinition,
  toIssues,
} from '../../src/index.ts'
import type { Fence } from './fences.ts'

/** What an example gives rise to: a code, where it stands, and the words. */
export interface Report {
  readonly code: string
  readonly pointer?: string
  readonly message: string
  readonly help?: string
}

/**
 * Runs the JSON blocks of a page by their purpose: `definition` or `text` is parsed with `parse-options` and linted; with
 * `authTokens` or `resolve-options` it is resolved, after the templates are filled from `context`; a `request` gets
 * the resolution applied; from `parameters` a request is built. A `call` is resolved as a whole.
 */
export async function runExample(fences: readonly Fence[]): Promise<readonly Report[]> {
  const text = (purpose: string) => fences.find((fence) => fence.purpose === purpose)?.text
  const json = (purpose: string) => {
    const found = text(purpose)
    return found === undefined ? undefined : JSON.parse(found)
  }
  const call = json('call')
  if (call !== undefined) {
    const result = await resolveCall(call)
    return result.ok ? [] : result.problems
  }
  try {
    const jsonText = text('text')
    const parseOptions = json('parse-options')
    const parsed =
      jsonText === undefined
        ? parseDefinition(json('definition'), parseOptions)
        : parseDefinitionText(jsonText, parseOptions)
    if (!parsed.ok) return parsed.issues
    const parameters = json('parameters')
    if (parameters !== undefined) buildRequest(parsed.value, { parameters })
    if (fences.some(({ purpose }) => RUN_PURPOSES.has(purpose))) return runCall(parsed.value, json)
    return mergeIssues(parsed.issues, lintDefinition(parsed.value))
  } catch (error) {
    if (error instanceof SecurityError) {
      return error.code === 'ERR_PARAMETERS_INVALID' && error.issues
        ? error.issues
        : [{ code: error.code, message: error.message }]
    }
    throw error
  }
}

const RUN_PURPOSES = new Set(['authTokens', 'resolve-options', 'request'])

function runCall(definition: ToolDefinition, json: (purpose: string) => unknown): readonly Report[] {
  let authTokens = json('authTokens') as Parameters<typeof fillTemplates>[0] | undefined
  const context = json('context')
  if (context !== undefined && authTokens !== undefined) {
    const filled = fillTemplates(authTokens, context as Parameters<typeof fillTemplates>[1])
    if (!filled.ok) return filled.issues
    authTokens = filled.value
  }
  const resolution = resolve(compile(definition), authTokens, json('resolve-options') as Parameters<typeof resolve>[2])
  const request = json('request') as HttpRequest | undefined
  if (request !== undefined) apply(request, resolution, json('apply-options') as Parameters<typeof apply>[2])
  return [...toIssues(resolution), ...resolution.notices]
}

function mergeIssues(parsed: readonly Issue[], linted: readonly Issue[]): readonly Issue[] {
  return [
    ...parsed,
    ...linted.filter(({ code, pointer }) => !parsed.some((i) => i.code === code && i.pointer === pointer)),
  ]
}

/** Reports as a page shows them. */
export function formatReports(reports: readonly Report[]): string {
  return reports
    .map(({ code, pointer, message, help }) => {
      const place = pointer === undefined ? '' : ` at ${pointer === '' ? 'the whole definition' : pointer}`
      return `${code}${place}\n${message}\n${help === undefined ? '' : `${help}\n`}`
    })
    .join('\n')
}
