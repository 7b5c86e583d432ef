import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser'
import { createLocator, visitJson } from '../../definition/json-text.ts'
import { describeFragment, describeListMember } from './json-fragment.ts'
import { addPlace, type Place, rootPlace } from './place-tree.ts'
import { type DocumentPlaces, once, type ReadDocument, syntaxIssue } from './source-document.ts'

/**
 * Reads a JSON text.
 * @param needed What it is read for, told where it is empty.
 * @internal
 */
export function readJson(path: string, text: string, needed?: string): ReadDocument {
  try {
    const value: unknown = JSON.parse(text)
    return { ok: true, document: { path, text, value, places: once(() => placesOf(text)), comments: () => [] } }
  } catch {
    // The platform's message quotes the text, which may hold a secret.
    return { ok: false, issue: explainSyntax(path, text, needed) }
  }
}

function placesOf(text: string): DocumentPlaces {
  const root = rootPlace()
  const all: Place[] = []
  visitJson<Place>(text, {
    root,
    enter: addPlace,
    visit: (place, span) => {
      place.span = { ...span, scalar: !'{['.includes(text[span.value.start] ?? '') }
      all.push(place)
    },
  })
  return { root, all }
}

function explainSyntax(path: string, text: string, needed: string | undefined): ReturnType<typeof syntaxIssue> {
  const error = firstError(text)
  const offset = Math.min(error?.offset ?? 0, text.length)
  const range = createLocator(text)({ start: offset, end: Math.min(offset + (error?.length ?? 0), text.length) })
  const fragment = describeFragment(text) ?? describeListMember(text, offset)
  if (fragment !== null) return syntaxIssue(path, range, fragment.message, fragment.help)
  if (text.trim() === '') {
    return syntaxIssue(path, range, 'the file is empty', needed === undefined ? undefined : `it needs ${needed}`)
  }
  const words = WORDS[error === undefined ? '' : printParseErrorCode(error.error)]
  const help = text.slice(0, offset).trimEnd().endsWith(',')
    ? 'JSON has no comma before a closing brace or bracket'
    : words?.help
  return syntaxIssue(path, range, `the text is not JSON${words === undefined ? '' : `: ${words.what}`}`, help)
}

function firstError(text: string): ParseError | undefined {
  const errors: ParseError[] = []
  try {
    parse(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false })
  } catch {
    // It recurses; a text nested a thousand levels deep is refused without its place.
  }
  return errors[0]
}

const WORDS: { readonly [code: string]: { readonly what: string; readonly help?: string } } = {
  InvalidSymbol: { what: 'a word that is none', help: 'keys and texts stand in double quotes' },
  InvalidNumberFormat: { what: 'a number is malformed' },
  PropertyNameExpected: { what: 'expected a key in double quotes' },
  ValueExpected: { what: 'expected a value' },
  ColonExpected: { what: 'expected a colon' },
  CommaExpected: { what: 'expected a comma' },
  CloseBraceExpected: { what: 'a closing brace is missing' },
  CloseBracketExpected: { what: 'a closing bracket is missing' },
  EndOfFileExpected: { what: 'expected the end of the text' },
  InvalidCommentToken: { what: 'JSON has no comments', help: 'remove it, or write YAML' },
  UnexpectedEndOfComment: { what: 'a comment is not closed' },
  UnexpectedEndOfString: { what: 'a text is not closed', help: 'a line break inside it is written `\\n`' },
  UnexpectedEndOfNumber: { what: 'a number is not complete' },
  InvalidUnicode: { what: 'a `\\u` needs four hexadecimal digits' },
  InvalidEscapeCharacter: { what: 'an unknown escape in a text', help: 'a backslash itself is written `\\\\`' },
  InvalidCharacter: { what: 'a control character in a text', help: 'write it as an escape, such as `\\n`' },
}
