import { type Issue, makeIssue } from '../result.ts'

/** A placeholder of a signature template. @internal */
export type Placeholder =
  | { readonly name: PlainName }
  | { readonly name: 'header'; readonly header: string }
  | { readonly name: 'bodyDigest'; readonly encoding: 'hex' | 'base64' }

/** The placeholders without an argument. @internal */
type PlainName = (typeof PLAIN_NAMES)[number]

const PLAIN_NAMES = [
  'body',
  'timestamp',
  'id',
  'keyId',
  'method',
  'url',
  'origin',
  'host',
  'path',
  'query',
  'target',
  'form',
  'signature',
] as const

/** A piece of a template. @internal */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'placeholder'; readonly placeholder: Placeholder }

/** A parsed template: the parts before, inside and behind its `[unit]`; without one everything is the unit. @internal */
export interface SignatureTemplate {
  readonly before: readonly TemplatePart[]
  readonly unit: readonly TemplatePart[]
  readonly after: readonly TemplatePart[]
  readonly hasUnit: boolean
}

/** Why a template cannot be read. @internal */
export class TemplateError {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

const PIECE = /\{\{|\}\}|\[\[|\]\]|\{([^{}[\]]*)\}|[[\]{}]|[^{}[\]]+/g

/**
 * Reads a template: `{placeholder}`, an optional `[bracketed unit]`, doubled braces and brackets for literal ones.
 * @throws A {@link TemplateError}.
 * @internal
 */
export function parseTemplate(template: string): SignatureTemplate {
  const sections: [TemplatePart[], TemplatePart[], TemplatePart[]] = [[], [], []]
  let section: 0 | 1 | 2 = 0
  for (const [piece, name] of template.matchAll(PIECE)) {
    if (name !== undefined) sections[section].push({ kind: 'placeholder', placeholder: parsePlaceholder(name) })
    else if (piece === '[' && section === 0) section = 1
    else if (piece === ']' && section === 1) section = 2
    else if (/^[[\]{}]$/.test(piece))
      throw new TemplateError('a brace or bracket stands alone: double it if it is meant literally')
    else
      sections[section].push({ kind: 'text', text: /^(?:\{\{|\}\}|\[\[|\]\])$/.test(piece) ? piece.slice(1) : piece })
  }
  if (section === 1) throw new TemplateError('a `[` has no `]`')
  const [first, unit, after] = sections.map(joinTexts) as [TemplatePart[], TemplatePart[], TemplatePart[]]
  return section === 2
    ? { before: first, unit, after, hasUnit: true }
    : { before: [], unit: first, after: [], hasUnit: false }
}

/** A template, or `null` with what is wrong with it. @internal */
export function readTemplate(text: string, pointer: string, issues: Issue[]): SignatureTemplate | null {
  try {
    return parseTemplate(text)
  } catch (error) {
    // INVARIANT: nothing else is thrown.
    issues.push(makeIssue('ERR_SIGNATURE_FORM', pointer, (error as TemplateError).message))
    return null
  }
}

function parsePlaceholder(name: string): Placeholder {
  if (name === 'body:sha256') return { name: 'bodyDigest', encoding: 'hex' }
  if (name === 'body:sha256:base64') return { name: 'bodyDigest', encoding: 'base64' }
  if (name.startsWith('header:') && name.length > 'header:'.length)
    return { name: 'header', header: name.slice('header:'.length) }
  const known = PLAIN_NAMES.find((plain) => plain === name)
  if (known === undefined) throw new TemplateError(`unknown placeholder \`{${name}}\``)
  return { name: known }
}

/** Neighbouring texts as one, so that reading a value back has one literal to look for. */
function joinTexts(parts: readonly TemplatePart[]): TemplatePart[] {
  const joined: TemplatePart[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (part.kind === 'text' && last?.kind === 'text')
      joined[joined.length - 1] = { kind: 'text', text: last.text + part.text }
    else joined.push(part)
  }
  return joined
}

/** All parts of a template, in order. @internal */
export function allParts({ before, unit, after }: SignatureTemplate): readonly TemplatePart[] {
  return [...before, ...unit, ...after]
}

/** How often a template names a placeholder. @internal */
export function countPlaceholder(template: SignatureTemplate, name: Placeholder['name']): number {
  return allParts(template).filter((part) => part.kind === 'placeholder' && part.placeholder.name === name).length
}
