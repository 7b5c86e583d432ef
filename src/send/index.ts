/**
 * Sending: from a request and a resolution to the tool's answer.
 *
 * @module send
 */
export type {
  Capabilities,
  PrepareOptions,
  RedirectPolicy,
  SendOptions,
} from './capabilities.ts'
export { createFetch, type ResolutionOf } from './create-fetch.ts'
export type { LatchkeyEvent, Observer } from './events.ts'
export {
  type EventAttributes,
  type EventCounter,
  type EventMeter,
  type EventSpan,
  type OpenTelemetry,
  openTelemetryObserver,
} from './open-telemetry.ts'
export { prepare } from './prepare.ts'
export { scrubResponse, type Used } from './scrub-response.ts'
export { send } from './send.ts'
