import { type HmacForm, type SignOptions, signRequest } from '../../src/hmac/index.ts'

/** 2023-11-14T22:13:20Z. */
export const NOW = 1_700_000_000_000

/** A message on its way, with its headers as they were written. */
export interface Message {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
}

export const OPTIONS: Required<SignOptions> = { now: NOW, id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W', keyId: 'key-1' }

/** The value of a header as `node:http` gives it: several are joined. */
export function headerOf({ headers }: Message, name: string): string | undefined {
  const entry = Object.entries(headers).find(([each]) => each.toLowerCase() === name.toLowerCase())
  return entry === undefined ? undefined : [entry[1]].flat().join(', ')
}

/** The headers as `node:http` gives them. */
export function headersOf(message: Message): Record<string, string> {
  return Object.fromEntries(
    Object.keys(message.headers).map((name) => [name.toLowerCase(), headerOf(message, name) ?? '']),
  )
}

export async function signMessage(
  form: HmacForm,
  secrets: readonly string[],
  message: Message,
  options: SignOptions = {},
): Promise<Message> {
  const { headers, url } = await signRequest(form, secrets, message, { ...OPTIONS, ...options })
  return { ...message, url, headers: { ...message.headers, ...headers } }
}

/** Another secret of the same shape. */
export function otherThan(secret: string): string {
  return secret.slice(0, 8) + [...secret.slice(8, 14)].reverse().join('') + secret.slice(14)
}
