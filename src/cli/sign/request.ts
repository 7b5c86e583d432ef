import { splitUrl } from '../../http/url.ts'
import type { HmacForm } from '../../types.ts'
import { type DebugRequest, firstValue } from '../diagnose/subject.ts'
import { readBytes, STDIN } from '../source/read-document.ts'
import { type Arguments, lastValue } from '../terminal/arguments.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'
import { readAskedRequest } from '../tools/request-change.ts'
import { collectHeaders, readHeaderLine, readMessage } from './message.ts'

/** What is signed or verified, and whether its URL was given at all. @internal */
export interface AskedMessage {
  readonly request: DebugRequest
  /** Whether the scheme was not said, and is taken to be https. */
  readonly assumesHttps: boolean
}

/**
 * Reads the request of `--message`, or of `--request`, `--method`, `--header` and `--body`.
 * @throws A {@link CouldNotRun}; no value is echoed.
 * @internal
 */
export async function readDebugRequest(io: Io, args: Arguments, form: HmacForm): Promise<AskedMessage> {
  const asked = readAskedRequest(args)
  const path = lastValue(args, 'message')
  if (path !== undefined) return readWhole(io, args, path, asked.url)
  const url = asked.url ?? NOWHERE
  if (asked.url === undefined && isUrlSigned(form))
    throw new CouldNotRun('the form signs the URL, and none is given', URL_HELP)
  const bodyPath = lastValue(args, 'body')
  const request = {
    method: asked.method ?? 'POST',
    url,
    headers: collectHeaders((args.values.get('header') ?? []).map(readHeaderOption)),
    body: bodyPath === undefined ? new Uint8Array() : await readInput(io, bodyPath),
  }
  return { request, assumesHttps: false }
}

// Stands for a URL that nothing looks at (RFC 6761, section 6.4).
const NOWHERE = 'https://url.invalid/'
const URL_HELP = 'give it as the sender calls it, with `--request URL`'

/** Whether what is signed or sent depends on the URL. @internal */
export function isUrlSigned({ payload = '{body}', headers, query }: HmacForm): boolean {
  const templates = [payload, ...Object.values(headers)]
  return query !== undefined || templates.some((text) => /\{(?:url|origin|host|path|query|target)\}/.test(text))
}

async function readWhole(io: Io, args: Arguments, path: string, url: string | undefined): Promise<AskedMessage> {
  const other = ['method', 'header', 'body'].find((name) => args.values.has(name))
  if (other !== undefined) throw new CouldNotRun(`--message and --${other} exclude each other`, 'FILE holds all of it')
  const { target, ...message } = readMessage(await readInput(io, path), path === STDIN ? '<stdin>' : path)
  if (url !== undefined) return { request: { ...message, url }, assumesHttps: false }
  if (/^https?:/i.test(target)) return { request: { ...message, url: target }, assumesHttps: false }
  const absolute = `https://${firstValue({ ...message, url: '' }, 'host') ?? ''}${target}`
  if (splitUrl(absolute) === null) throw new CouldNotRun('the message does not say its URL', URL_HELP)
  return { request: { ...message, url: absolute }, assumesHttps: true }
}

async function readInput(io: Io, path: string): Promise<Uint8Array> {
  return path === STDIN ? io.readStdin() : readBytes(io, path)
}

function readHeaderOption(option: string): readonly [string, string] {
  const pair = readHeaderLine(option)
  if (pair === null) throw new CouldNotRun('--header takes one header', "such as 'X-Timestamp: 1700000000'")
  return pair
}
