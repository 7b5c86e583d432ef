import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { signaturePresets } from '../../src/hmac/index.ts'
import { runPage } from '../docs/run-page.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** A script without types. */
interface PresetsTable {
  readonly PAGES: { readonly [path: string]: (presets: typeof signaturePresets) => string }
  readonly withTable: (page: string, table: string) => string
}

const { PAGES, withTable }: PresetsTable = await import(`${ROOT}.scripts/presets-table.mjs`)

describe.each(Object.keys(PAGES))('%s', (path) => {
  const page = readFileSync(`${ROOT}${path}`, 'utf8')

  it('shows what its examples print', async () => {
    expect(await runPage(page)).toBe(page)
  })

  it('has the table that `node .scripts/presets-table.mjs` writes from the presets', () => {
    expect(page).toBe(withTable(page, PAGES[path]?.(signaturePresets) ?? ''))
    for (const [name, { title }] of Object.entries(signaturePresets)) expect(page).toContain(`\`${name}\`<br>${title}`)
  })
})

it('the guide to signing names every field and placeholder', () => {
  const page = readFileSync(`${ROOT}docs/guide/sign-requests.md`, 'utf8')
  const sources = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  )
  const types = sources.map((path) => readFileSync(`${ROOT}src/${path}`, 'utf8')).join('\n')
  const [, form = ''] = /export interface HmacForm \{(.*?)\n\}/s.exec(types) ?? []
  const fields = [...form.matchAll(/readonly (\w+)\??: /g)].map(([, name]) => name)
  expect(fields).toHaveLength(9)
  for (const name of fields) expect(page).toContain(`| \`${name}\` |`)
  const source = readFileSync(`${ROOT}src/kinds/signature-template.ts`, 'utf8')
  const names = [...(/PLAIN_NAMES = \[(.*?)\]/s.exec(source)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(([, name]) => name)
  expect(names).toContain('signature')
  for (const name of names) expect(page).toContain(`\`{${name}}\``)
})
