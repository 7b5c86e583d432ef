import type { Store } from '../../stores/store.ts'

/**
 * A store that is opened by the first operation, so that a command that is refused before leaves no empty file behind.
 * @internal
 */
export function lazyStore(open: () => Promise<Store>): Store {
  let opened: Promise<Store> | null = null
  const store = (): Promise<Store> => {
    opened ??= open()
    return opened
  }
  return {
    get: async (...given) => (await store()).get(...given),
    set: async (...given) => (await store()).set(...given),
    setIfAbsent: async (...given) => (await store()).setIfAbsent(...given),
    compareAndSet: async (...given) => (await store()).compareAndSet(...given),
    compareAndDelete: async (...given) => (await store()).compareAndDelete(...given),
    commit: async (...given) => (await store()).commit(...given),
    list: async (...given) => (await store()).list(...given),
    takeUnderLimit: async (...given) => (await store()).takeUnderLimit(...given),
    readCounts: async (...given) => (await store()).readCounts(...given),
    // Who asked for what could not be opened was told so.
    close: async () =>
      opened?.then(
        (each) => each.close(),
        () => {},
      ),
  }
}
