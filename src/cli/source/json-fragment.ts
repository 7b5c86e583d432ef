import { getLocation } from 'jsonc-parser'
import { SELECTED_TOOL_FIELDS } from '../../call/tool-entry.ts'
import { DEFINITION_FIELDS, WRAPPER_FIELDS } from './wrapper-fields.ts'

/** Names that may be repeated in a message, because they are ours. */
const KNOWN: ReadonlySet<string> = new Set([...DEFINITION_FIELDS, ...SELECTED_TOOL_FIELDS, ...WRAPPER_FIELDS])

// A key and its colon, with nothing but white space before it.
const MEMBER_START = /^\s*"([A-Za-z]{1,40})"\s*:/

/**
 * Recognises a member of an object that was cut out without the braces around it, such as `"requirements": { … }`, the
 * form in which documentation shows it.
 * @internal
 */
export function describeFragment(text: string): { readonly message: string; readonly help: string } | null {
  const match = MEMBER_START.exec(text)
  if (match === null) return /^\s*"(?:[^"\\]|\\.){0,1000}"\s*:/.test(text) ? fragmentOf('…', null) : null
  const name = match[1] ?? ''
  return KNOWN.has(name) ? fragmentOf(name, name) : fragmentOf('…', null)
}

// No name of ours is nearly as long; the white space before a colon may be.
const MAX_MEMBER = 200

/**
 * Recognises a member that stands in a list without the braces around it, such as `[ "requirements": { … } ]`, as
 * Ultravox's documentation had it.
 * @param offset Where the text stops being JSON.
 * @internal
 */
export function describeListMember(text: string, offset: number): ReturnType<typeof describeFragment> {
  const before = text.slice(Math.max(0, offset - MAX_MEMBER), offset).trimEnd()
  if (text[offset] !== ':' || !before.endsWith('"') || !isInList(text, offset)) return null
  const [, name = ''] = /"([A-Za-z]{1,40})"$/.exec(before) ?? []
  const shown = KNOWN.has(name) ? name : '…'
  return {
    message: `the text is not JSON: ${shown === '…' ? 'a member' : `\`"${shown}": …\``} stands in a list without its object`,
    help: `put braces around it: \`{ "${shown}": … }\``,
  }
}

function isInList(text: string, offset: number): boolean {
  try {
    return typeof getLocation(text, offset).path.at(-1) === 'number'
  } catch {
    // It recurses, too.
    return false
  }
}

function fragmentOf(shown: string, name: string | null): { readonly message: string; readonly help: string } {
  const what = name === null ? 'a member' : `\`"${name}": …\``
  return {
    message: `the text is not JSON: this is ${what} without its object`,
    help: `put braces around it: \`${WRAPPED[shown] ?? `{ "${shown}": … }`}\``,
  }
}

const WRAPPED: { readonly [name: string]: string } = {
  httpSecurityOptions: '{ "requirements": { "httpSecurityOptions": … } }',
  options: '{ "requirements": { "httpSecurityOptions": { "options": … } } }',
}
