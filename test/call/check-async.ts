import fc from 'fast-check'
import { inject } from 'vitest'
import { RUNS } from '../properties/settings.ts'

const FIXED_SEED = 1

/** Checks an asynchronous property: the runs are shared out over a fixed seed and the random one that was printed. */
export async function checkAsync<T>(property: fc.IAsyncProperty<T>, share = 1): Promise<void> {
  const seeds = [FIXED_SEED, inject('randomSeed')]
  const numRuns = Math.max(1, Math.ceil((RUNS * share) / seeds.length))
  for (const seed of seeds) await fc.assert(property, { seed, numRuns })
}
