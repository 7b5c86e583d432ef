import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** From top to bottom; a file may import its own layer and anything lower. `index.ts` may import all. */
const LAYERS: readonly (readonly string[])[] = [
  ['cli'],
  ['platform'],
  ['dialects'],
  ['inbound'],
  ['send'],
  ['call'],
  ['oauth2', 'hmac', 'credentials', 'stores', 'envelope.ts'],
  ['request'],
  ['plan'],
  ['definition'],
  ['kinds'],
  ['http'],
]
const LEAVES = LAYERS.length

/** The folders of the command line, from top to bottom; each imports lower ones, and its own row no other folder. */
const CLI_LAYERS: readonly (readonly string[])[] = [
  ['commands'],
  ['administration', 'help', 'import', 'send', 'sign'],
  ['diagnose', 'tools'],
  ['files', 'report'],
  ['source'],
  ['terminal'],
]

/** Packages, and the layers that may import them (design.md, section 7). */
const DEPENDENCIES: Readonly<Record<string, readonly string[]>> = {
  immer: ['call'],
  jose: ['call', 'inbound', 'oauth2'],
  oauth4webapi: ['oauth2'],
  yaml: ['cli'],
  'jsonc-parser': ['cli'],
  undici: ['send'],
  redis: ['stores'],
  ioredis: ['stores'],
  libsql: ['stores'],
}

const MAX_LINES = 200

interface Import {
  readonly specifier: string
  /** Erased by the compiler, so that it is no cycle at run time. */
  readonly typeOnly: boolean
}

interface Source {
  /** Path below the root, with `/`. */
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
  readonly imports: readonly Import[]
}

const sources: ReadonlyMap<string, Source> = new Map(
  readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const path = `src/${file.split(sep).join('/')}`
      const text = readFileSync(join(ROOT, path), 'utf8')
      const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
      return [path, { path, text, tree, imports: importsOf(tree) }]
    }),
)

function importsOf(tree: ts.SourceFile): readonly Import[] {
  const found: Import[] = []
  const add = (specifier: ts.Expression | undefined, typeOnly: boolean): void => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier))
      found.push({ specifier: specifier.text, typeOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnlyImport(node.importClause))
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false)
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal as ts.Expression, true)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

function isTypeOnlyImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const named = clause.namedBindings
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.length > 0 &&
    named.elements.every((element) => element.isTypeOnly)
  )
}

function targetOf(from: string, specifier: string): string {
  return normalize(join(dirname(from), specifier))
    .split(sep)
    .join('/')
}

/** The folder below `src`, or the file name of a file directly in it. */
function placeOf(path: string): string {
  return path.split('/')[1] ?? ''
}

function layerOf(path: string): number {
  const place = placeOf(path)
  const found = LAYERS.findIndex((layer) => layer.includes(place))
  if (path.startsWith('src/types/')) return LEAVES
  return found >= 0 || path.split('/').length > 2 ? found : LEAVES
}

/** All files that importing one file loads or, with `types`, mentions. */
function reachableFrom(entry: string): readonly Source[] {
  const found = new Map<string, Source>()
  const waiting = [entry]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const source = sources.get(path)
    if (source === undefined || found.has(path)) continue
    found.set(path, source)
    for (const { specifier } of source.imports) if (specifier.startsWith('.')) waiting.push(targetOf(path, specifier))
  }
  return [...found.values()]
}

/** Identifiers that are read as variables: not property names, not declared types, not comments. */
function freeNames(tree: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !isOnlyAName(node)) names.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return names
}

function isOnlyAName(node: ts.Identifier): boolean {
  const { parent } = node
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    ((ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent)) &&
      parent.name === node) ||
    ((ts.isMethodDeclaration(parent) || ts.isPropertyDeclaration(parent)) && parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node) ||
    ts.isJSDocLink(parent)
  )
}

/** A module's name without what stands behind it: `@a/b/c` gives `@a/b`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

describe('architecture', () => {
  it('imports name files that exist, with their extension', () => {
    const missing = [...sources.values()].flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => specifier.startsWith('.') && !specifier.endsWith('.json'))
        .filter(({ specifier }) => !sources.has(targetOf(path, specifier)))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    )
    expect(missing).toEqual([])
  })

  it('every folder of src is a layer', () => {
    const strangers = [...sources.keys()].filter((path) => layerOf(path) < 0).map(placeOf)
    expect([...new Set(strangers)]).toEqual([])
  })

  it('imports point down only', () => {
    const upwards = [...sources.values()].flatMap(({ path, imports }) => {
      if (path === 'src/index.ts') return []
      return imports
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => targetOf(path, specifier))
        .filter((target) => layerOf(target) < layerOf(path) || target === 'src/index.ts')
        .map((target) => `${path} imports ${target}`)
    })
    expect(upwards.filter((line) => !isCliFromIndex(line))).toEqual([])
  })

  it('imports of the command line point down only, and the files above its folders import all', () => {
    const rowOf = (path: string): number => {
      const [, , folder = '', file] = path.split('/')
      return file === undefined ? -1 : CLI_LAYERS.findIndex((row) => row.includes(folder))
    }
    const inside = [...sources.values()].filter(({ path }) => path.startsWith('src/cli/'))
    expect(inside.filter(({ path }) => path.split('/').length > 3 && rowOf(path) < 0)).toEqual([])
    const upwards = inside.flatMap(({ path, imports }) =>
      imports
        .map(({ specifier }) => targetOf(path, specifier))
        .filter((target) => target.startsWith('src/cli/') && dirname(target) !== dirname(path))
        .filter((target) => rowOf(target) <= rowOf(path))
        .map((target) => `${path} imports ${target}`),
    )
    expect(upwards).toEqual([])
  })

  it('no file imports itself in a circle', () => {
    const done = new Set<string>()
    const circles: string[] = []
    const walk = (path: string, trail: readonly string[]): void => {
      const at = trail.indexOf(path)
      if (at >= 0) circles.push([...trail.slice(at), path].join(' → '))
      if (at >= 0 || done.has(path)) return
      for (const { specifier, typeOnly } of sources.get(path)?.imports ?? []) {
        if (specifier.startsWith('.') && !typeOnly) walk(targetOf(path, specifier), [...trail, path])
      }
      done.add(path)
    }
    for (const path of sources.keys()) walk(path, [])
    expect(circles).toEqual([])
  })

  it('nothing that the core loads knows of Node, the network, the environment, or other packages', () => {
    const core = reachableFrom('src/index.ts')
    expect(core.length).toBeGreaterThan(20)
    const foreign = core.flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => !specifier.startsWith('.'))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    )
    expect(foreign).toEqual([])
    const banned = [
      'fetch',
      'process',
      'crypto',
      'Buffer',
      'require',
      'eval',
      'Function',
      'globalThis',
      'console',
      'setTimeout',
      'performance',
      'Date',
      'XMLHttpRequest',
      'module',
      '__dirname',
      'ajv',
      'immer',
      'yaml',
    ]
    const uses = core.flatMap(({ path, tree }) => {
      const names = freeNames(tree)
      return banned.filter((name) => names.has(name)).map((name) => `${path} uses ${name}`)
    })
    expect(uses).toEqual([])
    const random = core
      .filter(({ text }) => /Math\.random|import\.meta|\bawait import\(/.test(text))
      .map(({ path }) => path)
    expect(random).toEqual([])
  })

  it('the core does not reach into the layers above it', () => {
    const above = reachableFrom('src/index.ts')
      .map(({ path }) => path)
      .filter((path) => layerOf(path) < LAYERS.findIndex((layer) => layer.includes('request')))
    expect(above.filter((path) => path !== 'src/index.ts')).toEqual([])
  })

  it('only the command line, stores and `node` files know of Node', () => {
    const nodes = [...sources.values()]
      .filter(({ path }) => !/^src\/(?:cli|stores)\/|\/node(?:\/|\.ts$)/.test(path))
      .filter(({ imports }) => imports.some(({ specifier }) => specifier.startsWith('node:')))
      .map(({ path }) => path)
    expect(nodes).toEqual([])
  })

  it('packages are imported only where the design puts them', () => {
    const misplaced = [...sources.values()].flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
        .filter(({ specifier }) => !DEPENDENCIES[packageOf(specifier)]?.includes(placeOf(path)))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    )
    expect(misplaced).toEqual([])
  })

  it('package.json depends on nothing beyond the design', () => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>
    }
    const allowed = ['immer', 'jose', 'oauth4webapi', 'yaml', 'jsonc-parser']
    expect(Object.keys(dependencies).filter((name) => !allowed.includes(name))).toEqual([])
  })

  it(`no source file is longer than ${MAX_LINES} lines, but for generated ones and the table of codes`, () => {
    const long = [...sources.values()]
      .filter(({ path }) => !path.endsWith('.generated.ts') && path !== 'src/codes.ts')
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > MAX_LINES)
      .map(({ path, lines }) => `${path}: ${lines}`)
    expect(long).toEqual([])
  })

  it('URLs are read and written as text in the core: no URL, no URLSearchParams', () => {
    const users = [...sources.values()]
      .filter(({ path }) => /^src\/(?:plan|http)\//.test(path))
      .filter(({ tree }) => ['URL', 'URLSearchParams', 'Headers', 'Request'].some((name) => freeNames(tree).has(name)))
      .map(({ path }) => path)
    expect(users).toEqual([])
  })

  it('nothing is replaced by a variable: `$&` in its text would be read as a pattern', () => {
    const found = [...sources.values()]
      .filter(({ path }) => !path.endsWith('.generated.ts'))
      .flatMap(({ path, tree }) => replacementsByVariable(tree).map((text) => `${path}: ${text}`))
    expect(found).toEqual([])
  })

  it('no pattern ends with an unanchored repetition, which tries every start in turn and takes the square of the text', () => {
    const found = [...sources.values()].flatMap(({ path, tree }) =>
      patternsOf(tree)
        .filter((pattern) => /(?:[+*]|\{\d+,\})\)?\$$/.test(pattern) && !/^\(?\^/.test(pattern))
        .map((pattern) => `${path}: /${pattern}/`),
    )
    expect(found).toEqual([])
  })

  it('`in` asks no object for a name that users chose', () => {
    const found = reachableFrom('src/index.ts')
      .filter(({ path }) => !path.endsWith('.generated.ts'))
      .flatMap(({ path, tree }) => usesOfIn(tree).map((text) => `${path}: ${text}`))
    expect(found).toEqual([])
  })
})

/** The command line uses the library through its index, as its users do. */
function isCliFromIndex(line: string): boolean {
  return /^src\/cli\/\S+ imports src\/index\.ts$/.test(line)
}

function replacementsByVariable(tree: ts.SourceFile): readonly string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [, replacement] = node.arguments
      const isReplace = /^replace(?:All)?$/.test(node.expression.name.text) && replacement !== undefined
      const harmless =
        replacement !== undefined &&
        (ts.isArrowFunction(replacement) || ts.isFunctionExpression(replacement) || ts.isStringLiteralLike(replacement))
      if (isReplace && !harmless) found.push(node.getText())
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

/** The sources of all regular expression literals. */
function patternsOf(tree: ts.SourceFile): readonly string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text.slice(1, node.text.lastIndexOf('/')))
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

function usesOfIn(tree: ts.SourceFile): readonly string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) found.push(node.getText())
    if (ts.isForInStatement(node)) found.push(`for (… in ${node.expression.getText()})`)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}
