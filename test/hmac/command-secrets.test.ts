import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { signaturePresets, signRequest } from '../../src/hmac/index.ts'
import { leaksIn } from '../cli/canary.ts'
import { memoryIo } from '../cli/memory-io.ts'
import { checkAsync } from './check-async.ts'

// Changed by every encoding.
const SECRET = 'Zq7%Wv+9/Kx2"Jp5&Rt8=Ym3'
const KEY = Buffer.from(SECRET).toString('base64')
const URL_FORM = '{ "payload": "{url} {header:X-Note} {body}", "headers": { "X-Signature": "{signature}" } }'

interface World {
  readonly argv: readonly string[]
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a command in every format, and collects what shows. */
async function showAll({ argv, files = {}, env = { SECRET } }: World): Promise<string> {
  const shown: string[] = []
  for (const format of [[], ['--json']]) {
    for (const tty of [false, true]) {
      const io = memoryIo({ argv: [...argv, ...format], files: new Map(Object.entries(files)), env, tty })
      const { stdout, stderr } = await run(io)
      shown.push(stdout, stderr)
    }
  }
  return shown.join('\n')
}

const SPELLINGS: readonly (readonly [string, string])[] = [
  ['as it is', SECRET],
  ['percent-encoded', encodeURIComponent(SECRET)],
  ['as a form', new URLSearchParams([['k', SECRET]]).toString()],
  ['in JSON', JSON.stringify({ k: SECRET })],
  ['in base64', KEY],
  ['in hex', Buffer.from(SECRET).toString('hex')],
  ['in base64, as a password', Buffer.from(`u:${SECRET}`).toString('base64')],
  ['in base64url, behind one more byte', Buffer.from(`us:${SECRET}:`).toString('base64url')],
  ['in hex of upper case', Buffer.from(SECRET).toString('hex').toUpperCase()],
  ['percent-encoded in lower case', encodeURIComponent(SECRET).replace(/%../g, (byte) => byte.toLowerCase())],
  ['percent-encoded twice', encodeURIComponent(encodeURIComponent(SECRET))],
]

describe('T50: the secret shows in no form', () => {
  const message = ['--body', 'body', '--header', 'X-Note: a', '--request', 'https://api.example.com/']
  const at = ['--now', '2023-11-14T22:13:20Z']

  it.each([
    ['in a variable', ['--secret', 'env:SECRET']],
    ['in a file', ['--secret', 'file:secret']],
    ['as an argument', ['--secret', SECRET]],
    ['as a source', ['--secret', `env:${SECRET}`]],
    ['as a path', ['--secret', `file:${SECRET}`]],
    ['as a preset', ['--secret', 'env:SECRET', '--preset', SECRET]],
    ['as a requirement', ['--secret', 'env:SECRET', '--requirement', SECRET]],
    ['as a time', ['--secret', 'env:SECRET', '--now', SECRET]],
    ['as a header', ['--secret', 'env:SECRET', '--header', SECRET]],
    ['as a URL', ['--secret', 'env:SECRET', '--request', SECRET]],
    ['as a method', ['--secret', 'env:SECRET', '--method', SECRET]],
    ['as an id', ['--secret', 'env:SECRET', '--id', SECRET]],
    ['as a tolerance', ['--secret', 'env:SECRET', '--tolerance', SECRET]],
  ])('%s', async (_, options) => {
    const files = { 'form.json': URL_FORM, secret: `${SECRET}\n`, body: 'x' }
    for (const command of ['sign', 'verify']) {
      const shown = await showAll({ argv: [command, 'form.json', ...message, ...at, ...options], files })
      expect(leaksIn(shown, SECRET)).toEqual([])
    }
  })

  it.each(SPELLINGS)('%s in the body, in a header and in the URL', async (_, spelling) => {
    const files = { 'form.json': URL_FORM, body: `a ${spelling} b` }
    const url = `https://api.example.com/?k=${encodeURIComponent(spelling)}`
    const options = ['--body', 'body', '--header', `X-Note: ${spelling}`, '--request', url, '--secret', 'env:SECRET']
    for (const command of ['sign', 'verify']) {
      const shown = await showAll({ argv: [command, 'form.json', ...options, ...at], files })
      expect(shown).toContain('[secret]')
      expect(leaksIn(shown, SECRET)).toEqual([])
    }
  })

  it.each([
    ['hex', Buffer.from(SECRET).toString('hex')],
    ['base64', KEY],
    ['with a prefix', `whsec_${KEY}`],
  ])('as a key in %s, nor its bytes', async (_, text) => {
    const form = {
      headers: { 'X-Signature': '{signature}' },
      key: text.startsWith('whsec_') ? 'base64' : 'utf8',
      keyPrefix: 'whsec_',
    }
    const files = { 'form.json': JSON.stringify(form), body: `a ${text} ${SECRET} b` }
    for (const [command = '', ...options] of [['sign'], ['verify', '--header', `X-Signature: ${'0'.repeat(64)}`]]) {
      const argv = [command, 'form.json', '--body', 'body', '--secret', 'env:SECRET', ...options]
      const shown = await showAll({ argv, files, env: { SECRET: text } })
      expect(leaksIn(shown, text)).toEqual([])
      expect(leaksIn(shown, SECRET)).toEqual([])
    }
  })

  it('however short it is', async () => {
    for (const text of ['Zq7%W', 'Ý', 'é€']) {
      const argv = ['sign', '--preset', 'tavus', '--secret', 'env:SECRET', '--body', 'body', ...at]
      const shown = await showAll({ argv, files: { body: `a ${text} b` }, env: { SECRET: text } })
      expect(shown).toContain('a [secret] b')
      expect(shown).not.toContain(text)
    }
  })

  it('in the message that a diagnosis speaks of', async () => {
    const { form } = signaturePresets.square
    const sent = { method: 'POST', url: `https://a.example/?k=${encodeURIComponent(SECRET)}`, headers: {}, body: 'x' }
    const { headers } = await signRequest(form, [SECRET], sent)
    const lines = ['POST /in HTTP/1.1', 'Host: a.example', `X-Original-URI: /?k=${encodeURIComponent(SECRET)}`]
    const head = [...lines, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\r\n')
    const argv = ['verify', '--preset', 'square', '--secret', 'env:SECRET', '--message', 'm.http']
    const shown = await showAll({ argv, files: { 'm.http': `${head}\r\n\r\nx` } })
    expect(shown).toContain('the sender called another path')
    expect(leaksIn(shown, SECRET)).toEqual([])
  })

  it('whatever it is, and wherever in the message it stands', async () => {
    const secret = fc.string({ unit: 'binary-ascii', minLength: 8, maxLength: 40 }).filter((text) => !/\s/.test(text))
    const piece = fc.uint8Array({ maxLength: 8 })
    await checkAsync(
      fc.tuple(secret, piece, piece),
      async ([text, before, after]) => {
        const body = Buffer.concat([before, Buffer.from(text), after])
        const options = ['--secret', 'env:SECRET', '--body', 'body', ...at]
        const shown = await showAll({
          argv: ['sign', '--preset', 'tavus', ...options],
          files: { body },
          env: { SECRET: text },
        })
        expect(shown.includes(text)).toBe(false)
        expect(shown).toContain('[secret]')
      },
      0.1,
    )
  })
})
