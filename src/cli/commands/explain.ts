import { pointerTo } from '../../json-pointer.ts'
import { type Access, describeAccess } from '../../plan/describe-access.ts'
import { type Explanation, explain } from '../../plan/explain.ts'
import { didYouMean } from '../../suggest.ts'
import type { Notice } from '../../types.ts'
import { namesFor } from '../assign-tokens.ts'
import { DEFINITION_OPTIONS, type Finding } from '../check-definition.ts'
import { type Command, type Context, REPORT_OPTIONS } from '../command.ts'
import { EXIT, type ExitCode, weightiest } from '../exit-codes.ts'
import { EXPLAIN_HELP } from '../help.ts'
import type { Outcome } from '../io.ts'
import { hasError, type LoadedTool, loadTools } from '../load-tools.ts'
import { noteOnFile } from '../notes.ts'
import type { Paint } from '../paint.ts'
import { issueJson, jsonText, noticeJson } from '../report-json.ts'
import { joinBlocks, noticeLines, optionLines, verdictLine } from '../report-resolution.ts'
import { findingBlocks, labelled } from '../report-text.ts'
import { RESOLVE_OPTIONS, readResolveOptions } from '../resolve-options.ts'
import { nameOf, type ToolOutcome } from '../resolve-tool.ts'

/** Says what a set of names would choose. @internal */
export const explainCommand: Command = {
  files: 'one',
  options: {
    ...REPORT_OPTIONS,
    ...DEFINITION_OPTIONS,
    ...RESOLVE_OPTIONS,
    have: { type: 'string' },
    tools: { type: 'string' },
  },
  help: EXPLAIN_HELP,
  run: runExplain,
}

interface Explained extends Pick<ToolOutcome, 'name' | 'label'> {
  readonly outcome: Explanation['outcome'] | 'invalidDefinition' | 'toolNotFound'
  readonly explanation: Explanation | null
  readonly access: Access | null
  readonly findings: readonly Finding[]
  readonly notices: readonly Notice[]
}

async function runExplain({ io, args, paint, json }: Context): Promise<Outcome> {
  const loaded = await loadTools(io, args)
  const have = (args.values.get('have') ?? []).flatMap((list) => list.split(',').filter((name) => name !== ''))
  const options = readResolveOptions(args)
  const ofFile: readonly Explained[] =
    loaded.findings.length === 0 ? [] : [refused({ name: null, label: loaded.document.path }, loaded.findings)]
  const tools = [...ofFile, ...loaded.tools.map((tool) => explainTool(tool, loaded.tools, have, options))]
  const stdout = json
    ? jsonText({ tools: tools.map(explainedJson) })
    : joinBlocks(tools.map((tool) => explainedLines(tool, paint)))
        .map((line) => `${line}\n`)
        .join('')
  return { exitCode: weightiest(tools.map(exitCodeOf)), stdout, stderr: noteOnFile(loaded) }
}

function exitCodeOf({ explanation, outcome, findings }: Explained): ExitCode {
  if (hasError(findings) || (explanation === null && findings.length === 0)) return EXIT.findings
  return outcome === 'unsatisfied' ? EXIT.unsatisfied : EXIT.fine
}

function refused(
  names: Pick<ToolOutcome, 'name' | 'label'>,
  findings: readonly Finding[],
  notFound = false,
): Explained {
  const outcome = notFound ? 'toolNotFound' : 'invalidDefinition'
  return { ...names, outcome, explanation: null, access: null, findings, notices: [] }
}

function explainTool(
  read: LoadedTool,
  tools: readonly LoadedTool[],
  have: readonly string[],
  options: Parameters<typeof explain>[2],
): Explained {
  const { tool, definition, findings } = read
  if (definition === null) return refused(nameOf(tool), findings, tool.notFound)
  const names = have.filter(namesFor(read, tools))
  const explanation = explain(definition, names, options)
  const access = describeAccess(definition)
  const notices = unusedNotices(access, names)
  return { ...nameOf(tool), outcome: explanation.outcome, explanation, access, findings, notices }
}

function unusedNotices(access: Access, names: readonly string[]): readonly Notice[] {
  return names
    .filter((name) => !access.names.includes(name))
    .map((name) => {
      const help = didYouMean(name, access.names)
      const message = `no option uses token \`${name}\``
      const notice: Notice = { code: 'NOTE_TOKEN_UNUSED', pointer: pointerTo('/authTokens', name), message }
      return help === undefined ? notice : { ...notice, help }
    })
}

function explainedJson({ name, outcome, explanation, access, findings, notices }: Explained): object {
  return {
    name,
    outcome,
    optionIndex: explanation?.optionIndex ?? null,
    options: explanation?.options ?? [],
    access,
    issues: findings.map(({ issue }) => issueJson(issue)),
    notices: notices.map(noticeJson),
  }
}

function explainedLines({ label, outcome, explanation, access, findings, notices }: Explained, paint: Paint) {
  const text =
    explanation?.text ??
    (outcome === 'toolNotFound' ? 'no stored tool has its name or id' : 'so it cannot be explained')
  return joinBlocks([
    [verdictLine(label, outcome, text, paint)],
    explanation === null ? [] : optionLines(explanation.options, explanation.outcome !== 'unsatisfied', paint),
    access === null
      ? []
      : waysOf(access).flatMap((way, index) => labelled(index === 0 ? 'runs' : '', way, '  ', paint)),
    ...findingBlocks(findings, paint),
    ...notices.map((notice) => noticeLines(notice, paint)),
  ])
}

/** Who can run a tool, one way a line. */
function waysOf({ ways, anonymousBecause }: Access): readonly string[] {
  const last = {
    noOptions: 'for everyone: it asks for no authentication',
    lastResort: 'for everyone, as a last resort',
  }
  return [
    ...ways.map(({ optionIndex, names, callTokenScopes }) => {
      const parts = [...names.map((name) => `\`${name}\``), ...(callTokenScopes.length > 0 ? ['a call token'] : [])]
      return `with ${parts.join(' and ')} (option ${optionIndex})`
    }),
    ...(anonymousBecause === null ? [] : [last[anonymousBecause]]),
  ]
}
