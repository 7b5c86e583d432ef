/** How long something may take. @internal */
export interface Deadline {
  readonly timeoutMs: number
  /** Ends it earlier. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs something that may hang: it is not waited for once the time is over or the signal has ended it, even where it pays no
 * attention to the signal that it is given.
 * @param late Makes the error for when the time is over.
 * @throws The signal's reason, or what `late` made.
 * @internal
 */
export async function withDeadline<T>(
  { timeoutMs, signal }: Deadline,
  late: () => Error,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const time = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), timeoutMs)
  })
  try {
    return await unlessAborted(Promise.race([time, run(controller.signal)]), signal)
  } finally {
    clearTimeout(timer)
    controller.abort()
  }
}

/**
 * Waits for a promise that others wait for, too: the signal ends this wait and nothing else.
 * @throws The signal's reason.
 * @internal
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  // Nobody may be left to hear that it failed.
  promise.catch(() => {})
  signal.throwIfAborted()
  let abort = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([aborted, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
