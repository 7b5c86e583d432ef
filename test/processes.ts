import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import { afterAll } from 'vitest'
import { deferred, type FromChild, type ToChild } from './child.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
// Below node_modules, so that programs find the packages that they import.
const BUILT = join(ROOT, 'node_modules/.cache/latchkey-tests')

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
  inlineSourceMap: true,
}

/** A test's program as JavaScript that Node 20 runs. */
export interface Program {
  readonly file: string
  /** What Node is told. */
  readonly flags: readonly string[]
}

/** One running process. */
export interface Running<Result> {
  /** What its `work` returned; rejects if it throws, or ends without a result. */
  readonly result: Promise<Result>
  /** Resolves once it has called `together()`. */
  readonly ready: Promise<void>
  /** Lets it go on from there. */
  readonly go: () => void
  /** Ends it at once, as `kill -9` does, and waits until it is gone. */
  readonly kill: () => Promise<void>
}

/**
 * Compiles a program and all that it imports by a relative path, file by file and without a type check. The program calls
 * `work` of `child.ts`. What was built is removed after the tests of the file, or of the `describe`, that called this.
 * @param packages The packages that it finds. Default: all that are installed here.
 */
export function buildProgram(entry: URL, packages?: readonly string[]): Program {
  const folder = join(BUILT, randomUUID())
  const done = new Set<string>()
  const waiting = [fileURLToPath(entry)]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (done.has(path)) continue
    done.add(path)
    waiting.push(...compile(path, folder))
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const file = builtPath(fileURLToPath(entry), folder)
  return { file, flags: packages === undefined ? [] : ['--import', asModule(hidePackages(folder, packages))] }
}

/** Has Node look for all other packages where there is none, as it does when they are not installed. */
function hidePackages(folder: string, packages: readonly string[]): string {
  const own = JSON.stringify(pathToFileURL(`${folder}/`).href)
  const hooks = `export const resolve = (name, context, next) => {
    const isOwn = !String(context.parentURL).startsWith(${own}) || /^(?:[./]|node:|file:)/.test(name)
    return next(name, isOwn || ${JSON.stringify(packages)}.includes(name) ? context : { ...context, parentURL: 'file:///none/' })
  }`
  return `import { register } from 'node:module'; register(${JSON.stringify(asModule(hooks))})`
}

function asModule(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`
}

/** Writes one file, and gives those that it imports. */
function compile(path: string, folder: string): readonly string[] {
  const source = readFileSync(path, 'utf8')
  const target = builtPath(path, folder)
  mkdirSync(dirname(target), { recursive: true })
  const isCode = path.endsWith('.ts')
  const text = isCode ? ts.transpileModule(source, { compilerOptions: OPTIONS, fileName: path }).outputText : source
  writeFileSync(target, text)
  if (!isCode) return []
  // The output's imports: those of types are gone.
  const { importedFiles } = ts.preProcessFile(text, true, true)
  const relatives = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith('.'))
  return relatives.map((name) => join(dirname(path), name.replace(/\.js$/, '.ts')))
}

function builtPath(path: string, folder: string): string {
  return join(folder, relative(ROOT, path).replace(/\.ts$/, '.js'))
}

/** Starts a program. `onMessage` hears what it tells while it works. */
export function startProgram<Result>(
  { file, flags }: Program,
  input: unknown,
  onMessage: (message: unknown) => void = () => {},
): Running<Result> {
  const child = fork(file, [], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    execArgv: ['--enable-source-maps', ...flags],
  })
  const send = (message: ToChild): void => {
    child.send(message)
  }
  const ready = deferred<void>()
  const result = deferred<Result>()
  const errors = collectErrors(child)
  child.on('message', (message: FromChild) => {
    if (message.type === 'message') onMessage(message.value)
    if (message.type === 'ready') ready.resolve()
    if (message.type === 'result') result.resolve(message.value as Result)
  })
  const gone = new Promise<void>((resolve) => {
    child.once('close', (code, signal) => {
      const failure = new Error(`a process ended with ${signal ?? code} and without a result\n${errors()}`)
      ready.reject(failure)
      result.reject(failure)
      resolve()
    })
  })
  // Whoever does not wait for them is not told.
  ready.promise.catch(() => {})
  result.promise.catch(() => {})
  send({ type: 'start', input })
  return {
    ready: ready.promise,
    result: result.promise,
    go: () => send({ type: 'go' }),
    kill: () => {
      child.kill('SIGKILL')
      return gone
    },
  }
}

function collectErrors({ stderr }: ChildProcess): () => string {
  let text = ''
  stderr?.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
  })
  return () => text
}

/**
 * Runs one process for each input, and lets them all go at once when the last has called `together()`.
 * @returns Their results, in the order of the inputs. All are gone by then, even if one failed.
 */
export async function runTogether<Result>(program: Program, inputs: readonly unknown[]): Promise<readonly Result[]> {
  const all = inputs.map((input) => startProgram<Result>(program, input))
  try {
    await Promise.all(all.map(({ ready }) => ready))
    for (const { go } of all) go()
    return await Promise.all(all.map(({ result }) => result))
  } finally {
    await Promise.all(all.map(({ kill }) => kill()))
  }
}
