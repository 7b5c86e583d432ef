/**
 * Stored credentials: kept once, sealed, and referred to by `{ credentialId }`.
 *
 * @module credentials
 */
export type { SealingKey } from '../envelope.ts'
export { createMemoryStore, type MemoryStoreOptions } from '../stores/memory.ts'
export type { Store, StoreChange, StoreEntry, Taken, TakeOptions } from '../stores/store.ts'
export { createCredentialStore } from './credential-store.ts'
export type {
  CreateCredential,
  CredentialRequest,
  DeleteCredential,
  RecordCredentialUse,
  RemoveCredentialUse,
  RotateCredential,
  UpdateCredential,
} from './request-types.ts'
export type {
  CredentialAddress,
  CredentialReadOptions,
  CredentialResource,
  CredentialScope,
  CredentialStore,
  CredentialStoreOptions,
  CredentialType,
  CredentialUse,
  ResealReport,
  StoredCredential,
} from './types.ts'
