import { type Document, isAlias, parseDocument, visit, type YAMLError } from 'yaml'
import { createLocator } from '../../definition/json-text.ts'
import type { Stretch } from './place-tree.ts'
import { once, type ReadDocument, type SourceDocument, syntaxIssue } from './source-document.ts'
import { findComments, readYamlPlaces, type YamlPlaces } from './yaml-places.ts'

const MAX_ALIASES = 100

const START: Stretch = { start: 0, end: 0 }

// JSON's own values and nothing else: no dates, no sets, no binary, no merge keys, whatever `%YAML` says.
const OPTIONS = {
  version: '1.2',
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'error',
} as const

/** Reads a YAML text as the JSON that it stands for. @internal */
export function readYaml(path: string, text: string): ReadDocument {
  const refuse = (stretch: Stretch, message: string, help?: string): ReadDocument => ({
    ok: false,
    issue: syntaxIssue(path, createLocator(text)(stretch), message, help),
  })
  try {
    const parsed = parseDocument(text, OPTIONS)
    // Where it gave up is a matter of this machine's stack.
    if (parsed.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION'))
      return refuse(START, 'the text is nested too deeply')
    const error = parsed.errors[0] ?? parsed.warnings[0]
    if (error !== undefined) return refuse(stretchOf(error), ...describe(error))
    const alias = findDanglingAlias(parsed)
    if (alias !== null) return refuse(alias, 'the text is not YAML: an alias has no anchor before it')
    const places = readYamlPlaces(parsed)
    if (places.refused !== null) return refuse(places.refused.at, places.refused.message, places.refused.help)
    return { ok: true, document: documentOf(path, text, parsed, places) }
  } catch {
    // Too deep for its recursion, or more aliases than anyone writes by hand; its message may quote the text.
    return refuse(START, 'the text is nested too deeply, or repeats itself too often')
  }
}

function documentOf(path: string, text: string, parsed: Document.Parsed, places: YamlPlaces): SourceDocument {
  const value: unknown = parsed.toJS({ maxAliasCount: MAX_ALIASES })
  return { path, text, value, places: () => places, comments: once(() => findComments(text, places.all)) }
}

function findDanglingAlias(parsed: Document.Parsed): Stretch | null {
  let found: Stretch | null = null
  visit(parsed, (_, node) => {
    if (!isAlias(node) || node.resolve(parsed) !== undefined) return undefined
    found = { start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 }
    return visit.BREAK
  })
  return found
}

function stretchOf(error: YAMLError): Stretch {
  return { start: error.pos[0], end: error.pos[1] }
}

/** The library's own message may quote the text. */
function describe({ code }: YAMLError): readonly [message: string, help?: string] {
  if (code === 'TAG_RESOLVE_FAILED') return ['a tag (`!…`) is not read here', 'write the plain value']
  if (code === 'MULTIPLE_DOCS') return ['a second document begins here', 'put each tool into a file of its own']
  return [`the text is not YAML${WORDS[code] === undefined ? '' : `: ${WORDS[code]}`}`]
}

const WORDS: { readonly [code: string]: string } = {
  TAB_AS_INDENT: 'a tab indents; YAML takes spaces only',
  BAD_INDENT: 'the indentation fits no level',
  MISSING_CHAR: 'a quote, bracket, comma or colon is missing',
  UNEXPECTED_TOKEN: 'something here fits nowhere',
  BLOCK_AS_IMPLICIT_KEY: 'a nested mapping stands on one line',
  MULTILINE_IMPLICIT_KEY: 'a key runs over several lines',
  BAD_ALIAS: 'an alias is malformed',
}
