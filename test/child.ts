/** What a process hears from the test that started it. */
export type ToChild = { readonly type: 'start'; readonly input: unknown } | { readonly type: 'go' }

/** What it answers. */
export type FromChild =
  | { readonly type: 'ready' }
  | { readonly type: 'message'; readonly value: unknown }
  | { readonly type: 'result'; readonly value: unknown }

/** What a process can say while it works. */
export interface Parent {
  /** Says that this process is ready, and waits until all others are (`runTogether`), or `go` is called. */
  readonly together: () => Promise<void>
  /** Tells the test something; resolves once it is on its way, so that `kill -9` does not take it back. */
  readonly tell: (value: unknown) => Promise<void>
}

/** Does the work of a process that `startProgram` or `runTogether` of `processes.ts` started. Values travel as JSON. */
export function work<Input>(run: (input: Input, parent: Parent) => Promise<unknown>): void {
  const going = deferred<void>()
  const parent: Parent = {
    together: async () => {
      await send({ type: 'ready' })
      await going.promise
    },
    tell: (value) => send({ type: 'message', value }),
  }
  // No test, no process: nothing is left behind when a test is stopped.
  process.on('disconnect', () => process.exit(1))
  process.on('message', async (message: ToChild) => {
    if (message.type === 'go') going.resolve()
    // A failure is an unhandled rejection: it ends the process, with its trace on standard error.
    else await send({ type: 'result', value: await run(message.input as Input, parent) })
  })
}

/** A promise and what settles it: Node 20 has no `Promise.withResolvers`. */
export function deferred<T>(): Deferred<T> {
  const parts = {} as { -readonly [Name in keyof Deferred<T>]: Deferred<T>[Name] }
  parts.promise = new Promise<T>((resolve, reject) => Object.assign(parts, { resolve, reject }))
  return parts
}

interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (reason: unknown) => void
}

function send(message: FromChild): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)))
  })
}
