import type { BuildInput } from '../../request/build-request.ts'
import type { ParameterValues } from '../../request/parameters.ts'
import type { Secret } from '../../secret.ts'
import type { SendOptions } from '../../send/capabilities.ts'
import { findDuplicateKeys } from '../source/duplicate-keys.ts'
import { isObject } from '../source/field-names.ts'
import { placeIssue } from '../source/places.ts'
import { readBytes, readDocument, STDIN } from '../source/read-document.ts'
import { readSecretSource } from '../source/secret-source.ts'
import { type Arguments, lastValue, type OptionRules } from '../terminal/arguments.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'

/** The options of what is sent, and how. @internal */
export const SENDING_OPTIONS: OptionRules = {
  tool: { type: 'string' },
  parameters: { type: 'string' },
  automatic: { type: 'string' },
  body: { type: 'string' },
  'call-token': { type: 'string' },
  redirects: { type: 'string', values: ['refuse', 'sameOrigin', 'strip'] },
  timeout: { type: 'string' },
}

/** What the request is built from. @throws A {@link CouldNotRun}. @internal */
export async function readBuildInput(io: Io, args: Arguments): Promise<BuildInput> {
  refuseSecondStdin(args)
  const [parameters, automatic] = [await readValues(io, args, 'parameters'), await readValues(io, args, 'automatic')]
  const path = lastValue(args, 'body')
  const body = path === undefined ? undefined : path === STDIN ? await io.readStdin() : readBytes(io, path)
  return {
    ...(parameters === undefined ? {} : { parameters }),
    ...(automatic === undefined ? {} : { automatic }),
    ...(body === undefined ? {} : { body }),
  }
}

function refuseSecondStdin(args: Arguments): void {
  const [, ...paths] = args.positionals
  const options = ['tokens', 'tools', 'parameters', 'automatic', 'body'].map((name) => lastValue(args, name))
  if ([...paths, ...options].filter((each) => each === STDIN).length < 2) return
  throw new CouldNotRun('standard input can be read once only', 'name a file for the other')
}

/** A file of values by name. Errors say where, never what: a parameter may be private. */
async function readValues(io: Io, args: Arguments, option: string): Promise<ParameterValues | undefined> {
  const path = lastValue(args, option)
  if (path === undefined) return undefined
  const read = await readDocument(io, path)
  const issue = read.ok ? duplicateIn(read.document) : read.issue
  if (issue !== undefined) {
    const { file, range, message, help } = issue
    throw new CouldNotRun(`${file}:${range.start.line}:${range.start.column}: ${message}`, help)
  }
  const value = read.ok ? read.document.value : undefined
  if (isObject(value)) return value as ParameterValues
  throw new CouldNotRun(`--${option} holds no values by name`, 'write `{ "name": value }`')
}

function duplicateIn(document: Parameters<typeof findDuplicateKeys>[0]): ReturnType<typeof placeIssue> | undefined {
  const [duplicate] = findDuplicateKeys(document)
  return duplicate === undefined ? undefined : placeIssue(document, duplicate)
}

/** How the request is sent. @throws A {@link CouldNotRun}. @internal */
export function readSending(args: Arguments): SendOptions {
  const redirects = lastValue(args, 'redirects') as SendOptions['redirects']
  const timeoutMs = readTimeout(lastValue(args, 'timeout'))
  return {
    ...(redirects === undefined ? {} : { redirects }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }
}

const MAX_TIMEOUT_SECONDS = 3_600

function readTimeout(seconds: string | undefined): number | undefined {
  if (seconds === undefined) return undefined
  const ms = /^[0-9]{1,4}(?:\.[0-9]{1,3})?$/.test(seconds) ? Math.round(Number(seconds) * 1000) : 0
  if (ms > 0 && ms <= MAX_TIMEOUT_SECONDS * 1000) return ms
  throw new CouldNotRun('--timeout takes seconds, such as `5` or `0.5`, up to 3600')
}

/** A call token that was minted elsewhere. @throws A {@link CouldNotRun}. @internal */
export function readCallToken(io: Io, args: Arguments): Secret | undefined {
  const source = lastValue(args, 'call-token')
  if (source === undefined) return undefined
  const secret = readSecretSource(io, source, { label: '--call-token', stdinReader: '--tokens -' })
  if (secret !== null) return secret
  throw new CouldNotRun('--call-token names no source', 'write `--call-token env:VARIABLE` or `--call-token file:PATH`')
}
