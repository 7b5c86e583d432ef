import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { apply, parseDefinition, resolve } from '../../src/index.ts'
import type { AuthTokens } from '../../src/types.ts'
import { places } from '../threats/tools.ts'

interface Tool {
  readonly definition: { readonly http?: { readonly baseUrlPattern: string; readonly httpMethod: string } }
  readonly authTokens: AuthTokens | undefined
}

type Found = Record<string, never> & { readonly [key: string]: unknown }

/** The tools of any form in which the examples stand: a stored tool, a tool with its call, a call, a template. */
function toolsOf(file: Found): readonly Tool[] {
  const { tool, call, callTemplate, selectedTools, definition } = file as unknown as Record<string, Found | undefined>
  if (tool !== undefined) {
    const entry = (call?.['selectedTools'] as unknown as Found[] | undefined)?.[0]
    return [{ definition: tool['definition'] as never, authTokens: entry?.['authTokens'] }]
  }
  if (callTemplate !== undefined) return toolsOf(callTemplate)
  if (selectedTools !== undefined) {
    return (selectedTools as unknown as Found[])
      .filter((entry) => entry['temporaryTool'] !== undefined)
      .map((entry) => ({ definition: entry['temporaryTool'] as never, authTokens: entry['authTokens'] }))
  }
  return [{ definition: (definition ?? file) as never, authTokens: undefined }]
}

const FOLDER = new URL('../../docs/examples/', import.meta.url)
const FILES = readdirSync(FOLDER).filter((file) => /^\d\d-.*\.json$/.test(file))

/** What each example's tools resolve to with the tokens it brings, or with none. */
const OUTCOMES: Readonly<Record<string, readonly string[]>> = {
  '01': ['authenticated 0 header X-API-Key: dummy-service-key'],
  '06': ['authenticated 0 query apiKey: your_token_here'],
  '07': ['authenticated 0 header X-My-Header: your_token_here'],
  '08': ['authenticated 0 header Authorization: Bearer your_token_here'],
  '10': ['unsatisfied apiKey'],
  '13': ['authenticated 0 header X-Project-Tool-Token: dummy-tool-token'],
  '14': ['unauthenticated 0'],
  '15': ['authenticated 0 query WEATHER_API_KEY: dummy-key-value'],
  '16': ['authenticated 0 header X-Api-Key: dummy-key-value'],
  '18': ['authenticated 0 header Authorization: Bearer dummy-key-value'],
  '20': ['ERR_FIELD_MISSING /requirements/httpSecurityOptions/options/0/requirements/WEATHER_API_KEY/headerApiKey'],
  '23': ['unauthenticated null'],
  '27': ['unauthenticated null'],
  '30': ['unsatisfied api_email,api_key or api_token'],
}

function outcomeOf({ definition, authTokens }: Tool): string {
  const parsed = parseDefinition(definition)
  if (!parsed.ok) return places(parsed.issues).join()
  const resolution = resolve(parsed.value, authTokens)
  switch (resolution.outcome) {
    case 'authenticated':
      return `authenticated ${resolution.optionIndex} ${resolution.mutations.map(({ kind, name, value }) => `${kind} ${name}: ${value.reveal()}`).join()}`
    case 'unauthenticated':
      return `unauthenticated ${resolution.optionIndex}`
    case 'unsatisfied':
      return `unsatisfied ${resolution.missing.map(({ names }) => names.join()).join(' or ')}`
    default:
      return places(resolution.issues).join()
  }
}

describe('the examples', () => {
  it('are all there', () => {
    expect(FILES.map((file) => file.slice(0, 2)).filter((number) => OUTCOMES[number] !== undefined)).toEqual(
      Object.keys(OUTCOMES).sort(),
    )
  })

  it.each(FILES.filter((file) => OUTCOMES[file.slice(0, 2)] !== undefined))('%s gives the right outcome', (file) => {
    const content = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Found
    expect(toolsOf(content).map(outcomeOf)).toEqual(OUTCOMES[file.slice(0, 2)])
  })

  it('write what the page of Ultravox shows', () => {
    const content = JSON.parse(
      readFileSync(new URL(FILES.find((file) => file.startsWith('06')) ?? '', FOLDER), 'utf8'),
    ) as Found
    const [tool] = toolsOf(content)
    const request = { method: 'GET', url: 'https://api.stocks.example/price?symbol=NVDA', headers: {} }
    const resolution = resolve(tool?.definition ?? {}, tool?.authTokens)
    expect(apply(request, resolution, { origin: 'https://api.stocks.example' }).url).toBe(
      'https://api.stocks.example/price?symbol=NVDA&apiKey=your_token_here',
    )
  })

  it('of two ways: an address with a key, or a token', () => {
    const content = JSON.parse(
      readFileSync(new URL(FILES.find((file) => file.startsWith('30')) ?? '', FOLDER), 'utf8'),
    ) as Found
    const [tool] = toolsOf(content)
    const chosen = [
      { api_email: 'a@example.com', api_key: 'k' },
      { api_email: 'a@example.com', api_token: 't' },
      { api_email: 'a@example.com', api_key: 'k', api_token: 't' },
      { api_email: 'a@example.com' },
    ].map((tokens) => {
      const resolution = resolve(tool?.definition ?? {}, tokens)
      return resolution.ok ? resolution.mutations.map(({ name }) => name) : resolution.outcome
    })
    expect(chosen).toEqual([
      ['X-Auth-Email', 'X-Auth-Key'],
      ['Authorization'],
      ['X-Auth-Email', 'X-Auth-Key'],
      'unsatisfied',
    ])
  })
})
