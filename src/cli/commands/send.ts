import { createCredentialStore } from '../../credentials/credential-store.ts'
import type { CredentialStore } from '../../credentials/types.ts'
import { didYouMean } from '../../suggest.ts'
import { readSealingKeys, STORE_OPTIONS, withStore } from '../administration/store-options.ts'
import { SEND_HELP } from '../help/send.ts'
import { jsonText } from '../report/json.ts'
import { pageText } from '../report/text.ts'
import { readBuildInput, readCallToken, readSending, SENDING_OPTIONS } from '../send/options.ts'
import { sentJson, sentLines } from '../send/report.ts'
import { type Sending, type Sent, sendTool } from '../send/tool.ts'
import { type Arguments, lastValue } from '../terminal/arguments.ts'
import { type Command, type Context, REPORT_OPTIONS } from '../terminal/command.ts'
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io, Outcome } from '../terminal/io.ts'
import { namesInUse } from '../tools/assign-tokens.ts'
import { DEFINITION_OPTIONS } from '../tools/check-definition.ts'
import { loadTools } from '../tools/load-tools.ts'
import type { LoadedFile, LoadedTool } from '../tools/loaded-tool.ts'
import { RESOLVE_OPTIONS, readResolveOptions } from '../tools/resolve-options.ts'
import { resolveTool, type ToolOutcome } from '../tools/resolve-tool.ts'
import { showTool } from '../tools/shown-tool.ts'
import { readSuppliedTokens } from '../tools/supplied-tokens.ts'

const { 'mint-call-token': _minting, ...CHOICE_OPTIONS } = RESOLVE_OPTIONS

/** Sends the request of one tool. @internal */
export const sendCommand: Command = {
  files: 'one',
  options: {
    ...REPORT_OPTIONS,
    ...DEFINITION_OPTIONS,
    ...CHOICE_OPTIONS,
    ...STORE_OPTIONS,
    ...SENDING_OPTIONS,
    tokens: { type: 'string' },
    token: { type: 'string' },
    tools: { type: 'string' },
    key: { type: 'string' },
    environment: { type: 'string' },
  },
  help: SEND_HELP,
  run: runSend,
}

async function runSend({ io, args, paint, json }: Context): Promise<Outcome> {
  const input = await readBuildInput(io, args)
  const sending = { input, options: readSending(args), callToken: readCallToken(io, args) }
  const loaded = await loadTools(io, args)
  const tool = chooseTool(loaded, lastValue(args, 'tool'))
  const outcome = await resolveChosen(io, args, loaded, tool, sending)
  const sent = await sendResolved(io, args, tool, outcome, sending)
  const shown = showTool(outcome, false)
  const stdout = json ? jsonText(sentJson(shown, sent)) : pageText(sentLines(shown, sent, paint))
  return { exitCode: exitCodeOf(outcome, sent), stdout, stderr: '' }
}

function chooseTool({ document, tools, findings }: LoadedFile, name: string | undefined): LoadedTool {
  const names = tools.flatMap((tool) => tool.name ?? [])
  const chosen = name === undefined ? tools : tools.filter((tool) => tool.name === name)
  const [tool, ...others] = chosen
  if (tool !== undefined && others.length === 0) return tool
  const list = `its tools are ${names.map((each) => `\`${each}\``).join(', ')}`
  if (tool !== undefined)
    throw new CouldNotRun(`${document.path} holds several tools`, `choose one with --tool: ${list}`)
  if (tools.length === 0) {
    const help = findings[0]?.issue.message ?? 'it selects none'
    throw new CouldNotRun(`${document.path} holds no tool`, help)
  }
  throw new CouldNotRun('--tool names no tool of FILE', didYouMean(name ?? '', names) ?? list)
}

type Prepared = Omit<Sending, 'credentialStore'>

async function resolveChosen(
  io: Io,
  args: Arguments,
  { isCall, tools }: LoadedFile,
  tool: LoadedTool,
  { callToken }: Prepared,
): Promise<ToolOutcome> {
  const used = namesInUse(tools)
  const known = { isCall, tools: tools.flatMap(({ name }) => name ?? []), requirements: used }
  const supplied = await readSuppliedTokens(io, args, known)
  const environment = lastValue(args, 'environment')
  const options = {
    tenant: 'local',
    ...readResolveOptions(args),
    ...(environment === undefined ? {} : { environment }),
    ...(callToken === undefined ? {} : { mintCallToken: () => callToken }),
  }
  return resolveTool(tool, { asked: { url: undefined, method: undefined }, used, supplied, options })
}

async function sendResolved(
  io: Io,
  args: Arguments,
  tool: LoadedTool,
  { resolution }: ToolOutcome,
  prepared: Prepared,
): Promise<Sent | null> {
  if (resolution === null || !resolution.ok) return null
  const run = (credentialStore: CredentialStore | undefined): Promise<Sent> =>
    sendTool(tool, resolution, { ...prepared, credentialStore })
  if (lastValue(args, 'store') === undefined) return run(undefined)
  const keys = readSealingKeys(io, args)
  if (keys.length === 0) throw new CouldNotRun('--key is missing', 'the store opens with it: `--key ID=env:VARIABLE`')
  return withStore(io, args, false, (store) => run(createCredentialStore({ store, keys })))
}

function exitCodeOf({ outcome }: ToolOutcome, sent: Sent | null): ExitCode {
  if (outcome === 'unsatisfied') return EXIT.unsatisfied
  return sent !== null && sent.answer !== null && sent.answer.status < 400 ? EXIT.fine : EXIT.findings
}
