import { lastValue } from '../arguments.ts'
import { namesInUse } from '../assign-tokens.ts'
import { DEFINITION_OPTIONS, hasErrors } from '../check-definition.ts'
import { type Command, type Context, REPORT_OPTIONS } from '../command.ts'
import { EXIT, type ExitCode, weightiest } from '../exit-codes.ts'
import { type ExplainedTool, explainFile, explainTool } from '../explain-tool.ts'
import { CouldNotRun } from '../failure.ts'
import { EXPLAIN_HELP } from '../help.ts'
import type { Outcome } from '../io.ts'
import { loadTools } from '../load-tools.ts'
import { noteOnFile } from '../notes.ts'
import { explanationJson, explanationLines } from '../report-explanation.ts'
import { jsonText } from '../report-json.ts'
import { joinBlocks } from '../report-resolution.ts'
import { pageText } from '../report-text.ts'
import { RESOLVE_OPTIONS, readResolveOptions } from '../resolve-options.ts'
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
