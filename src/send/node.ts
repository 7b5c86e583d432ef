/**
 * Sending on Node.js with undici: which addresses may be reached, and requests of undici's own.
 *
 * @module send/node
 */
export { createEgressGuard, type EgressGuard, type EgressGuardOptions } from './node/egress-guard.ts'
export { createInterceptor } from './node/interceptor.ts'
