import { EXPLAIN_HELP } from '../help/main.ts'
import { jsonText } from '../report/json.ts'
import { joinBlocks, pageText } from '../report/text.ts'
import { hasErrors } from '../source/source-document.ts'
import { lastValue } from '../terminal/arguments.ts'
import { type Command, type Context, REPORT_OPTIONS } from '../terminal/command.ts'
import { EXIT, type ExitCode, weightiest } from '../terminal/exit-codes.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Outcome } from '../terminal/io.ts'
import { namesInUse } from '../tools/assign-tokens.ts'
import { DEFINITION_OPTIONS } from '../tools/check-definition.ts'
import { type ExplainedTool, explainFile, explainTool } from '../tools/explain-tool.ts'
import { loadTools } from '../tools/load-tools.ts'
import { noteOnFile } from '../tools/notes.ts'
import { explanationJson, explanationLines } from '../tools/report-explanation.ts'
import { RESOLVE_OPTIONS, readResolveOptions } from '../tools/resolve-options.ts'
import { runExplainAccess } from './explain-access.ts'

/** Says who can run tools, or what a set of names would choose. @internal */
export const explainCommand: Command = {
  files: 'some',
  options: {
    ...REPORT_OPTIONS,
    ...DEFINITION_OPTIONS,
    ...RESOLVE_OPTIONS,
    have: { type: 'string' },
    tools: { type: 'string' },
    'fail-on': { type: 'string', values: ['anonymous'] },
  },
  help: EXPLAIN_HELP,
  run: runExplain,
}

async function runExplain(context: Context): Promise<Outcome> {
  const { args } = context
  if (args.values.has('have')) return runExplainChoice(context)
  const choosing = Object.keys(RESOLVE_OPTIONS).find((name) => args.values.has(name) || args.flags.has(name))
  if (choosing === undefined) return runExplainAccess(context)
  throw new CouldNotRun(`--${choosing} says how to choose, and needs the names of \`--have\``)
}

async function runExplainChoice({ io, args, paint, json }: Context): Promise<Outcome> {
  const given = args.positionals.length - 1
  if (given !== 1) throw new CouldNotRun(`explain takes one FILE with --have, ${given} were given`)
  const loaded = await loadTools(io, args)
  const { document, findings } = loaded
  const have = (args.values.get('have') ?? []).flatMap((list) => list.split(',').filter((name) => name !== ''))
  const options = readResolveOptions(args)
  const used = namesInUse(loaded.tools)
  const tools = [
    ...(findings.length === 0 ? [] : [explainFile(document.path, findings, loaded.tools.length > 0)]),
    ...loaded.tools.map((tool) => explainTool(tool, used, have, options)),
  ]
  const stdout = json
    ? jsonText({ tools: tools.map(explanationJson) })
    : pageText(joinBlocks(tools.map((tool) => explanationLines(tool, paint))))
  const failOnAnonymous = lastValue(args, 'fail-on') === 'anonymous'
  const exitCode = weightiest(tools.map((tool) => exitCodeOf(tool, failOnAnonymous)))
  return { exitCode, stdout, stderr: noteOnFile(loaded) }
}

function exitCodeOf({ access, outcome, findings }: ExplainedTool, failOnAnonymous: boolean): ExitCode {
  if (access === null || hasErrors(findings) || (failOnAnonymous && access.anonymous)) return EXIT.findings
  return outcome === 'unsatisfied' ? EXIT.unsatisfied : EXIT.fine
}
