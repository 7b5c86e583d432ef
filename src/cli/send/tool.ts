import type { CredentialStore } from '../../credentials/types.ts'
import { SecurityError } from '../../errors.ts'
import { createTokenCache } from '../../oauth2/token-cache.ts'
import { type BuildInput, buildRequest } from '../../request/build-request.ts'
import type { Secret } from '../../secret.ts'
import type { Capabilities, SendOptions } from '../../send/capabilities.ts'
import { prepare } from '../../send/prepare.ts'
import { scrubResponse } from '../../send/scrub-response.ts'
import { send } from '../../send/send.ts'
import type { HttpRequest, Resolution } from '../../types.ts'
import type { LoadedTool } from '../tools/loaded-tool.ts'

/** A request as it may be printed. @internal */
export interface SentRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** An answer as it may be printed. @internal */
export interface Answer {
  readonly status: number
  readonly statusText: string
  readonly contentType: string | null
  /** Bytes of the body as they came. */
  readonly bytes: number
  /** The body without credentials. */
  readonly body: string
}

/** What came of sending; nothing in it holds a credential. @internal */
export interface Sent {
  readonly request: SentRequest | null
  readonly answer: Answer | null
  readonly error: SecurityError | null
}

/** With what a tool's request is sent. @internal */
export interface Sending {
  readonly input: BuildInput
  readonly options: SendOptions
  readonly callToken: Secret | undefined
  readonly credentialStore: CredentialStore | undefined
}

/** Prepares and sends the request of one tool. What the library refuses is an outcome. @internal */
export async function sendTool(tool: LoadedTool, resolution: Resolution, sending: Sending): Promise<Sent> {
  const { callToken, credentialStore } = sending
  const now = Date.now()
  const id = crypto.randomUUID()
  const capabilities: Capabilities = {
    fetch,
    // What is shown is what is sent, the signature included.
    clock: () => now,
    newId: () => id,
    tokenCache: createTokenCache({ allowLoopbackHttp: true }),
    ...(callToken === undefined ? {} : { mintCallToken: () => callToken }),
    ...(credentialStore === undefined ? {} : { credentialStore }),
  }
  let request: SentRequest | null = null
  try {
    const built = buildRequest(
      { definition: definitionOf(tool), overrides: tool.selection?.overrides ?? {} },
      sending.input,
    )
    const prepared = await prepare(built, resolution, capabilities, { callId: CALL_ID })
    request = showRequest(built, prepared)
    const response = await send(built, resolution, capabilities, { ...sending.options, callId: CALL_ID })
    return { request, answer: await showAnswer(response), error: null }
  } catch (error) {
    if (error instanceof SecurityError) return { request, answer: null, error }
    throw error
  }
}

/** The command line is no call; its call token was minted for one. */
const CALL_ID = 'latchkey-send'

function definitionOf({ definition }: LoadedTool): NonNullable<LoadedTool['definition']> {
  if (definition === null) throw new SecurityError('ERR_DEFINITION_INVALID')
  return definition
}

/** What the credentials added is masked whole, but for an auth-scheme; what stood there before keeps its text. */
function showRequest(built: HttpRequest, prepared: HttpRequest): SentRequest {
  const shown = Object.entries(prepared.headers).map(([name, value]) => {
    const isOwn = Object.hasOwn(built.headers, name) && built.headers[name] === value
    return [name, isOwn ? scrubResponse(value, prepared) : maskCredential(name, value)]
  })
  const { method, url } = prepared
  return { method, url: scrubResponse(url, prepared), headers: Object.fromEntries(shown) }
}

function maskCredential(name: string, value: string): string {
  if (/^cookie$/i.test(name)) return value.replace(/=[^;]*/g, '=[secret]')
  const [, scheme] = /^authorization$/i.test(name) ? (/^(\S+) /.exec(value) ?? []) : []
  return scheme === undefined ? '[secret]' : `${scheme} [secret]`
}

async function showAnswer(response: Response): Promise<Answer> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  const body = scrubResponse(new TextDecoder().decode(bytes), response)
  const { status, statusText } = response
  const contentType = response.headers.get('content-type')
  return {
    status,
    statusText: scrubResponse(statusText, response),
    contentType: contentType === null ? null : scrubResponse(contentType, response),
    bytes: bytes.length,
    body,
  }
}
