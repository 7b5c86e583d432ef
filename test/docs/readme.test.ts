import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseDefinition } from '../../src/index.ts'
import { checkTypes } from './check-types.ts'
import { readFences } from './fences.ts'
import { isFile, runPage } from './run-page.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const GUIDES = readdirSync(`${ROOT}docs/guide`).map((name) => `docs/guide/${name}`)
const PAGES = ['README.md', ...GUIDES]
const INDEXES = ['docs/README.md', 'docs/errors/README.md', 'docs/examples/README.md']
const PROSE = [...PAGES, ...INDEXES, 'CONTRIBUTING.md', 'CHANGELOG.md', 'spec/README.md']

function readPage(path: string): string {
  return readFileSync(`${ROOT}${path}`, 'utf8')
}

describe.each(PAGES)('the examples of %s', (path) => {
  it('print what the page shows', async () => {
    await expect(await runPage(readPage(path))).toMatchFileSnapshot(`${ROOT}${path}`)
  })

  it('hold valid definitions', () => {
    const definitions = readFences(readPage(path)).filter(({ purpose }) => purpose === 'definition')
    for (const { text } of definitions) expect(parseDefinition(JSON.parse(text))).toMatchObject({ ok: true })
  })

  it('name files of the package that exist', () => {
    for (const [, file] of readPage(path).matchAll(/node_modules\/latchkey\/([\w./-]+)/g)) {
      expect(existsSync(`${ROOT}${file}`), file).toBe(true)
    }
  })
})

it('the TypeScript of README and the guides compiles', () => {
  const snippets = new Map<string, string>()
  for (const path of PAGES) {
    const folder = path.replace(/^.*\//, '').replace('.md', '')
    readFences(readPage(path)).forEach((fence, index) => {
      if (fence.language !== 'ts') return
      snippets.set(`${folder}/${isFile(fence) ? fence.purpose.replace('.ts', '') : index}`, fence.text)
    })
  }
  expect(checkTypes(snippets)).toEqual([])
})

describe.each(PROSE)('the links of %s', (path) => {
  it('lead somewhere', () => {
    const folder = path.replace(/[^/]*$/, '')
    for (const [, target = ''] of readPage(path).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https:/.test(target)) continue
      const [file = '', anchor] = target.split('#')
      const linked = new URL(file === '' ? path.slice(folder.length) : file, `file://${ROOT}${folder}`)
      expect(existsSync(linked), target).toBe(true)
      if (anchor !== undefined) expect(anchorsOf(readFileSync(linked, 'utf8')), target).toContain(anchor)
    }
  })
})

it('every example is listed', () => {
  const index = readPage('docs/examples/README.md')
  const examples = readdirSync(`${ROOT}docs/examples`).filter((name) => name.endsWith('.json'))
  for (const name of examples) expect(index).toContain(`[${name}](${name})`)
})

/** Anchors as GitHub makes them of headings. */
function anchorsOf(page: string): readonly string[] {
  return [...page.matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
