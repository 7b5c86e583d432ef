/**
 * The receiving side: who sent a request, and tenants' API keys.
 *
 * Works on Web-standard requests; the adapters for Node need nothing of Node themselves.
 *
 * @module inbound
 */
export { createMemoryStore, type MemoryStoreOptions } from '../stores/memory.ts'
export type { Store, StoreChange, StoreEntry, Taken, TakeOptions } from '../stores/store.ts'
export type { Authentication, AuthenticationRefusal } from './authentication.ts'
export { type Authenticator, createAuthenticator } from './authenticator.ts'
export type { AuthenticatorOptions, Caller } from './authenticator-options.ts'
export { type Guard, type GuardVerdict, guard } from './guard.ts'
export type { GuardedRequest, GuardOptions } from './guard-options.ts'
export type { CreatedKey, NewKey } from './key-issuing.ts'
export type { KeyInfo, ListOptions } from './key-listing.ts'
export type { KeyEvent } from './key-records.ts'
export type { Admission, KeyPrincipal } from './key-verifying.ts'
export { createKeyring, type Keyring, type KeyringOptions } from './keyring.ts'
export {
  type FastifyReply,
  guardFastify,
  guardNode,
  type NodeRequest,
  type NodeResponse,
  type NodeSocket,
  principalOf,
} from './node.ts'
export { type NodeBody, type NodeMessageOptions, readNodeMessage } from './node-message.ts'
export type { AskedToken } from './provers.ts'
export type { ReceivedMessage } from './read-message.ts'
export type { RefusalStyle, RenderedRefusal } from './refusal.ts'
export type { TenantSettings } from './tenant-settings.ts'
export { type Connection, guardFetch, toResponse } from './web.ts'
