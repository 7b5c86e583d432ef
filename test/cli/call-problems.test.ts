import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CallProblem, type ResolveCallOptions, resolveCall } from '../../src/call/index.ts'
import { run } from '../../src/cli/run.ts'
import { checkAsync } from '../call/check-async.ts'
import { BREAKAGES, definitionOf, findTool, inReportedOrder, problemsOf, selectedTool } from '../call/samples.ts'
import type { Json, JsonObject } from '../properties/arbitraries.ts'
import { memoryIo } from './memory-io.ts'

interface JsonIssue {
  readonly code: string
  readonly severity: string
  readonly pointer: string
  readonly file?: string
}

/** What `--tools` cannot be: a store that is down. */
const USABLE = BREAKAGES.filter(({ code }) => code !== 'ERR_TOOL_LOOKUP')

const entry = fc.oneof(
  fc.constantFrom(...USABLE).map(({ broken }) => broken),
  fc.constantFrom<((name: string) => Json)[]>(
    (name) => selectedTool(name),
    (name) => selectedTool(name, { authTokens: { user_id: `u-${name}`, auth_token: '{{k}}' } }),
    (name) => ({ toolName: `stored:${name}`, authTokens: { myServiceApiKey: `key-of-${name}` } }),
    (name) => ({ toolId: `stored:${name}`, nameOverride: 'not a name', authTokens: { myServiceApiKey: 'k-1234567' } }),
    (name) => ({ toolName: `missing:${name}`, authToken: {} }),
    (name) => selectedTool(name, { authTokens: null, parameterOverrides: 5, transitionId: [] }),
    (name) => ({ temporary_tool: definitionOf(name), auth_tokens: { myServiceApiKey: '' }, parameter_overrides: {} }),
    () => null,
  ),
)

const tools = fc.array(entry, { maxLength: 5 }).map((makers) => makers.map((make, index) => make(`tool${index}`)))
const names = fc.subarray(['tool0', 'tool1', 'stored:tool1', 'tol2', 'first', '7'])

const toolOverrides = fc.record(
  { remove: names, removeAll: fc.constantFrom<Json>(true, false, 'yes'), add: tools },
  { requiredKeys: [] },
)

/** Calls and agents, most of them wrong in several ways. */
const calls: fc.Arbitrary<JsonObject> = fc
  .record({
    selectedTools: tools,
    form: fc.constantFrom('root', 'template', 'both', 'snake', 'misplaced'),
    toolOverrides: fc.option(toolOverrides, { nil: undefined }),
    templateContext: fc.constantFrom<Json>({ k: 'k-of-the-context' }, {}),
  })
  .map(({ selectedTools, form, toolOverrides: overrides, templateContext }) => ({
    ...(form === 'template' ? { callTemplate: { selectedTools } } : {}),
    ...(form === 'both' ? { callTemplate: { selectedTools }, selectedTools } : {}),
    ...(form === 'snake' ? { selected_tools: selectedTools } : {}),
    ...(form === 'misplaced' ? { selectedTools, authTokens: {}, tool_name: 'x' } : {}),
    ...(form === 'root' ? { selectedTools } : {}),
    ...(overrides === undefined ? {} : { toolOverrides: overrides as JsonObject }),
    templateContext,
  }))

/** The tools that `findTool` knows, as a file. */
const library = JSON.stringify(
  Array.from({ length: 6 }, (_, index) => `tool${index}`).flatMap((name) =>
    ['stored', 'unnamed', 'twins', 'broken'].flatMap((kind) => {
      const found = findTool({ toolName: `${kind}:${name}` }, { tenant: null })
      return [found].flat().map((tool) => ({ ...tool, name: `${kind}:${name}`, toolId: `${kind}:${name}` }))
    }),
  ),
)
const find: ResolveCallOptions['findTool'] = (reference) =>
  (JSON.parse(library) as { name: string; definition: unknown }[]).filter(
    ({ name }) => name === ('toolName' in reference ? reference.toolName : reference.toolId),
  )

async function judge(text: string, command: string): Promise<{ exitCode: number; issues: readonly JsonIssue[] }> {
  const files = new Map([
    ['call.json', text],
    ['tools.json', library],
  ])
  const { exitCode, stdout } = await run(memoryIo({ argv: `${command} --json`.split(' '), files }))
  const report = stdout === '' ? { tools: [] } : (JSON.parse(stdout) as { tools: { issues: JsonIssue[] }[] })
  const issues = report.tools.flatMap((tool) => tool.issues).filter(({ severity }) => severity === 'error')
  return { exitCode, issues }
}

/** A problem as the command line places it: one of a stored definition stands in the file of the definition. */
function placed({ code, pointer, message }: CallProblem, prefix: string): JsonIssue {
  const at = /^in the stored definition, at `([^`]*)`/.exec(message)?.[1]
  if (at === undefined) return { code, severity: 'error', pointer: prefix + pointer, file: 'call.json' }
  const name = (JSON.parse(library) as { name: string }[]).findIndex(({ name: each }) => each.startsWith('broken:'))
  return { code, severity: 'error', pointer: `/${name}/definition${at}`, file: 'tools.json' }
}

const short = ({ code, pointer, file = '' }: JsonIssue): string =>
  // Which of the six broken ones it is, the message does not say.
  `${code} ${file} ${file === 'tools.json' ? pointer.replace(/^\/\d+/, () => '/N') : pointer}`

describe('the command line judges a call by the rules of resolveCall', () => {
  test.each([
    ['a call', '', (call: JsonObject): JsonObject => call],
    ['a call beside a tool', '/call', (call: JsonObject): JsonObject => ({ tool: definitionOf('own'), call })],
  ])('%s: the same problems, with the same codes and pointers (property)', async (_, prefix, wrap) => {
    await checkAsync(
      fc.asyncProperty(calls, async (call) => {
        const result = await resolveCall(call, { findTool: find })
        const { exitCode, issues } = await judge(JSON.stringify(wrap(call)), 'resolve call.json --tools tools.json')
        const expected = inReportedOrder(problemsOf(result).map((problem) => placed(problem, prefix)))
        expect(issues.map(short).sort()).toEqual(expected.map(short).sort())
        expect(exitCode === 0).toBe(result.ok)
      }),
      0.1,
    )
  })

  test('the calls of the property are fine, and wrong in every way', async () => {
    const codes = new Set<string>()
    for (const call of fc.sample(calls, { numRuns: 500, seed: 1 })) {
      const result = await resolveCall(call, { findTool: find })
      if (result.ok) codes.add('ok')
      for (const { code } of problemsOf(result)) codes.add(code)
    }
    const expected = ['ok', 'ERR_FIELD_MISPLACED', ...USABLE.map(({ code }) => code)]
    expect([...codes]).toEqual(expect.arrayContaining(expected))
  })

  test('explain reports all that does not depend on tokens (property)', async () => {
    const ofTokens = /^ERR_(?:TOKEN|TEMPLATE|TENANT|CALL_TOKEN)/
    await checkAsync(
      fc.asyncProperty(calls, async (call) => {
        const problems = problemsOf(await resolveCall(call, { findTool: find })).filter(
          ({ code }) => !ofTokens.test(code),
        )
        const files = new Map([
          ['call.json', JSON.stringify(call)],
          ['tools.json', library],
        ])
        const argv = 'explain call.json --tools tools.json --json'.split(' ')
        const { stdout } = await run(memoryIo({ argv, files }))
        const report = JSON.parse(stdout) as { tools: { issues: JsonIssue[] }[]; issues: JsonIssue[] }
        const issues = [...report.issues, ...report.tools.flatMap((tool) => tool.issues)]
        expect(issues.map(short).sort()).toEqual(problems.map((problem) => short(placed(problem, ''))).sort())
      }),
      0.05,
    )
  })
})
