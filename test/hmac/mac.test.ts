import { Buffer } from 'node:buffer'
import { readdirSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { HmacForm } from '../../src/hmac/index.ts'
import { computeSignature, importSecrets, SIGNATURE_BYTES } from '../../src/hmac/keys.ts'
import { compileForm } from '../../src/kinds/signature-form.ts'
import { post, refusal, rejection, verify } from './messages.ts'

interface MacTest {
  readonly tcId: number
  readonly comment: string
  readonly key: string
  readonly msg: string
  readonly tag: string
  readonly result: 'valid' | 'invalid' | 'acceptable'
}

interface MacFile {
  readonly algorithm: string
  readonly numberOfTests: number
  readonly testGroups: readonly { readonly tagSize: number; readonly tests: readonly MacTest[] }[]
}

const OWN = new URL('mac/', import.meta.url)
/** A checkout of C2SP's Wycheproof, whose own vectors are run as well; see `mac/README.md`. */
const WYCHEPROOF = process.env['WYCHEPROOF']

function readFolder(folder: URL, label: string): readonly (readonly [string, MacFile])[] {
  return readdirSync(folder)
    .filter((name) => /^hmac_sha(?:1|256|384|512)_test\.json$/.test(name))
    .map((name) => [label + name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as MacFile] as const)
}

const files = [
  ...readFolder(OWN, ''),
  ...(WYCHEPROOF === undefined ? [] : readFolder(pathToFileURL(`${WYCHEPROOF}/testvectors_v1/`), 'wycheproof/')),
]

function formOf({ algorithm }: MacFile): HmacForm & { readonly algorithm: keyof typeof SIGNATURE_BYTES } {
  const name = algorithm.replace('HMAC', '').toLowerCase() as keyof typeof SIGNATURE_BYTES
  return { algorithm: name, key: 'hex', headers: { 'X-Signature': '{signature}' } }
}

it('there is a file for each algorithm', () => {
  expect(new Set(files.map(([, file]) => formOf(file).algorithm))).toEqual(new Set(Object.keys(SIGNATURE_BYTES)))
  for (const [, { numberOfTests, testGroups }] of files) {
    expect(testGroups.flatMap(({ tests }) => tests)).toHaveLength(numberOfTests)
  }
})

describe.each(files)('%s', (_, file) => {
  const form = formOf(file)
  const { form: compiled } = compileForm(form)
  const groups = file.testGroups.flatMap(({ tests, tagSize }) => tests.map((test) => ({ test, tagSize })))

  it.each(groups.map(({ test, tagSize }) => [`${test.tcId} ${test.comment}: ${test.result}`, test, tagSize] as const))(
    '%s',
    async (_title, { key, msg, tag, result }, tagSize) => {
      if (compiled === null) throw new Error('the form is usable')
      const [imported] = await importSecrets(compiled, [key], true)
      if (imported === undefined) throw new Error('the key is usable')
      const mac = await computeSignature(imported, new Uint8Array(Buffer.from(msg, 'hex')))
      // Vectors with shortened tags compare the start of the MAC.
      const start = Buffer.from(mac.subarray(0, tagSize / 8)).toString('hex')
      expect(start === tag).toBe(result === 'valid')

      const isWhole = tagSize / 8 === SIGNATURE_BYTES[form.algorithm]
      const request = post(new Uint8Array(Buffer.from(msg, 'hex')), { 'X-Signature': tag })
      const code = await refusal(verify(form, request, { allowShortSecret: true }, [key]))
      if (isWhole && result === 'valid') expect(code).toBe(null)
      else expect(code).toMatch(/^ERR_SIGNATURE_M(?:ISMATCH|ALFORMED)$/)
    },
  )

  it('a verifier takes none of these keys under 16 bytes', async () => {
    const short = groups.filter(({ test }) => test.key.length < 32)
    for (const { test } of short) {
      const request = post(new Uint8Array(Buffer.from(test.msg, 'hex')), { 'X-Signature': test.tag })
      expect(await rejection(verify(form, request, {}, [test.key]))).toBe('ERR_SIGNATURE_SECRET')
    }
  })
})
