import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  apply,
  describeAccess,
  explain,
  fillTemplates,
  lintDefinition,
  parseDefinition,
  parseDefinitionText,
  resolve,
  Secret,
  SecurityError,
  toIssues,
} from '../../src/index.ts'
import { HOSTILE } from '../properties/hostile.ts'
import { auth, codeOr, header, option, query, REQUEST, tool } from './tools.ts'

const SRC = new URL('../../src/', import.meta.url)

/**
 * Every word that stands in the source as a name: whatever the engine may ever read as a property is among them. Not
 * `return`, which the language itself asks each iterator for, so that every array pattern of any program would fail.
 */
const WORDS = [
  ...new Set(
    readdirSync(SRC, { recursive: true, encoding: 'utf8' })
      .filter((file) => /^(?:[a-z-]+\.ts|(?:plan|definition|kinds|http)\/)/.test(file) && file.endsWith('.ts'))
      .flatMap((file) => readFileSync(new URL(file, SRC), 'utf8').match(/\b[a-zA-Z_]\w*\b/g) ?? []),
  ),
].filter((word) => !(word in Object.prototype) && word !== 'return')

const CLOSED = tool([option({ k: header('X-Key'), q: query('q') }), option({ a: auth('Bearer') })])
const OPEN = tool([option({ k: header('X-Key') }), {}, { ultravoxCallTokenRequirement: { scopes: ['s'] } }])

/** Every kind of answer, without anything that pollution could add to plain objects on the way. */
function answers(): string {
  const forms: unknown[] = []
  const add = (run: () => unknown): void => {
    try {
      forms.push(ownText(run()))
    } catch (error) {
      forms.push(error instanceof SecurityError ? `${error.code} ${error.message}` : `foreign ${String(error)}`)
    }
  }
  const tokens = { k: 'ZqToken', q: 'ZqToken', unused: 'ZqToken' }
  add(() => resolve(CLOSED, tokens))
  add(() => resolve(CLOSED, {}))
  add(() => toIssues(resolve(CLOSED, { k: 'x' })))
  add(() => toIssues(resolve(CLOSED, { k: '\n', q: '' })))
  add(() => resolve(OPEN, {}))
  add(() => resolve(OPEN, { unused: 'x' }))
  add(() => resolve(OPEN, { k: { credentialId: 'c' } }, { tenant: 't' }))
  add(() => resolve(OPEN, { k: { credentialId: 'c' } }))
  add(() => resolve(OPEN, { k: '{{a}}' }, { anonymous: 'never' }))
  add(() => apply({ ...REQUEST, url: `${REQUEST.url}?a=1` }, resolve(CLOSED, tokens)))
  add(() => apply(REQUEST, resolve(CLOSED, {})))
  add(() => apply(REQUEST, resolve(CLOSED, tokens), {}))
  add(() => explain(CLOSED, ['k']))
  add(() => describeAccess(OPEN))
  add(() => lintDefinition(OPEN))
  add(() => lintDefinition(CLOSED))
  add(() => parseDefinition({ http: { baseUrl: 1 }, requirments: {}, 'x-a': null, description: null }))
  add(() => parseDefinition({ requirements: { http_security_options: { options: [{ requirements: { '': {} } }] } } }))
  add(() => parseDefinition(tool([option({ k: {} })]), { unknownFields: 'allow', allowInsecureOrigins: [] }))
  add(() => parseDefinition({ staticParameters: [{ name: 'a', location: 'X', value: null, stranger: 1 }] }))
  add(() => parseDefinition(new Array(1)))
  add(() => parseDefinitionText('{"x-a":1,"x-a":2,"timeout":5}', { profile: 'ultravox' }))
  add(() => fillTemplates({ a: '{{b}}', r: { credentialId: '{{b}}' } }, { b: 'filled' }))
  add(() => fillTemplates({ a: '{{missing}}' }, {}))
  return forms.join('\n')
}

function ownText(value: unknown): string {
  if (value instanceof Secret) return `<${value.reveal()}>`
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? `"${value}"` : `${value as null}`
  if (Array.isArray(value)) return `[${value.map(ownText).join()}]`
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${key}:${ownText((value as Record<string, unknown>)[key])}`).join()}}`
}

/** A descriptor that pollution itself cannot add to. */
function bare(fields: PropertyDescriptor): PropertyDescriptor {
  return Object.setPrototypeOf({ ...fields, configurable: true }, null) as PropertyDescriptor
}

/** The answers while some names stand on Object.prototype. */
function answersWith(names: readonly string[], descriptor: (name: string) => PropertyDescriptor): string {
  const descriptors = names.map((name): [string, PropertyDescriptor] => [name, bare(descriptor(name))])
  for (const [name, one] of descriptors) Object.defineProperty(Object.prototype, name, one)
  try {
    return answers()
  } finally {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name)
  }
}

/** Reads as absent, and lets plain objects be built: a write makes an own property. */
function absent(name: string): PropertyDescriptor {
  return {
    get: () => undefined,
    set(value) {
      Object.defineProperty(this as object, name, bare({ value, writable: true, enumerable: true }))
    },
  }
}

/** The names that alone change the answers; tried by halves, since hardly any does. */
function offenders(names: readonly string[], wrong: (some: readonly string[]) => unknown): readonly string[] {
  const reason = wrong(names)
  if (reason === null) return []
  if (names.length === 1) return [`${names[0]} as ${JSON.stringify(reason)}`]
  const middle = names.length >> 1
  return [...offenders(names.slice(0, middle), wrong), ...offenders(names.slice(middle), wrong)]
}

describe('J. surroundings', () => {
  it('T91 no word of the source, put on Object.prototype, changes any answer', () => {
    const clean = answers()
    expect(clean).not.toContain('foreign')
    const names = [...WORDS, '0', '1', 'requirments', 'unused', 'X-Key', 'b', 'missing', 'stranger', '$schema']
    const changed = [true, 'polluted', { httpSecurityOptions: {} }].flatMap((value) =>
      offenders(names, (some) =>
        answersWith(some, () => ({ value, writable: true, enumerable: true })) === clean ? null : value,
      ),
    )
    expect(changed).toEqual([])
  })

  it('T91 accessors on Object.prototype change no answer', () => {
    const clean = answers()
    const changed = offenders(WORDS, (some) => (answersWith(some, absent) === clean ? null : 'an accessor'))
    expect(changed).toEqual([])
  })

  it('T91 frozen intrinsics change no answer', () => {
    // Freezing cannot be undone, so a header that shares its name with an intrinsic stands in for it.
    const resolution = resolve(tool([option({ k: header('constructor') })]), { k: 'ZqToken' })
    expect(apply({ ...REQUEST, headers: { valueOf: 'a' } }, resolution).headers).toEqual({
      valueOf: 'a',
      constructor: 'ZqToken',
    })
  })

  it.each(Object.keys(HOSTILE))('T92 no foreign exception, wherever it stands: %s', (name) => {
    const make = HOSTILE[name] ?? (() => null)
    const resolution = resolve(CLOSED, { k: 'ZqToken', q: 'ZqToken' })
    const calls: readonly (() => unknown)[] = [
      () => parseDefinition(make()),
      () => parseDefinition({}, make() as never),
      () => parseDefinitionText('{}', make() as never),
      () => parseDefinition({}, { allowInsecureOrigins: make() as never }),
      () => parseDefinition({}, { allowInsecureOrigins: [make()] as never }),
      () => lintDefinition(make()),
      () => describeAccess(make()),
      () => resolve(make(), {}),
      () => resolve(CLOSED, make() as never),
      () => resolve(CLOSED, { k: make(), q: make() } as never),
      () => resolve(CLOSED, {}, make() as never),
      () => resolve(CLOSED, {}, { mintCallToken: make(), tenant: make() } as never),
      () => explain(CLOSED, make() as never),
      () => explain(CLOSED, [make()] as never),
      () => apply(make() as never, resolution),
      () => apply({ ...REQUEST, headers: make() as never }, resolution),
      () => apply({ ...REQUEST, headers: { a: make() as never } }, resolution),
      () => apply({ ...REQUEST, method: make() as never }, resolution),
      () => apply({ ...REQUEST, url: make() as never }, resolution),
      () => apply(REQUEST, resolution, make() as never),
      () => fillTemplates(make() as never, {}),
      () => fillTemplates({ k: make() as never }, {}),
      () => fillTemplates({ k: '{{a}}' }, make() as never),
      () => fillTemplates({ k: '{{a}}' }, { a: make() }),
    ]
    const foreign = calls.flatMap((call) => {
      try {
        codeOr(call)
        return []
      } catch (error) {
        return [`${String(call)}: ${error instanceof Error ? `${error.name} ${error.message}` : typeof error}`]
      }
    })
    expect(foreign).toEqual([])
  })

  it('T92 a list with holes is refused at the first hole, where texts are expected', () => {
    const holes: string[] = new Array(3)
    expect(codeOr(() => parseDefinition({}, { allowInsecureOrigins: holes }))).toBe('ERR_ARGUMENT_INVALID')
    expect(codeOr(() => explain(CLOSED, holes))).toBe('ERR_ARGUMENT_INVALID')
  })

  it('T92 origins that change between check and use, or cannot be listed twice, are read once', () => {
    let reads = 0
    const list = new Proxy(['http://10.0.0.5'], {
      get: (target, key, receiver) => {
        if (key === '0') reads += 1
        return key === '0' && reads > 1 ? 'http://10.0.0.6' : Reflect.get(target, key, receiver)
      },
    })
    const definition = { ...CLOSED, http: { baseUrlPattern: 'http://10.0.0.6/', httpMethod: 'GET' } }
    expect(parseDefinition(definition, { allowInsecureOrigins: list }).ok).toBe(false)
    expect(reads).toBe(1)
  })

  it('T93 the run-time dependencies are those the design names', () => {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as Record<string, Record<string, { optional?: boolean }> | undefined>
    const allowed = ['immer', 'jose', 'oauth4webapi', 'yaml', 'jsonc-parser']
    const peers = ['libsql', 'ioredis', 'redis', 'undici', '@opentelemetry/api']
    expect(Object.keys(dependencies ?? {}).filter((name) => !allowed.includes(name))).toEqual([])
    expect(Object.keys(peerDependencies ?? {}).filter((name) => !peers.includes(name))).toEqual([])
    for (const name of Object.keys(peerDependencies ?? {})) expect(peerDependenciesMeta?.[name]?.optional).toBe(true)
    expect(optionalDependencies).toBeUndefined()
  })
})
