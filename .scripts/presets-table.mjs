// Writes the tables of the signature presets into the guides, from the data in src/hmac/presets.ts.
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'

const root = new URL('..', import.meta.url)

/** The pages that hold a table, between `<!-- presets -->` and `<!-- /presets -->`. */
export const PAGES = {
  'docs/guide/sign-requests.md': signingTable,
  'docs/guide/verify-signatures.md': verifyingTable,
}

/** The page with another table. */
export function withTable(page, table) {
  const [, before, after] = /^(.*<!-- presets -->\n).*?(<!-- \/presets -->.*)$/s.exec(page) ?? []
  if (before === undefined) throw new Error('a page has no place for the table of presets')
  return `${before}\n${table}\n${after}`
}

/** What each preset writes. */
function signingTable(presets) {
  return rows(
    ['Preset', 'Algorithm, encoding', 'Secret', 'Signed', 'Headers and parameters', 'Notes'],
    Object.entries(presets).map(([name, { title, form, notes }]) => [
      `\`${name}\`<br>${title}`,
      `${form.algorithm ?? 'sha256'}, ${form.encoding ?? 'hex'}`,
      secretOf(form),
      code(form.payload ?? '{body}'),
      carriersOf(form).join('<br>'),
      notesOf(form, notes),
    ]),
  )
}

/** What each preset lets a receiver rely on. */
function verifyingTable(presets) {
  return rows(
    ['Preset', 'Covers beside the body', 'Timestamp', 'Age that the receiver takes', 'Without a nonce store'],
    Object.entries(presets).map(([name, { title, form, receiverToleranceSeconds }]) => {
      const payload = form.payload ?? '{body}'
      const isTimed = payload.includes('{timestamp}')
      return [
        `\`${name}\`<br>${title}`,
        coveredBy(payload),
        isTimed ? `signed, ${form.timestamp ?? 's'}` : 'none',
        receiverToleranceSeconds === null ? (isTimed ? 'not looked at' : '') : `${receiverToleranceSeconds} s`,
        isTimed ? 'a copy passes within the tolerance' : '**a copy passes for ever**',
      ]
    }),
  )
}

function secretOf({ key = 'utf8', keyPrefix }) {
  return keyPrefix === undefined ? key : `${key} behind \`${keyPrefix}\``
}

function carriersOf({ headers, query = {} }) {
  return [
    ...Object.entries(headers).map(([name, template]) => code(`${name}: ${template}`)),
    ...Object.entries(query).map(([name, template]) => code(`?${name}=${template}`)),
  ]
}

function notesOf({ separator }, notes) {
  return [notes, separator === undefined ? '' : `Several signatures are joined by \`${separator}\`.`].join(' ').trim()
}

const COVERED = {
  method: /\{method\}/,
  URL: /\{url\}/,
  host: /\{host\}/,
  path: /\{(?:path|target)\}/,
  query: /\{(?:query|target)\}/,
  id: /\{id\}/,
  'key id': /\{keyId\}/,
}

function coveredBy(payload) {
  return Object.keys(COVERED)
    .filter((name) => COVERED[name].test(payload))
    .join(', ')
}

/** Line breaks are written as they are in JSON; a bar would end the cell. */
function code(text) {
  return `\`${text.replaceAll('\n', '\\n').replaceAll('|', '\\|')}\``
}

function rows(heads, body) {
  return [heads, heads.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}

/** The presets are TypeScript without imports at run time. */
async function loadPresets() {
  const source = readFileSync(new URL('src/hmac/presets.ts', root), 'utf8')
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }
  const { outputText } = ts.transpileModule(source, { compilerOptions })
  return import(`data:text/javascript,${encodeURIComponent(outputText)}`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { signaturePresets } = await loadPresets()
  for (const [path, renderTable] of Object.entries(PAGES)) {
    const page = new URL(path, root)
    writeFileSync(page, withTable(readFileSync(page, 'utf8'), renderTable(signaturePresets)))
  }
}
