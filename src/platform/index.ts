/**
 * One facade for a platform: capabilities given once, then calls resolved and tools' requests sent.
 *
 * @module platform
 */
export { createLatchkey } from './create-latchkey.ts'
export type { CallOptions, Latchkey, LatchkeyOptions, Policy } from './types.ts'
