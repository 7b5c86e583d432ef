import { type ClientAuth, ClientSecretBasic, ClientSecretPost, modifyAssertion, PrivateKeyJwt } from 'oauth4webapi'
import type { ClientAuthentication } from '../types.ts'
import type { CheckedRequest } from './checked-request.ts'
import { importSigningKey } from './private-key.ts'

/** Seconds that a client assertion is valid. */
const ASSERTION_SECONDS = 60

/** How a client proves itself, method by method (RFC 6749 section 2.3, RFC 7523 section 2.2). */
const METHODS: {
  readonly [method in ClientAuthentication]: (
    request: CheckedRequest,
    nowMs: number,
  ) => ClientAuth | Promise<ClientAuth>
} = {
  client_secret_post: ({ proof }) => ClientSecretPost(proof),
  client_secret_basic: ({ proof }) => ClientSecretBasic(proof),
  client_secret_basic_raw:
    ({ clientId, proof }) =>
    (_server, _client, _body, headers) => {
      headers.set('authorization', `Basic ${btoa(`${clientId}:${proof}`)}`)
    },
  private_key_jwt: signedAssertion,
}

async function signedAssertion({ proof, audience, tokenUrl }: CheckedRequest, nowMs: number): Promise<ClientAuth> {
  const { key, algorithm, keyId } = await importSigningKey(proof)
  const issuedAt = Math.floor(nowMs / 1000)
  return PrivateKeyJwt(keyId === undefined ? key : { key, kid: keyId }, {
    [modifyAssertion]: (header, payload) => {
      header['alg'] = algorithm
      Object.assign(payload, {
        aud: audience ?? tokenUrl,
        iat: issuedAt,
        nbf: issuedAt,
        exp: issuedAt + ASSERTION_SECONDS,
      })
    },
  })
}

/**
 * Makes what proves the client to the token endpoint.
 * @throws A {@link SecurityError} with code `ERR_TOKEN_CLIENT` for a private key that cannot sign.
 * @internal
 */
export async function authenticateClient(request: CheckedRequest, nowMs: number): Promise<ClientAuth> {
  return METHODS[request.clientAuthentication](request, nowMs)
}
