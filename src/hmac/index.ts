/**
 * HMAC signatures: one declarative form that signs and verifies.
 *
 * @module hmac
 */
export type { HmacForm } from '../types.ts'
export { applySigned } from './apply-signed.ts'
export type { SignableRequest, SignedHeaders } from './message.ts'
export type { PresetName, SignaturePreset } from './preset.ts'
export { signaturePresets } from './presets.ts'
export type { SignOptions } from './sign-options.ts'
export { type SignedParts, signRequest } from './sign-request.ts'
export type { NonceStore, VerifyOptions } from './verify-options.ts'
export { type SignatureRefusal, type SignatureVerdict, verifySignature } from './verify-signature.ts'
