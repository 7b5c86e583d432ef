/** Who waits for a signal; each signal has one listener, however many wait. */
interface Waiting {
  readonly runs: Set<() => void>
  readonly listener: () => void
}

const waitingFor = new WeakMap<AbortSignal, Waiting>()

/**
 * Runs something when a signal aborts. A platform gives one signal to many sends at once, and Node warns of a leak where more
 * than ten listen to it.
 * @returns What calls it off.
 * @internal
 */
export function onAbort(signal: AbortSignal, run: () => void): () => void {
  const { runs, listener } = waitingFor.get(signal) ?? listen(signal)
  runs.add(run)
  return () => {
    runs.delete(run)
    if (runs.size > 0) return
    signal.removeEventListener('abort', listener)
    waitingFor.delete(signal)
  }
}

function listen(signal: AbortSignal): Waiting {
  const runs = new Set<() => void>()
  const listener = (): void => {
    for (const run of runs) run()
  }
  signal.addEventListener('abort', listener, { once: true })
  const waiting = { runs, listener }
  waitingFor.set(signal, waiting)
  return waiting
}
