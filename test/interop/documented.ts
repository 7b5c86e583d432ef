import { createHmac, timingSafeEqual } from 'node:crypto'
import { headerOf, type Message } from './message.ts'

/** Whether a message is accepted by its receiver. */
export type Accepts = (message: Message, secret: string) => boolean | Promise<boolean>

function isEqual(given: string | undefined, payload: string, secret: string): boolean {
  const expected = Buffer.from(createHmac('sha256', secret).update(payload).digest('hex'))
  const actual = Buffer.from(given ?? '')
  return actual.length === expected.length && timingSafeEqual(actual, expected)
}

function isRecent(timeMs: number, toleranceSeconds: number): boolean {
  return Math.abs(Date.now() - timeMs) <= toleranceSeconds * 1000
}

/** What the documents of senders without a package of this kind tell receivers to do. */
export const documented = {
  tavus: (message, secret) => isEqual(headerOf(message, 'x-tavus-signature'), message.body, secret),
  vapi: (message, secret) => {
    const time = headerOf(message, 'x-timestamp') ?? ''
    const given = headerOf(message, 'x-signature')
    return isRecent(Number(time) * 1000, 300) && isEqual(given, `${time}.${message.body}`, secret)
  },
  ultravox: (message, secret) => {
    const time = headerOf(message, 'x-ultravox-webhook-timestamp') ?? ''
    const given = (headerOf(message, 'x-ultravox-webhook-signature') ?? '').split(',')
    return isRecent(Date.parse(time), 60) && given.some((each) => isEqual(each, message.body + time, secret))
  },
  zoom: (message, secret) => {
    const time = headerOf(message, 'x-zm-request-timestamp') ?? ''
    const [version, given] = (headerOf(message, 'x-zm-signature') ?? '').split('=')
    return version === 'v0' && isEqual(given, `v0:${time}:${message.body}`, secret)
  },
} satisfies Record<string, Accepts>
