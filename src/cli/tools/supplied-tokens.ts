import { didYouMean } from '../../suggest.ts'
import { findDuplicateKeys } from '../source/duplicate-keys.ts'
import { isObject, type JsonObject } from '../source/field-names.ts'
import { placeIssue } from '../source/places.ts'
import { readDocument } from '../source/read-document.ts'
import { readSecretSource } from '../source/secret-source.ts'
import { type Arguments, lastValue } from '../terminal/arguments.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'

/** A token from outside the file, and where it came from, for messages. @internal */
export interface SuppliedToken {
  readonly value: unknown
  readonly from: string
}

/** The tokens that the command line brings. @internal */
export interface SuppliedTokens {
  /** By requirement name, for every tool that uses it. */
  readonly byName: ReadonlyMap<string, SuppliedToken>
  /** By tool, then by requirement name. */
  readonly byTool: ReadonlyMap<string, ReadonlyMap<string, SuppliedToken>>
}

/**
 * Reads `--tokens` and `--token`; what `--token` names comes before the file.
 * @throws A {@link CouldNotRun} that says where the tokens were looked for, and nothing of what was found there.
 * @internal
 */
export async function readSuppliedTokens(io: Io, args: Arguments, known: KnownNames): Promise<SuppliedTokens> {
  const path = lastValue(args, 'tokens')
  const content = path === undefined ? {} : await readTokensFile(io, path)
  const from = `--tokens ${path ?? ''}`
  const single = (args.values.get('token') ?? []).map((value) => readTokenOption(io, value))
  if (!isByTool(content, known)) return { byName: new Map([...entriesOf(content, from), ...single]), byTool: new Map() }
  const byTool = Object.entries(content).map(([tool, tokens]) => [tool, new Map(entriesOf(tokens, from))] as const)
  return { byName: new Map(single), byTool: new Map(byTool) }
}

async function readTokensFile(io: Io, path: string): Promise<JsonObject> {
  const read = await readDocument(io, path, undefined, 'tokens: `{ "name": "token" }`')
  if (!read.ok) {
    const { file, range, message, help } = read.issue
    throw new CouldNotRun(`${file}:${range.start.line}:${range.start.column}: ${message}`, help)
  }
  const { document } = read
  const [duplicate] = findDuplicateKeys(document)
  if (duplicate !== undefined) {
    const { range, message, help } = placeIssue(document, duplicate)
    throw new CouldNotRun(`${document.path}:${range.start.line}:${range.start.column}: ${message}`, help)
  }
  if (!isObject(document.value)) throw new CouldNotRun(`${document.path}: holds no tokens by name`, TOKENS_HELP)
  const { authTokens } = document.value
  return Object.keys(document.value).length === 1 && isObject(authTokens) ? authTokens : document.value
}

const TOKENS_HELP = 'write `{ "name": "token" }`, or for a call `{ "tool": { "name": "token" } }`'

/** What the names in a file of tokens may be. @internal */
export interface KnownNames {
  readonly isCall: boolean
  readonly tools: readonly string[]
  readonly requirements: ReadonlySet<string>
}

/** Whether the file gives each tool tokens of its own: objects that are no tokens themselves. */
function isByTool(content: JsonObject, { isCall, tools, requirements }: KnownNames): boolean {
  const entries = Object.entries(content)
  if (entries.length === 0 || !entries.every(([, value]) => isObject(value))) return false
  if (entries.every(([name]) => tools.includes(name) && !requirements.has(name))) return true
  if (!isCall || entries.some(([name, value]) => requirements.has(name) || isStructured(value))) return false
  const unknown = Object.keys(content).find((name) => !tools.includes(name)) ?? ''
  const help = didYouMean(unknown, tools) ?? `its tools are ${tools.map((name) => `\`${name}\``).join(', ')}`
  throw new CouldNotRun('--tokens holds tokens of a tool that FILE does not have', help)
}

const STRUCTURES = [['credentialId'], ['username', 'password'], ['secrets'], ['clientId']]

function isStructured(value: unknown): boolean {
  return STRUCTURES.some((keys) => keys.every((key) => isObject(value) && Object.hasOwn(value, key)))
}

function entriesOf(tokens: unknown, from: string): readonly (readonly [string, SuppliedToken])[] {
  return Object.entries(tokens as JsonObject).map(([name, value]) => [name, { value, from }])
}

// The value is never echoed: whoever writes a token here has shown it to the process list and the shell's history already.
const TOKEN_HELP =
  'a token is never an argument, which others can read: write `--token NAME=env:VARIABLE` or `--token NAME=file:PATH`'

function readTokenOption(io: Io, option: string): readonly [string, SuppliedToken] {
  const [, name = '', source = ''] = /^([^=]+)=(.+)$/s.exec(option) ?? []
  const reading = { label: `--token ${name}`, stdinReader: '--tokens -' }
  const value = readSecretSource(io, source, reading)
  if (value === null) throw new CouldNotRun('--token names no source', TOKEN_HELP)
  return [name, { value, from: '--token' }]
}
