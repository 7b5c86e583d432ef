import { describe, expect, it } from 'vitest'
import { createMemoryStore, type MemoryStoreOptions } from '../../src/stores/memory.ts'
import { createSweeper } from '../../src/stores/sweep.ts'
import { checkAsync } from '../call/check-async.ts'
import { describeContract, itCountsAnew } from './contract.ts'
import { createClock, type Harness } from './harness.ts'
import { agreesWithModel } from './model.ts'

async function open(): Promise<Harness> {
  const { now, pass } = createClock()
  return { store: createMemoryStore({ now }), pass }
}

describeContract('the store in memory', open)

describe('the store in memory', () => {
  it('agrees with the model', () => checkAsync(agreesWithModel(open, 'any'), 0.3))

  itCountsAnew(open)

  it('keeps a count for as many days as it is told, by its own clock', async () => {
    const { store, pass } = await open()
    const { day } = await store.takeUnderLimit('k', 1, { keepDays: 30 })
    await pass(29.9 * 86_400_000)
    expect([...(await store.readCounts('k')).keys()]).toEqual([day])
    await pass(86_400_000)
    expect(await store.readCounts('k')).toEqual(new Map())
  })

  it('T86: its own clock going back over midnight gives no fresh quota', async () => {
    const { store, pass } = await open()
    const admitted: boolean[] = []
    for (const ms of [0, 12 * 3_600_000, -7_200_000, 7_200_000]) {
      await pass(ms)
      admitted.push((await store.takeUnderLimit('k', 1)).admitted)
    }
    expect(admitted).toEqual([true, true, false, false])
  })

  it.each([[{ now: 1 }], [{ nwo: Date.now }], [null], ['x']])('refuses the options %j', (options) => {
    expect(() => createMemoryStore(options as unknown as MemoryStoreOptions)).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    )
  })

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, '0', undefined])('refuses a clock that says %s', async (time) => {
    const store = createMemoryStore({ now: () => time as number })
    await expect(store.get('k')).rejects.toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
    await expect(store.takeUnderLimit('k', 1)).rejects.toMatchObject({ code: 'ERR_ARGUMENT_INVALID' })
  })

  it('does not hand on what a clock throws', async () => {
    const store = createMemoryStore({
      now: () => {
        throw new Error('canary')
      },
    })
    await expect(store.get('k')).rejects.toMatchObject({
      code: 'ERR_ARGUMENT_INVALID',
      message: expect.not.stringContaining('canary'),
    })
  })
})

describe('the sweeper', () => {
  it('holds a map within three times what is alive, with one call an addition', () => {
    const map = new Map<string, number>()
    const sweep = createSweeper(map, (endsAtMs, nowMs) => endsAtMs <= nowMs)
    const lifeMs = 100
    let largest = 0
    for (let nowMs = 0; nowMs < 10_000; nowMs += 1) {
      sweep(nowMs)
      map.set(String(nowMs), nowMs + lifeMs)
      largest = Math.max(largest, map.size)
      expect(map.has(String(Math.max(0, nowMs - lifeMs + 1)))).toBe(true)
    }
    expect(largest).toBeLessThanOrEqual(3 * lifeMs)
  })
})
