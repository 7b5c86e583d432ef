import {
  fromOpenApi,
  fromTavus,
  fromVapiResource,
  type Imported,
  type ImportedTool,
  type ImportOptions,
  type RefusedTool,
} from '../../dialects/index.ts'
import { uniqueNames } from '../../dialects/unique-names.ts'
import { splitUrl } from '../../http/url.ts'
import { pointerTo } from '../../json-pointer.ts'
import type { Issue, Result } from '../../result.ts'
import { type Arguments, lastValue, type OptionRules } from '../terminal/arguments.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'
import { readCredentials, readPairs } from './read-source.ts'

/** A format that `latchkey import` reads. @internal */
export interface ImportFormat {
  /** The options that it takes beside those of every format. */
  readonly options: OptionRules
  read(document: unknown, io: Io, args: Arguments): Promise<Result<Imported>>
}

const SECRETS: OptionRules = { 'secrets-out': { type: 'string' } }

/** The options of Vapi's documents, of import and migration alike. @internal */
export const VAPI_OPTIONS: OptionRules = { credentials: { type: 'string' }, 'plain-header': { type: 'string' } }

/** @internal */
export const FORMATS: { readonly [name: string]: ImportFormat } = {
  tavus: {
    options: SECRETS,
    read: async (document, _, args) => readTavus(document, commonOptions(args)),
  },
  vapi: {
    options: {
      ...SECRETS,
      ...VAPI_OPTIONS,
      'hmac-timestamp': { type: 'string', values: ['s', 'ms', 'iso'] },
      'hmac-url': { type: 'string', values: ['with-query', 'without-query'] },
      'hmac-excluded-timestamp': { type: 'string', values: ['drop', 'empty', 'send'] },
    },
    read: async (document, io, args) =>
      fromVapiResource(document, {
        ...commonOptions(args),
        credentials: await readCredentials(io, args),
        credentialTokens: args.values.has('secrets-out') ? 'inline' : 'reference',
        plainHeaders: args.values.get('plain-header') ?? [],
        ...chosen(args, 'hmac-timestamp', {
          s: { timestamp: 's' },
          ms: { timestamp: 'ms' },
          iso: { timestamp: 'iso' },
        }),
        ...chosen(args, 'hmac-url', {
          'with-query': { signedUrl: 'withQuery' },
          'without-query': { signedUrl: 'withoutQuery' },
        }),
        ...chosen(args, 'hmac-excluded-timestamp', {
          drop: { excludedTimestamp: 'drop' },
          empty: { excludedTimestamp: 'empty' },
          send: { excludedTimestamp: 'send' },
        }),
      }),
  },
  openapi: {
    options: {
      operation: { type: 'string' },
      'server-var': { type: 'string' },
      server: { type: 'string' },
    },
    read: async (document, _, args) => {
      const operations = args.values.get('operation')
      const server = lastValue(args, 'server')
      return fromOpenApi(document, {
        ...commonOptions(args),
        serverVariables: readPairs(args, 'server-var'),
        ...(operations === undefined ? {} : { operations }),
        ...(server === undefined ? {} : { server }),
      })
    },
  },
}

const CLIENT_AUTHENTICATIONS = ['client_secret_post', 'client_secret_basic', 'client_secret_basic_raw'] as const

/** @internal */
export const CLIENT_AUTHENTICATION: OptionRules = {
  'client-authentication': { type: 'string', values: CLIENT_AUTHENTICATIONS },
}

function commonOptions(args: Arguments): ImportOptions {
  const clientAuthentication = CLIENT_AUTHENTICATIONS.find((each) => each === lastValue(args, 'client-authentication'))
  return {
    allowInsecureOrigins: readOrigins(args),
    ...(clientAuthentication === undefined ? {} : { clientAuthentication }),
  }
}

/** @throws A {@link CouldNotRun}. @internal */
export function readOrigins(args: Arguments): readonly string[] {
  const origins = args.values.get('allow-insecure-origin') ?? []
  if (origins.every((origin) => splitUrl(origin)?.origin === origin)) return origins
  throw new CouldNotRun('--allow-insecure-origin takes an exact origin', 'such as `http://10.0.0.5:8080`')
}

/** The part of the options that a value of an option stands for. */
function chosen<const T extends object>(
  args: Arguments,
  option: string,
  meanings: { readonly [value: string]: T },
): T | object {
  return meanings[lastValue(args, option) ?? ''] ?? {}
}

/** One tool, several of them, or what the API wraps around either. */
function readTavus(document: unknown, options: ImportOptions): Result<Imported> {
  const names = uniqueNames()
  const tools: ImportedTool[] = []
  const refused: RefusedTool[] = []
  for (const [pointer, json] of tavusTools(document)) {
    const read = fromTavus(json, options)
    const given = (json as { readonly name?: unknown } | null)?.name
    const name = names.take(typeof given === 'string' ? given : 'tool')
    const issues = read.issues.map((issue): Issue => ({ ...issue, pointer: pointer + issue.pointer }))
    if (read.ok) tools.push({ name, pointer, ...read.value, issues })
    else refused.push({ name, pointer, issues })
  }
  return { ok: true, value: { tools, refused }, issues: [] }
}

function tavusTools(document: unknown): readonly (readonly [pointer: string, json: unknown])[] {
  const isWrapped = typeof document === 'object' && document !== null && Object.hasOwn(document, 'data')
  const json = isWrapped ? (document as { readonly data: unknown }).data : document
  const at = isWrapped ? '/data' : ''
  return Array.isArray(json) ? json.map((tool: unknown, index) => [pointerTo(at, index), tool]) : [[at, json]]
}
