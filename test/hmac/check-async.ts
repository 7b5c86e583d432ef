import fc from 'fast-check'
import { inject } from 'vitest'
import { RUNS } from '../properties/settings.ts'

const FIXED_SEEDS = [1, -1_804_289_383]

/** A signature costs several turns of the event loop; a million altered messages are fuzzed elsewhere. */
const SHARE = 0.4

/** Checks an asynchronous property over the fixed seeds and the random one that was printed. */
export async function checkAsync<T>(
  arbitrary: fc.Arbitrary<T>,
  predicate: (value: T) => Promise<void>,
  share = 1,
): Promise<void> {
  const seeds = [...FIXED_SEEDS, inject('randomSeed')]
  const numRuns = Math.max(1, Math.ceil((RUNS * share * SHARE) / seeds.length))
  for (const seed of seeds) await fc.assert(fc.asyncProperty(arbitrary, predicate), { seed, numRuns })
}
