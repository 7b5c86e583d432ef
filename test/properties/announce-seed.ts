import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The seed that differs from run to run; `LATCHKEY_SEED` repeats one. */
    randomSeed: number
  }
}

/** Chooses the random seed once for all test files, and prints it, so that a failure can be repeated. */
export function setup(project: TestProject): void {
  const given = process.env['LATCHKEY_SEED']
  const seed = given === undefined ? (Math.random() * 0x7fff_ffff) | 0 : Number(given)
  project.provide('randomSeed', seed)
  console.log(`random seed of the properties: ${seed} (repeat with LATCHKEY_SEED=${seed})`)
}
