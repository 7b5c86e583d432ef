import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { corpusFiles, readDescription } from './openapi-corpus.ts'
import { operationsOf, readSecurity } from './openapi-reading.ts'

type Json = { readonly [field: string]: unknown }

const SAMPLE = fileURLToPath(new URL('../dialects/openapi-security.jsonl', import.meta.url))

/** At most so many descriptions of one publisher, and so many different `security` arrays of one description. */
const MAX_PER_PUBLISHER = 3
const MAX_PER_DOCUMENT = 12

/** What a security scheme says, without its description. */
function schemeFacts(scheme: Json): Json {
  const { type, in: place, name, scheme: auth, flows, openIdConnectUrl } = scheme
  const bare = Object.entries((flows ?? {}) as Json).map(([flow, about]) => {
    const { tokenUrl, authorizationUrl } = about as Json
    return [flow, { authorizationUrl, tokenUrl }]
  })
  return {
    type,
    name,
    in: place,
    scheme: auth,
    openIdConnectUrl,
    ...(flows === undefined ? {} : { flows: Object.fromEntries(bare) }),
  }
}

/** The security of a description, with the answer of the independent reading to each different array; `null` if dull. */
function factsOf(path: string): string | null {
  const document = readDescription(path)
  const declared = ((document['components'] ?? {}) as Json)['securitySchemes'] as Json | undefined
  const arrays = new Map(operationsOf(document).map(({ security }) => [JSON.stringify(security) ?? 'none', security]))
  const cases = [...arrays.values()].slice(0, MAX_PER_DOCUMENT).map((security) => ({
    ...(security === undefined ? {} : { security }),
    expected: readSecurity(security, declared ?? {}),
  }))
  const schemes = Object.entries(declared ?? {}).map(([name, scheme]) => [name, schemeFacts(scheme as Json)])
  const isDull = schemes.length === 0 || cases.every(({ expected }) => expected === 'public')
  return isDull ? null : JSON.stringify({ from: path, schemes: Object.fromEntries(schemes), cases })
}

it('the sample of security sections is what the descriptions say', async () => {
  const taken = new Map<string, number>()
  const lines: string[] = []
  for (const path of corpusFiles()) {
    const publisher = path.split('/')[0] ?? ''
    if ((taken.get(publisher) ?? 0) >= MAX_PER_PUBLISHER || path.startsWith('microsoft.com/graph')) continue
    const facts = factsOf(path)
    if (facts === null) continue
    taken.set(publisher, (taken.get(publisher) ?? 0) + 1)
    lines.push(facts)
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(SAMPLE)
}, 600_000)
