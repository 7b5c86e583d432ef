import { type Phase, SecurityError } from '../errors.ts'
import { onAbort } from './on-abort.ts'

/** Bounds everything that one exchange waits for. @internal */
export interface Deadline {
  /** Aborts when the time is over, or the caller calls it off. */
  readonly signal: AbortSignal
  /**
   * Waits for a promise, at most until the end, also where what it stands for ignores the signal.
   * @throws A {@link SecurityError} with code `ERR_SEND_TIMEOUT` or `ERR_SEND_ABORTED`.
   */
  within<T>(promise: Promise<T>, phase: Phase): Promise<T>
  /** Ends the clock, and whatever is still going on. */
  stop(): void
}

type End = 'ERR_SEND_TIMEOUT' | 'ERR_SEND_ABORTED'

/**
 * @param timeoutMs No limit where it is `null`.
 * @param outer The caller's signals.
 * @throws A {@link SecurityError} with code `ERR_SEND_ABORTED` where one has aborted already, so that nothing begins.
 * @internal
 */
export function startDeadline(timeoutMs: number | null, outer: readonly (AbortSignal | undefined)[]): Deadline {
  const signals = outer.filter((signal) => signal !== undefined)
  if (signals.some(({ aborted }) => aborted)) throw new SecurityError('ERR_SEND_ABORTED', { phase: 'need' })
  const controller = new AbortController()
  let tellEnd: (end: End) => void = () => undefined
  const ended = new Promise<End>((resolve) => {
    tellEnd = resolve
  })
  const end = (why: End): void => {
    // First, so that whoever waits hears why before what is aborted rejects.
    tellEnd(why)
    controller.abort()
  }
  const timer = timeoutMs === null ? undefined : setTimeout(() => end('ERR_SEND_TIMEOUT'), timeoutMs)
  const leave = signals.map((signal) => onAbort(signal, () => end('ERR_SEND_ABORTED')))
  return {
    signal: controller.signal,
    within: (promise, phase) => withinEnd(promise, ended, phase),
    stop: () => {
      clearTimeout(timer)
      for (const leaveSignal of leave) leaveSignal()
      controller.abort()
    },
  }
}

async function withinEnd<T>(promise: Promise<T>, ended: Promise<End>, phase: Phase): Promise<T> {
  const first = await Promise.race([ended, promise.then((value) => ({ value }))])
  if (typeof first === 'object') return first.value
  throw new SecurityError(first, { phase, retryable: first === 'ERR_SEND_TIMEOUT' })
}
