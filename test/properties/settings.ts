import fc from 'fast-check'
import { inject } from 'vitest'
import './announce-seed.ts'

const FULL_RUNS = 10_000
const QUICK_RUNS = 1_000
const FIXED_SEEDS = [1, -1_804_289_383]

/** How many cases each property gets: `LATCHKEY_RUNS`, else 10,000 in CI and 1,000 elsewhere. */
export const RUNS: number = Number(process.env['LATCHKEY_RUNS'] ?? (process.env['CI'] ? FULL_RUNS : QUICK_RUNS))

/**
 * Checks a property: the runs are shared out over the fixed seeds and the random one that was printed.
 *
 * @param share Below 1 where several tests make up one law, so that the law has its full number of cases.
 */
export function check<T>(property: fc.IProperty<T>, share = 1): void {
  const seeds = [...FIXED_SEEDS, inject('randomSeed')]
  const numRuns = Math.max(1, Math.ceil((RUNS * share) / seeds.length))
  for (const seed of seeds) fc.assert(property, { seed, numRuns })
}
