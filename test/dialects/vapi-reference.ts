import { createHmac } from 'node:crypto'

/** Vapi's HMAC plan, as the types of its published SDK describe it. */
export interface HmacPlan {
  readonly type: 'hmac'
  readonly secretKey: string
  readonly algorithm: 'sha256' | 'sha512' | 'sha1'
  readonly signatureHeader?: string
  readonly timestampHeader?: string
  readonly signaturePrefix?: string
  readonly includeTimestamp?: boolean
  readonly payloadFormat?: string
  readonly messageIdHeader?: string
  readonly signatureEncoding?: 'hex' | 'base64'
  readonly secretIsBase64?: boolean
}

interface Message {
  readonly method: string
  readonly url: string
  readonly body: string
  readonly timestamp: string
  readonly id: string
}

/**
 * The headers that a plan adds, computed from the description of its fields alone: for plans whose `includeTimestamp` is
 * not false, or whose payload has no timestamp.
 */
export function headersOfPlan(plan: HmacPlan, message: Message): Record<string, string> {
  const values: Record<string, string> = {
    body: message.body,
    timestamp: message.timestamp,
    method: message.method,
    url: message.url,
    'svix-id': message.id,
  }
  const format = plan.payloadFormat ?? '{timestamp}.{body}'
  const payload = format.replace(/\{(body|timestamp|method|url|svix-id)\}/g, (_, name: string) => values[name] ?? '')
  const secret = Buffer.from(plan.secretKey, plan.secretIsBase64 === true ? 'base64' : 'utf8')
  const signature = createHmac(plan.algorithm, secret)
    .update(payload)
    .digest(plan.signatureEncoding ?? 'hex')
  return {
    ...(plan.includeTimestamp === false ? {} : { [plan.timestampHeader ?? 'x-timestamp']: message.timestamp }),
    ...(plan.messageIdHeader === undefined ? {} : { [plan.messageIdHeader]: message.id }),
    [plan.signatureHeader ?? 'x-signature']: `${plan.signaturePrefix ?? ''}${signature}`,
  }
}
