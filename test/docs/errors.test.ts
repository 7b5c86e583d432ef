import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CODES, type Code, type Phase } from '../../src/index.ts'
import { checkTypes } from './check-types.ts'
import { readFences, replaceFences, sectionOf } from './fences.ts'
import { formatReports, runExample } from './run-example.ts'
import { runSnippet } from './run-snippet.ts'

const FOLDER = fileURLToPath(new URL('../../docs/errors/', import.meta.url))
const SPEC = readFileSync(new URL('../../spec/README.md', import.meta.url), 'utf8')
const ALL = Object.keys(CODES) as Code[]
const HEADINGS = ['What it means', 'Smallest example that causes it', 'How to fix it', 'Rule']
const ANY_CODE = /\b(?:ERR|WARN|NOTE)_[A-Z_]+\b/g

function readPage(code: Code): string {
  return readFileSync(`${FOLDER}${code}.md`, 'utf8')
}

function sentence(title: string): string {
  return `${title[0]?.toUpperCase()}${title.slice(1)}.`
}

function severity(code: Code): string {
  return code.startsWith('ERR_') ? 'Error' : code.startsWith('WARN_') ? 'Warning' : 'Notice'
}

/** The output of a page's example: what is reported, or what the TypeScript in it prints. */
async function runPage(page: string): Promise<string> {
  const fences = readFences(sectionOf(page, 'Smallest example that causes it'))
  const snippet = fences.find(({ language }) => language === 'ts')
  return snippet === undefined ? formatReports(await runExample(fences)) : (await runSnippet(snippet.text)).printed
}

describe('docs/errors', () => {
  it('has one page for each code and no other', () => {
    const pages = readdirSync(FOLDER).map((file) => file.replace(/\.md$/, ''))
    expect(pages.sort()).toEqual([...ALL, 'README'].sort())
  })

  it('has an index of all codes', async () => {
    await expect(writeIndex()).toMatchFileSnapshot(`${FOLDER}README.md`)
  })

  it('has TypeScript examples that compile', () => {
    const snippets = new Map<string, string>()
    for (const file of readdirSync(FOLDER)) {
      const snippet = readFences(readFileSync(`${FOLDER}${file}`, 'utf8')).find(({ language }) => language === 'ts')
      if (snippet !== undefined) snippets.set(file.replace('.md', ''), snippet.text)
    }
    expect(checkTypes(snippets)).toEqual([])
  }, 60_000)
})

describe.each(ALL)('the page of %s', (code) => {
  it('says what the table of codes says, under the fixed headings', () => {
    const page = readPage(code)
    const { title, phase } = CODES[code]
    expect(page.startsWith(`# ${code}\n\n${sentence(title)}\n\n${severity(code)} in the phase \`${phase}\`.\n\n`)).toBe(
      true,
    )
    expect([...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(HEADINGS)
  })

  it('has an example that causes this code and no other, with its real output', async () => {
    const page = readPage(code)
    const output = await runPage(page)
    expect(new Set(output.match(ANY_CODE))).toEqual(new Set([code]))
    const shown = readFences(page).filter(({ language }) => language === 'text')
    expect(shown).toHaveLength(1)
    const written = replaceFences(page, new Map(shown.map((fence) => [fence, output])))
    await expect(written).toMatchFileSnapshot(`${FOLDER}${code}.md`)
  })

  it('names clauses that exist', () => {
    const rule = sectionOf(readPage(code), 'Rule')
    if (rule.startsWith('\nNone: ')) return
    const clauses = [...rule.matchAll(/\[([A-Z]+-\d+)\]\(([^)]+)\)/g)]
    expect(clauses).not.toEqual([])
    for (const [, clause = '', link] of clauses) {
      expect(SPEC).toContain(`\n### ${clause}\n`)
      expect(link).toBe(`../../spec/README.md#${clause.toLowerCase()}`)
    }
  })
})

const PHASES: Record<Phase, string> = {
  definition: 'Definitions',
  tokens: 'Tokens and the choice',
  need: 'Needs',
  request: 'Requests',
  response: 'Responses',
}

function writeIndex(): string {
  const sections = (Object.keys(PHASES) as Phase[]).flatMap((phase) => {
    const rows = ALL.filter((code) => CODES[code].phase === phase).map((code) => [
      `[${code}](${code}.md)`,
      severity(code),
      sentence(CODES[code].title),
    ])
    return rows.length === 0 ? [] : [`## ${PHASES[phase]}\n\n${writeTable([['Code', 'Kind', 'Meaning'], ...rows])}\n`]
  })
  return `${INTRODUCTION}\n${sections.join('\n')}`
}

/** A Markdown table as the formatter leaves it. */
function writeTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const lines = [head, widths.map((width) => '-'.repeat(width)), ...rows]
  return lines.map((cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`).join('\n')
}

const INTRODUCTION = `# Codes

Every error, warning and notice of Latchkey has a code. A code never changes its meaning, so branch on it; a message may
change. \`ERR_\` codes refuse. \`WARN_\` codes are lints: the definition is valid and probably not meant. \`NOTE_\` codes
accompany a resolution.

Each page has an example that the tests run. A JSON block is given to the function that the text names, as \`definition\`,
\`authTokens\`, \`request\` and so on.

<!-- Generated from src/errors.ts: npx vitest run test/docs -u -->
`
