import { RESOLVE_HELP } from '../help/main.ts'
import { jsonText } from '../report/json.ts'
import { joinBlocks, pageText } from '../report/text.ts'
import { hasErrors } from '../source/source-document.ts'
import { type Command, type Context, REPORT_OPTIONS } from '../terminal/command.ts'
import { EXIT, type ExitCode, weightiest } from '../terminal/exit-codes.ts'
import type { Outcome } from '../terminal/io.ts'
import { namesInUse } from '../tools/assign-tokens.ts'
import { DEFINITION_OPTIONS } from '../tools/check-definition.ts'
import { loadTools } from '../tools/load-tools.ts'
import { noteOnFile } from '../tools/notes.ts'
import { resolutionLines } from '../tools/report-resolution.ts'
import { readAskedRequest } from '../tools/request-change.ts'
import { RESOLVE_OPTIONS, readResolveOptions } from '../tools/resolve-options.ts'
import { refusedFile, resolveTool, type ToolOutcome } from '../tools/resolve-tool.ts'
import { showTool, toolJson } from '../tools/shown-tool.ts'
import { readSuppliedTokens } from '../tools/supplied-tokens.ts'

/** Says what becomes of the tools of a file with the tokens at hand. @internal */
export const resolveCommand: Command = {
  files: 'one',
  options: {
    ...REPORT_OPTIONS,
    ...DEFINITION_OPTIONS,
    ...RESOLVE_OPTIONS,
    tokens: { type: 'string' },
    token: { type: 'string' },
    tools: { type: 'string' },
    request: { type: 'string' },
    method: { type: 'string' },
    reveal: { type: 'boolean' },
  },
  help: RESOLVE_HELP,
  run: runResolve,
}

async function runResolve({ io, args, paint, json }: Context): Promise<Outcome> {
  const asked = readAskedRequest(args)
  const loaded = await loadTools(io, args)
  const used = namesInUse(loaded.tools)
  const known = { isCall: loaded.isCall, tools: loaded.tools.flatMap(({ name }) => name ?? []), requirements: used }
  const supplied = await readSuppliedTokens(io, args, known)
  const settings = { asked, used, supplied, options: readResolveOptions(args) }
  const ofFile =
    loaded.findings.length === 0 ? [] : [refusedFile(loaded.document.path, loaded.findings, loaded.tools.length > 0)]
  const outcomes = [...ofFile, ...loaded.tools.map((tool) => resolveTool(tool, settings))]
  const shown = outcomes.map((outcome) => showTool(outcome, args.flags.has('reveal')))
  const stdout = json
    ? jsonText({ tools: shown.map(toolJson) })
    : pageText(joinBlocks(shown.map((tool) => resolutionLines(tool, paint))))
  return { exitCode: weightiest(outcomes.map(exitCodeOf)), stdout, stderr: noteOnFile(loaded) }
}

function exitCodeOf({ outcome, change, resolution, findings }: ToolOutcome): ExitCode {
  const refused = (change !== null && change.refusal !== null) || hasErrors(findings)
  if (resolution === null || outcome === 'invalidTokens' || refused) return EXIT.findings
  return outcome === 'unsatisfied' ? EXIT.unsatisfied : EXIT.fine
}
