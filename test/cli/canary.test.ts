import { describe, expect, test } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { leaksIn } from './canary.ts'
import { memoryIo } from './memory-io.ts'

// Usable in a header and in a query, and changed by every encoding.
const SECRET = 'Zq7%Wv+9/Kx2"Jp5&Rt8=Ym3'

const REQUIREMENTS = {
  header: { headerApiKey: { name: 'X-Key' } },
  query: { queryApiKey: { name: 'key' } },
  bearer: { httpAuth: { scheme: 'Bearer' } },
}

function definition(requirement: object): object {
  return {
    modelToolName: 'tool',
    http: { baseUrlPattern: 'https://api.example.com/v1', httpMethod: 'GET' },
    requirements: { httpSecurityOptions: { options: [{ requirements: { k: requirement } }] } },
  }
}

const SAFE = 'Zq7Wv9Kx2Jp5Rt8Ym3Lb6Nc4'

describe('T50: other kinds and structured tokens', () => {
  const base64 = Buffer.from(`user:${SAFE}`).toString('base64')

  test.each([
    ['a cookie', { cookieApiKey: { name: 'session' } }, SAFE, 'Cookie: session=[secret]'],
    ['a header with a prefix', { headerApiKey: { name: 'X-Key', prefix: 'Token ' } }, SAFE, 'X-Key: Token [secret]'],
    ['user and password', { httpAuth: { scheme: 'Basic' } }, { username: 'user', password: SAFE }, ': Basic [secret]'],
    ['Basic as a text', { httpAuth: { scheme: 'Basic' } }, base64, 'Authorization: Basic [secret]'],
    ['a signing secret', { hmacSignature: { headers: { 'X-Sign': '{signature}' } } }, SAFE, 'header X-Sign'],
    ['signing secrets', { hmacSignature: { headers: { 'X-Sign': '{signature}' } } }, { secrets: [SAFE] }, 'X-Sign'],
  ])('%s shows in no form', async (_, requirement, token, expected) => {
    const files = {
      'call.json': callWith(requirement, token),
      'tool.json': JSON.stringify(definition(requirement)),
      't.json': JSON.stringify({ k: token }),
    }
    for (const command of ['resolve call.json', 'resolve tool.json --tokens t.json']) {
      const shown = await showAll(command, files)
      expect(leaksIn(shown, SAFE)).toEqual([])
      expect(shown.includes(base64)).toBe(false)
      expect(shown).toContain(expected)
    }
  })
})

function callWith(requirement: object, token: unknown): string {
  const temporaryTool = definition(requirement)
  return JSON.stringify({ selectedTools: [{ temporaryTool, authTokens: { k: token } }] }, null, 2)
}

/** Runs a command in every format, and collects what shows. */
async function showAll(command: string, files: Record<string, string>, stdin = ''): Promise<string> {
  const shown: string[] = []
  for (const format of ['', ' --json']) {
    const argv = `${command}${format}`.split(' ')
    for (const tty of [false, true]) {
      const world = {
        argv,
        files: new Map(Object.entries(files)),
        env: { KEY: SECRET, BAD: `${SECRET}\n` },
        stdin,
        tty,
      }
      const { stdout, stderr } = await run(memoryIo(world))
      shown.push(stdout, stderr)
    }
  }
  return shown.join('\n')
}

describe.each(Object.entries(REQUIREMENTS))('T50 T51 T55: a token for the kind of %s', (_, requirement) => {
  const tool = JSON.stringify(definition(requirement))
  const call = callWith(requirement, SECRET)

  test.each([
    ['in the call', 'resolve call.json', { 'call.json': call }],
    [
      'in --tokens',
      'resolve tool.json --tokens t.json',
      { 'tool.json': tool, 't.json': JSON.stringify({ k: SECRET }) },
    ],
    ['in a variable', 'resolve tool.json --token k=env:KEY', { 'tool.json': tool }],
    ['in a file', 'resolve tool.json --token k=file:key', { 'tool.json': tool, key: `${SECRET}\n` }],
    ['with a control character', 'resolve tool.json --token k=env:BAD', { 'tool.json': tool }],
    ['that is too long', 'resolve call.json', { 'call.json': callWith(requirement, SECRET.repeat(1000)) }],
    ['in a list', 'resolve call.json', { 'call.json': callWith(requirement, [SECRET]) }],
    ['in a structure', 'resolve call.json', { 'call.json': callWith(requirement, { secret: SECRET }) }],
    ['under another name', 'resolve tool.json --token kk=env:KEY', { 'tool.json': tool }],
    ['for another origin', 'resolve call.json --request https://evil.test/v1', { 'call.json': call }],
    ['in YAML', 'resolve call.yaml', { 'call.yaml': call }],
    ['while validating', 'validate call.json', { 'call.json': call }],
    ['while explaining', 'explain call.json --have k', { 'call.json': call }],
    ['while reviewing', 'explain call.json --fail-on anonymous', { 'call.json': call }],
    ['for a call without its templates', 'resolve call.json', { 'call.json': callWith(requirement, `{{${SECRET}}}`) }],
    ['with an open template', 'resolve call.json', { 'call.json': callWith(requirement, `${SECRET}{{`) }],
  ])('%s shows in no form', async (_, command, files) => {
    expect(leaksIn(await showAll(command, files as Record<string, string>), SECRET)).toEqual([])
  })

  test('in the request already shows in no form', async () => {
    const url = `https://api.example.com/v1?key=${encodeURIComponent(SECRET)}&other=${encodeURIComponent(SECRET)}`
    expect(leaksIn(await showAll(`resolve call.json --request ${url}`, { 'call.json': call }), SECRET)).toEqual([])
  })

  test('shows once it is asked for', async () => {
    const shown = await showAll('resolve tool.json --reveal --token k=env:KEY', { 'tool.json': tool })
    expect(leaksIn(shown, SECRET)).not.toEqual([])
  })
})

describe('T50: a text that does not parse', () => {
  const call = callWith(REQUIREMENTS.header, SECRET)
  const tokens = JSON.stringify({ k: SECRET, l: SECRET })

  test('shows nothing of its tokens wherever it breaks off', async () => {
    for (let end = 0; end < call.length; end += 3) {
      const shown = await showAll('resolve call.json', { 'call.json': call.slice(0, end) })
      expect(leaksIn(shown, SECRET)).toEqual([])
    }
  })

  test('shows nothing of its tokens whatever character is put in or left out', async () => {
    for (let at = 0; at < call.length; at += 2) {
      for (const text of [call.slice(0, at) + call.slice(at + 1), `${call.slice(0, at)}"${call.slice(at)}`]) {
        const shown = await showAll('validate call.json', { 'call.json': text })
        expect(leaksIn(shown, SECRET)).toEqual([])
      }
    }
  })

  test('shows nothing of a file of tokens, nor of standard input', async () => {
    const tool = JSON.stringify(definition(REQUIREMENTS.header))
    for (let at = 0; at < tokens.length; at += 1) {
      const text = tokens.slice(0, at) + tokens.slice(at + 1)
      const files = { 'tool.json': tool, 't.json': text, 't.yaml': text }
      expect(leaksIn(await showAll('resolve tool.json --tokens t.json', files), SECRET)).toEqual([])
      expect(leaksIn(await showAll('resolve tool.json --tokens t.yaml', files), SECRET)).toEqual([])
      expect(leaksIn(await showAll('resolve tool.json --tokens -', files, text), SECRET)).toEqual([])
    }
  })
})

describe('T50: code frames', () => {
  test.each([
    ['a misspelt authTokens', { selectedTools: [{ temporaryTool: {}, authTokes: { k: SECRET } }] }],
    ['authTokens beside the list', { selectedTools: [], authTokens: { k: SECRET } }],
    ['authTokens in a definition', { modelToolName: 'a b', authTokens: { k: SECRET } }],
    ['a token in a requirement', definition({ headerApiKey: { name: 'X-Key', value: SECRET } })],
    ['a token in place of a requirement', definition(SECRET as unknown as object)],
    ['a token behind a scheme', definition({ httpAuth: { scheme: `Bearer ${SECRET}` } })],
    ['a token in a static parameter', staticParameter(SECRET)],
    ['a token deep in a static parameter', staticParameter({ name: SECRET })],
    ['a token in the context', { selectedTools: [{}], templateContext: { a: { name: SECRET } } }],
    ['a token in an extension', { 'x-token': SECRET, modelToolName: 'a b' }],
    ['a token in an override', { selectedTools: [{ toolNam: 'a', parameterOverrides: { key: SECRET } }] }],
    [
      'an override that no parameter takes',
      { selectedTools: [{ temporaryTool: {}, parameterOverrides: { key: SECRET } }] },
    ],
    ['overrides that are no object', { selectedTools: [{ temporaryTool: {}, parameterOverrides: [SECRET] }] }],
    ['tokens that are no object', { selectedTools: [{ temporaryTool: {}, authTokens: [SECRET] }] }],
    ['a text in place of tokens', { selectedTools: [{ temporaryTool: {}, authTokens: SECRET }] }],
    ['a bare token', SECRET],
  ])('mask %s', async (_, value) => {
    for (const text of [JSON.stringify(value, null, 2), JSON.stringify(value)]) {
      for (const file of ['call.json', 'call.yaml']) {
        for (const command of ['validate', 'resolve', 'explain']) {
          expect(leaksIn(await showAll(`${command} ${file}`, { [file]: text }), SECRET)).toEqual([])
        }
      }
    }
  })

  function staticParameter(value: unknown): object {
    return { modelToolName: 'a b', staticParameters: [{ name: 'n', location: 'PARAMETER_LOCATION_BODY', value }] }
  }
})

describe('T50: the command line', () => {
  const tool = JSON.stringify(definition(REQUIREMENTS.header))

  test.each([
    `--token ${SECRET}`,
    `--token k=${SECRET}`,
    `--token k=ENV:${SECRET}`,
    `--token k=env:${SECRET}`,
    `--token k=file:${SECRET}`,
    `--request ${SECRET}`,
    `--method ${SECRET}`,
    `--format ${SECRET}`,
    `--anonymous ${SECRET}`,
    `--allow-insecure-origin ${SECRET}`,
    `--reveal=${SECRET}`,
    `--tokn=${SECRET}`,
    SECRET,
  ])('echoes no value: %s', async (option) => {
    expect(leaksIn(await showAll(`resolve tool.json ${option}`, { 'tool.json': tool }), SECRET)).toEqual([])
  })

  test.each<[string, (token: string) => unknown]>([
    ['a control character', (token) => withTokens({ k: `${token}\n` })],
    ['an open template', (token) => withTokens({ k: `${token}{{` })],
    ['no text', (token) => withTokens({ k: [token] })],
    ['no tokens', (token) => withTokens([token])],
    ['one token too few', (token) => withTokens({ l: token })],
    ['a misspelt field', (token) => ({ selectedTools: [{ temporaryTool: TOOL, authToken: { k: token } }] })],
    ['a misplaced field', (token) => ({ selectedTools: [], authTokens: { k: token } })],
    ['no tool', (token) => ({ selectedTools: [{ authTokens: { k: token } }] })],
    [
      'a name that is taken',
      (token) => ({ selectedTools: [1, 2].map(() => ({ temporaryTool: TOOL, authTokens: { k: token } })) }),
    ],
    ['overrides that are none', (token) => ({ selectedTools: [{ temporaryTool: TOOL, parameterOverrides: token }] })],
    [
      'an override too many',
      (token) => ({ selectedTools: [{ temporaryTool: TOOL, parameterOverrides: { x: token } }] }),
    ],
    ['a list of tools that is none', (token) => ({ selectedTools: token })],
    ['a tool that is none', (token) => ({ selectedTools: [token] })],
    [
      'a secret in a definition',
      (token) => ({ staticParameters: [{ name: 'apiKey', location: 'PARAMETER_LOCATION_BODY', value: token }] }),
    ],
    ['a token behind a scheme', (token) => definition({ httpAuth: { scheme: `Bearer ${token}` } })],
  ])('P23: two tokens with the same defect give the same report: %s', async (_, callOf) => {
    // Only what is written behind a token on its own line would move.
    const shown = (token: string) => {
      const text = JSON.stringify(callOf(token), null, 2)
      const files = { 'call.json': text, 'call.yaml': text }
      const commands = ['resolve', 'validate', 'explain'].flatMap((name) => [`${name} call.json`, `${name} call.yaml`])
      return Promise.all(commands.map((command) => showAll(command, files)))
    }
    expect(await shown(SECRET)).toEqual(await shown('x7%'))
  })

  const TOOL = definition(REQUIREMENTS.header)

  function withTokens(authTokens: unknown): unknown {
    return { selectedTools: [{ temporaryTool: TOOL, authTokens }] }
  }
})
