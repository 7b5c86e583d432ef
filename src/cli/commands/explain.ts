import { DEFINITION_OPTIONS } from '../check-definition.ts'
import { type Command, type Context, REPORT_OPTIONS } from '../command.ts'
import { EXIT, type ExitCode, weightiest } from '../exit-codes.ts'
import { type ExplainedTool, explainFile, explainTool } from '../explain-tool.ts'
import { EXPLAIN_HELP } from '../help.ts'
import type { Outcome } from '../io.ts'
import { loadTools } from '../load-tools.ts'
import { noteOnFile } from '../notes.ts'
import { explanationJson, explanationLines } from '../report-explanation.ts'
import { jsonText } from '../report-json.ts'
import { joinBlocks } from '../report-resolution.ts'
import { pageText } from '../report-text.ts'
import { RESOLVE_OPTIONS, readResolveOptions } from '../resolve-options.ts'

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

async function runExplain({ io, args, paint, json }: Context): Promise<Outcome> {
  const loaded = await loadTools(io, args)
  const { document, findings } = loaded
  const have = (args.values.get('have') ?? []).flatMap((list) => list.split(',').filter((name) => name !== ''))
  const options = readResolveOptions(args)
  const tools = [
    ...(findings.length === 0 ? [] : [explainFile(document.path, findings, loaded.tools.length > 0)]),
    ...loaded.tools.map((tool) => explainTool(tool, loaded.tools, have, options)),
  ]
  const stdout = json
    ? jsonText({ tools: tools.map(explanationJson) })
    : pageText(joinBlocks(tools.map((tool) => explanationLines(tool, paint))))
  return { exitCode: weightiest(tools.map(exitCodeOf)), stdout, stderr: noteOnFile(loaded) }
}

function exitCodeOf({ access, outcome }: ExplainedTool): ExitCode {
  if (access === null) return EXIT.findings
  return outcome === 'unsatisfied' ? EXIT.unsatisfied : EXIT.fine
}
