import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolveCall, sealTools, toProblemDetails } from '../../src/call/index.ts'
import type { Json, JsonObject } from '../properties/arbitraries.ts'
import { encodingsOf, printedForms } from '../properties/leaks.ts'
import { checkAsync } from './check-async.ts'
import { definitionOf, findTool, problemsOf, requirementsOf, selectedTool, toolsOf } from './samples.ts'

const CHARACTERS = [...'ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789+/%"\\<é€😀\u2028']
const usableSecret = fc.string({
  unit: fc.constantFrom(...'ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789+/='),
  minLength: 10,
  maxLength: 24,
})
const anySecret = fc.oneof(
  usableSecret,
  fc.string({ unit: fc.constantFrom(...CHARACTERS), minLength: 10, maxLength: 24 }),
  usableSecret.map((text) => `${text}\n`),
  usableSecret.map((text) => `Bearer ${text}`),
  usableSecret.map((text) => `${text}{{`),
)

/** A way to put three secrets into the positions of a payload that hold tokens. */
type Position = (one: string, two: string, three: string) => JsonObject

const three = (tokens: Json): JsonObject => selectedTool('a', { authTokens: tokens })
const template = (tokens: JsonObject, templateContext: Json): JsonObject => ({
  callTemplate: { selectedTools: [three(tokens)] },
  templateContext,
})

const structured = (name: string, authTokens: JsonObject): JsonObject => ({
  temporaryTool: definitionOf(name, {
    requirements: requirementsOf({
      requirements: {
        basic: { httpAuth: { scheme: 'Basic' } },
        cookie: { cookieApiKey: { name: 'session' } },
        signer: { hmacSignature: { headers: { 'X-Signature': '[{signature}]' }, separator: ',' } },
      },
    }),
  }),
  authTokens,
})

const oauth = (name: string, authTokens: JsonObject): JsonObject => ({
  temporaryTool: definitionOf(name, {
    requirements: requirementsOf({
      requirements: { client: { oauth2ClientCredentials: { tokenUrl: 'https://auth.example.com/token' } } },
    }),
  }),
  authTokens,
})

const POSITIONS: Readonly<Record<string, Position>> = {
  'the tokens of both options, used and not chosen': (one, two, three_) => ({
    selectedTools: [three({ myServiceApiKey: one, user_id: two, auth_token: three_ })],
  }),
  'the tokens of one option': (one, two) => ({ selectedTools: [three({ user_id: one, auth_token: two })] }),
  'half of an option': (one) => ({ selectedTools: [three({ auth_token: one })] }),
  'tokens of several tools, one of them broken': (one, two, three_) => ({
    selectedTools: [
      selectedTool('a', { authTokens: { myServiceApiKey: one } }),
      selectedTool('b', { authTokens: { user_id: two } }),
      selectedTool('c', { authTokens: { myServiceApiKey: three_ } }),
    ],
  }),
  'names that no option uses': (one, two, three_) => ({
    selectedTools: [three({ myServiceApiKey: one, unused: two, 'X-My-Key': three_ })],
  }),
  'names near those in use': (one, two) => ({ selectedTools: [three({ myServiceApikey: one, uid: two })] }),
  'snake case': (one, two) => ({
    selected_tools: [{ temporary_tool: definitionOf('a'), auth_tokens: { user_id: one, auth_token: two } }],
  }),
  'an added tool': (one, two) => ({
    selectedTools: [three({ myServiceApiKey: one })],
    toolOverrides: { add: [selectedTool('b', { authTokens: { myServiceApiKey: two } })] },
  }),
  'removed tools': (one, two, three_) => ({
    selectedTools: [
      three({ myServiceApiKey: one }),
      selectedTool('b', { authTokens: { myServiceApiKey: `{{v}}${two}` } }),
    ],
    toolOverrides: { remove: ['a', 'b'] },
    templateContext: { v: three_ },
  }),
  'all tools removed': (one, two) => ({
    selectedTools: [three({ myServiceApiKey: one }), selectedTool('b', { authTokens: { myServiceApiKey: '{{v}}' } })],
    toolOverrides: { removeAll: true },
    templateContext: { v: two },
  }),
  'an agent': (one, two) => template({ user_id: one, auth_token: two }, {}),
  'variables of the context': (one, two, three_) =>
    template({ user_id: '{{v}}', auth_token: `{{deep.er}}${three_}` }, { v: one, deep: { er: two } }),
  'a variable that holds a variable': (one) => template({ myServiceApiKey: '{{v}}' }, { v: `{{${one}}}` }),
  'a context beside a missing variable': (one, two) =>
    template({ myServiceApiKey: '{{v}}{{missing}}', user_id: two }, { v: one }),
  'variables that are no texts': (one, two) =>
    template({ myServiceApiKey: '{{v}}', user_id: '{{w}}' }, { v: { inner: one }, w: [two] }),
  'stored tools': (one, two) => ({
    selectedTools: [
      { toolName: 'stored:a', authTokens: { myServiceApiKey: one } },
      { toolId: 'missing:b', authTokens: { myServiceApiKey: two } },
    ],
  }),
  'tools that only names tell apart': (one, two) => ({
    selectedTools: [three({ myServiceApiKey: one }), three({ myServiceApiKey: two })],
  }),
  'a field at the root': (one, two, three_) => ({
    selectedTools: [three({ myServiceApiKey: one })],
    authTokens: { myServiceApiKey: two },
    callTemplate: { auth_tokens: { k: three_ } },
  }),
  'a misspelt field': (one, two) => ({
    selectedTools: [{ temporaryTool: definitionOf('a'), authToken: { myServiceApiKey: one }, tokens: [two] }],
  }),
  'both spellings': (one, two) => ({
    selectedTools: [{ temporaryTool: definitionOf('a'), authTokens: { k: one }, auth_tokens: { k: two } }],
  }),
  'the definition': (one) => ({
    selectedTools: [{ temporaryTool: { ...definitionOf('a'), authTokens: { myServiceApiKey: one } } }],
  }),
  'a text in place of the tokens': (one) => ({ selectedTools: [three(one)] }),
  'a list in place of the tokens': (one, two) => ({ selectedTools: [three([one, { k: two }])] }),
  'tokens of the wrong type': (one, two, three_) => ({
    selectedTools: [
      three({ myServiceApiKey: [one], user_id: { text: two }, auth_token: { credentialId: 5, more: three_ } }),
    ],
  }),
  'an anonymous tool': (one, two) => ({
    selectedTools: [
      {
        temporaryTool: definitionOf('a', { requirements: requirementsOf({}) }),
        authTokens: { myServiceApiKey: one, other: two },
      },
    ],
  }),
  'structured credentials': (one, two, three_) => ({
    selectedTools: [
      structured('a', {
        basic: { username: 'ada', password: one },
        signer: { secrets: [two], keyId: 'k1' },
        cookie: three_,
      }),
      structured('b', { basic: { username: one, password: two }, signer: [three_, two], cookie: '{{v}}' }),
    ],
    templateContext: { v: one },
  }),
  'structured credentials with a mistake': (one, two, three_) => ({
    selectedTools: [
      structured('a', { basic: { username: `a:${one}`, password: two }, signer: [], cookie: `${three_};` }),
      structured('b', { basic: { user: one }, signer: { secrets: two }, cookie: [three_] }),
    ],
  }),
  'credentials of an OAuth client': (one, two, three_) => ({
    selectedTools: [
      oauth('a', { client: { clientId: 'agent', clientSecret: one } }),
      oauth('b', { client: { clientId: 'agent', privateKey: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA', d: two } } }),
      oauth('c', { client: { clientId: 'agent', clientSecret: '{{v}}' } }),
    ],
    templateContext: { v: three_ },
  }),
  'credentials of an OAuth client, with a mistake': (one, two, three_) => ({
    selectedTools: [
      oauth('a', { client: { clientId: 'agent', secret: one } }),
      oauth('b', { client: { clientId: 'agent', clientSecret: [two] } }),
      oauth('c', { client: three_ }),
    ],
  }),
  'overrides beside them': (one, two) => ({
    selectedTools: [
      selectedTool('a', {
        authTokens: { myServiceApiKey: one, nope: two },
        parameterOverrides: { limit: 'three', x: 1 },
      }),
    ],
  }),
}

/** Every form in which a result may be shown by accident. */
async function everythingOf(call: JsonObject): Promise<string> {
  const result = await resolveCall(call, { findTool, tenant: 'acme', patches: true })
  const shown: unknown[] = [result]
  if (result.ok) shown.push(result.call, result.patches, [...result.tools], [...result.tools.values()])
  else shown.push(result.problems, toProblemDetails(result))
  return shown.map(printedForms).join('\n')
}

describe('no token in the call, its patches, its problem details and its inspect output, in any encoding (P21)', () => {
  it.each(Object.entries(POSITIONS))('%s (property)', async (_, position) => {
    await checkAsync(
      fc.asyncProperty(fc.tuple(anySecret, anySecret, anySecret), async (secrets) => {
        const printed = await everythingOf(position(...secrets))
        // The text of a template is no secret, nor is what our own texts say.
        const leaked = secrets.flatMap((secret) => encodingsOf(secret).filter((form) => printed.includes(form)))
        expect(leaked).toEqual([])
      }),
      0.02,
    )
  })

  it('the positions cover calls that resolve and calls that do not', async () => {
    const outcomes = await Promise.all(
      Object.values(POSITIONS).map((position) =>
        resolveCall(position('k-1234567', 'k-2345678', 'k-3456789'), { findTool }),
      ),
    )
    expect(new Set(outcomes.map(({ ok }) => ok))).toEqual(new Set([true, false]))
    expect(outcomes.filter(({ ok }) => ok).length).toBeGreaterThan(7)
  })

  it('the canary sees a secret that is there', () => {
    const secret = 'k%+/é"1234567'
    for (const form of encodingsOf(secret)) expect(printedForms({ form })).toContain(JSON.stringify(form).slice(1, -1))
    expect(encodingsOf(secret).length).toBeGreaterThanOrEqual(8)
  })
})

describe('what the platform gives', () => {
  const SECRET = 'Zq-platform-secret-0123456789'

  it('a minted token is not shown', async () => {
    const temporaryTool = definitionOf('a', {
      requirements: requirementsOf({ ultravoxCallTokenRequirement: { scopes: ['s'] } }),
    })
    const result = await resolveCall(
      { selectedTools: [{ temporaryTool }] },
      { callId: 'c', mintCallToken: () => SECRET, patches: true },
    )
    expect(toolsOf(result).get('a')?.resolution.mutations[0]?.value.reveal()).toBe(SECRET)
    const printed = printedForms([result, ...toolsOf(result)])
    expect(encodingsOf(SECRET).filter((form) => printed.includes(form))).toEqual([])
  })

  it('what its look-up and its mint throw is not shown', async () => {
    const temporaryTool = definitionOf('b', {
      requirements: requirementsOf({ ultravoxCallTokenRequirement: { scopes: ['s'] } }),
    })
    const fail = (): never => {
      throw Object.assign(new Error(SECRET), { cause: SECRET, issues: [SECRET] })
    }
    const results = [
      await resolveCall({ selectedTools: [{ toolName: 'a' }] }, { findTool: fail }),
      await resolveCall({ selectedTools: [{ temporaryTool }] }, { callId: 'c', mintCallToken: fail }),
    ]
    expect(results.map((result) => problemsOf(result).length)).toEqual([1, 1])
    const printed = printedForms(results)
    expect(encodingsOf(SECRET).filter((form) => printed.includes(form))).toEqual([])
  })
})

it('problems do not depend on the token: two tokens with one defect give one report (property, P23)', async () => {
  const pair = fc.tuple(usableSecret, usableSecret, fc.constantFrom('\n', 'é', '{{', '\u0000'))
  await checkAsync(
    fc.asyncProperty(pair, async ([one, other, defect]) => {
      const report = async (token: string) =>
        problemsOf(await resolveCall({ selectedTools: [three({ myServiceApiKey: token })] }))
      expect(await report(one + defect)).toEqual(await report(other + defect))
    }),
    0.2,
  )
})

it('a sealed text holds no token (property)', async () => {
  const key = { keyId: 'k1', key: crypto.getRandomValues(new Uint8Array(32)) }
  await checkAsync(
    fc.asyncProperty(usableSecret, async (secret) => {
      const result = await resolveCall({ selectedTools: [three({ myServiceApiKey: secret })] })
      const sealed = await sealTools(toolsOf(result), { callId: 'call-1', key })
      expect(encodingsOf(secret).filter((form) => sealed.includes(form))).toEqual([])
    }),
    0.1,
  )
})
