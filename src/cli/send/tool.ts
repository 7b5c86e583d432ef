import type { CredentialStore } from '../../credentials/types.ts'
import { SecurityError } from '../../errors.ts'
import { createTokenCache } from '../../oauth2/token-cache.ts'
import { type BuildInput, buildRequest } from '../../request/build-request.ts'
import type { Secret } from '../../secret.ts'
import type { Capabilities, SendOptions } from '../../send/capabilities.ts'
import { scrubResponse } from '../../send/scrub-response.ts'
import { send } from '../../send/send.ts'
import type { Resolution } from '../../types.ts'
import type { LoadedTool } from '../tools/loaded-tool.ts'
import { recordingFetch, type SentRequest, showRequest } from './shown-request.ts'

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

/** Sends the request of one tool. What the library refuses is an outcome. @internal */
export async function sendTool(tool: LoadedTool, resolution: Resolution, sending: Sending): Promise<Sent> {
  const sent: SentRequest[] = []
  let show = (_of: object): SentRequest | null => null
  try {
    const definition = definitionOf(tool)
    const built = buildRequest({ definition, overrides: tool.selection?.overrides ?? {} }, sending.input)
    show = (of) => (sent[0] === undefined ? null : showRequest(built, sent[0], of))
    const options = { ...sending.options, callId: CALL_ID }
    const response = await send(built, resolution, capabilitiesOf(sending, sent), options)
    return { request: show(response), answer: await showAnswer(response), error: null }
  } catch (error) {
    if (error instanceof SecurityError) return { request: show(error), answer: null, error }
    throw error
  }
}

function capabilitiesOf({ callToken, credentialStore }: Sending, sent: SentRequest[]): Capabilities {
  const cache = createTokenCache({ allowLoopbackHttp: true })
  return {
    fetch: recordingFetch(sent),
    // A token endpoint's request is not the tool's.
    tokenCache: { ...cache, getToken: (need, options) => cache.getToken(need, { ...options, fetch }) },
    ...(callToken === undefined ? {} : { mintCallToken: () => callToken }),
    ...(credentialStore === undefined ? {} : { credentialStore }),
  }
}

/** The command line is no call; its call token was minted for one. */
const CALL_ID = 'latchkey-send'

function definitionOf({ definition }: LoadedTool): NonNullable<LoadedTool['definition']> {
  if (definition === null) throw new SecurityError('ERR_DEFINITION_INVALID')
  return definition
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
