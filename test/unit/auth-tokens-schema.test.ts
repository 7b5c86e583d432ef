import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { type AuthTokens, resolve } from '../../src/index.ts'
import { auth, header, option, tool } from '../threats/tools.ts'

const readSchema = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../spec/schema/${name}.schema.json`, import.meta.url), 'utf8'))

const ajv = new Ajv({ strict: false, schemas: ['tool-definition', 'auth-tokens', 'selected-tools'].map(readSchema) })
const validate = ajv.getSchema('auth-tokens.schema.json')

const oauth = (clientAuthentication: string): object => ({
  oauth2ClientCredentials: { tokenUrl: 'https://auth.example.com/token', clientAuthentication },
})

/** One requirement for each structure that some kind takes. */
const REQUIREMENTS = [
  header('X-Key'),
  auth('Basic'),
  oauth('client_secret_post'),
  oauth('private_key_jwt'),
  { hmacSignature: { headers: { 'X-Signature': '[{signature}]' }, separator: ',' } },
]

/** Whether some kind takes the token. */
function isTaken(token: unknown): boolean {
  return REQUIREMENTS.some((requirement) => {
    const definition = tool([option({ k: requirement })])
    return resolve(definition, { k: token } as AuthTokens, { tenant: 't' }).ok
  })
}

const JWK = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }

// Control characters apart: a secret of `hmacSignature` may hold them, and the schema, which does not know the kind, may not.
describe('auth-tokens.schema.json takes what some kind takes', () => {
  it.each<unknown>([
    'token',
    '{{token}}',
    { credentialId: 'c' },
    { username: 'u', password: '' },
    { username: '', password: 'p:q' },
    { clientId: 'id', clientSecret: 'secret' },
    { clientId: 'id', privateKey: JWK },
    { clientId: 'id', privateKey: JSON.stringify(JWK) },
    { secrets: ['secret'] },
    { secrets: ['one', 'two'], keyId: 'k1' },
    ['one', 'two'],
    '',
    5,
    null,
    true,
    {},
    [],
    [''],
    new Array(17).fill('x'),
    [['one']],
    { credentialId: '' },
    { credentialId: 5 },
    { credentialId: 'c', more: 1 },
    { username: 'u' },
    { username: 'a:b', password: 'p' },
    { username: 'u', password: 'p\n' },
    { username: 'u', password: 'p', realm: 'r' },
    { clientId: 'id' },
    { clientId: '', clientSecret: 'secret' },
    { clientId: 'id', clientSecret: 'é' },
    { clientId: 'id', clientSecret: 'secret', privateKey: JWK },
    { clientId: 'id', clientSecret: 'secret', scope: 's' },
    { clientId: 'id', privateKey: { kty: 'oct', k: 'k' } },
    { clientId: 'id', privateKey: { kty: 'EC' } },
    { clientId: 'id', privateKey: 5 },
    { secrets: 'secret' },
    { secrets: [] },
    { secrets: ['secret'], keyId: 'a b' },
    { secrets: ['secret'], more: 1 },
  ])('%j', (token) => {
    expect(validate?.({ k: token })).toBe(isTaken(token))
    expect(
      ajv.validate('selected-tools.schema.json', { selectedTools: [{ toolName: 't', authTokens: { k: token } }] }),
    ).toBe(isTaken(token))
  })
})
