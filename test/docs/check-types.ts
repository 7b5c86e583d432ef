import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: ['lib.es2024.d.ts'],
  types: ['node'],
  paths: {
    latchkey: [`${ROOT}src/index.ts`],
    'latchkey/*': [`${ROOT}src/*/index.ts`],
    'latchkey/send/node': [`${ROOT}src/send/node.ts`],
    'latchkey/stores/*': [`${ROOT}src/stores/*.ts`],
  },
  allowImportingTsExtensions: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
}

/**
 * Type-checks examples as a strict project that uses the package would.
 * @param snippets Code by a name that says where it stands.
 * @returns One line an error.
 */
export function checkTypes(snippets: ReadonlyMap<string, string>): readonly string[] {
  const files = new Map([...snippets].map(([name, code]) => [`${ROOT}docs-example/${name}.ts`, code]))
  const host = ts.createCompilerHost(OPTIONS)
  const { directoryExists, fileExists, readFile } = host
  host.directoryExists = (path) => path.startsWith(`${ROOT}docs-example`) || directoryExists?.(path) === true
  host.fileExists = (path) => files.has(path) || fileExists(path)
  host.readFile = (path) => files.get(path) ?? readFile(path)
  const program = ts.createProgram([...files.keys()], OPTIONS, host)
  return [...files.keys()].flatMap((path) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(path)).map((diagnostic) => {
      const line = ts.getLineAndCharacterOfPosition(diagnostic.file as ts.SourceFile, diagnostic.start ?? 0).line + 1
      const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')
      return `${path.slice(ROOT.length)}:${line} ${message}`
    }),
  )
}
