import { describe, expect, it } from 'vitest'
import { guard } from '../../src/inbound/index.ts'
import { checkOnce, createTestKeyring, issue, requestWith, statusOf } from './fixtures.ts'

describe('whose `X-Forwarded-Proto` counts', () => {
  it.each([1, 'yes', {}, Promise.resolve(true)])('a test that answers by %s trusts nobody', async (answer) => {
    const keyring = await createTestKeyring()
    const { key } = await issue(keyring, 'a')
    const request = requestWith(`Bearer ${key.reveal()}`, { isSecure: false, forwardedProto: ['https'] })
    expect(statusOf(await checkOnce({ keyring, trustedProxies: () => answer as never }, request))).toBe(403)
  })

  it.each([
    ['10.0.0.0/8'],
    ['localhost'],
    ['proxy.example.com'],
    [''],
    ['10.0.0.1 '],
    ['10.0.0.01'],
    ['10.1'],
    ['256.0.0.1'],
    ['10.0.0.1:80'],
    ['::ffff:10.0.0.1'],
    ['2001:DB8::1'],
    ['2001:db8:0:0:0:0:0:1'],
    ['[2001:db8::1]'],
    ['2001:db8::1%eth0'],
  ])('%j would never be met, so it is no address of a proxy', async (address) => {
    const keyring = await createTestKeyring()
    expect(() => guard({ keyring, trustedProxies: ['10.0.0.1', address] })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    )
  })

  it.each([['10.0.0.1'], ['2001:db8::1'], ['::1'], ['fe80::1%eth0']])('%s is met', async (address) => {
    const keyring = await createTestKeyring()
    const { key } = await issue(keyring, 'a')
    const rest = { isSecure: false, forwardedProto: ['https'], remoteAddress: address }
    const verdict = await checkOnce({ keyring, trustedProxies: [address] }, requestWith(`Bearer ${key.reveal()}`, rest))
    expect(statusOf(verdict)).toBe(200)
  })
})
