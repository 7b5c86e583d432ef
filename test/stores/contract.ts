import { afterEach, describe, expect, it } from 'vitest'
import { SecurityError } from '../../src/errors.ts'
import type { Store } from '../../src/stores/store.ts'
import type { Harness } from './harness.ts'

const DAY_MS = 86_400_000
const NOON = Date.UTC(2028, 1, 28, 12)

/** Texts that one store or another could change: empty, U+0000, a byte order mark, newlines, astral, patterns. */
export const TEXTS: readonly string[] = [
  '',
  'a\0b',
  'a\0c',
  '\uFEFFx',
  '\r\n',
  'é',
  'e\u0301',
  '\u{10FFFF}',
  '\uFFFD',
  '*?[a]',
  '"',
]

/** The rules of `src/stores/store.ts`, for any store; `open` gives an empty one. */
export function describeContract(name: string, open: () => Promise<Harness>): void {
  describe(`${name} is a store`, () => {
    const opened: Store[] = []
    const openStore = async (): Promise<Harness> => {
      const harness = await open()
      opened.push(harness.store)
      return harness
    }
    afterEach(() => Promise.all(opened.splice(0).map((store) => store.close())))
    describeValues(openStore)
    describeCommit(openStore)
    describeList(openStore)
    describeCounts(openStore)
    describeArguments(openStore)
  })
}

function describeValues(open: () => Promise<Harness>): void {
  it('gives back any text under any key, and nothing under another', async () => {
    const { store } = await open()
    for (const [index, key] of TEXTS.entries()) {
      expect(await store.get(key)).toBe(null)
      await store.set(key, TEXTS[TEXTS.length - 1 - index] ?? '')
    }
    for (const [index, key] of TEXTS.entries()) expect(await store.get(key)).toBe(TEXTS[TEXTS.length - 1 - index])
    const long = 'x'.repeat(300_000)
    await store.set(long.slice(0, 1_000), long)
    expect(await store.get(long.slice(0, 1_000))).toBe(long)
  })

  it('writes over what stands there', async () => {
    const { store } = await open()
    await store.set('k', '1')
    await store.set('k', '2')
    expect(await store.get('k')).toBe('2')
  })

  it('writes where there is nothing, once', async () => {
    const { store } = await open()
    expect(await store.setIfAbsent('k', '1')).toBe(true)
    expect(await store.setIfAbsent('k', '2')).toBe(false)
    expect(await store.get('k')).toBe('1')
  })

  it('T72: of 100 at once one writes', async () => {
    const { store } = await open()
    const written = await Promise.all(
      Array.from({ length: 100 }, (_, n) => store.setIfAbsent('nonce', String(n), 60_000)),
    )
    expect(written.filter(Boolean)).toHaveLength(1)
  })

  it('replaces and deletes what is as expected, and nothing else', async () => {
    const { store } = await open()
    expect(await store.compareAndSet('k', '', '1')).toBe(false)
    expect(await store.compareAndDelete('k', '')).toBe(false)
    await store.set('k', '1')
    expect(await store.compareAndSet('k', '0', '2')).toBe(false)
    expect(await store.compareAndDelete('k', '0')).toBe(false)
    expect(await store.get('k')).toBe('1')
    expect(await store.compareAndSet('k', '1', '2')).toBe(true)
    expect(await store.compareAndDelete('k', '1')).toBe(false)
    expect(await store.compareAndDelete('k', '2')).toBe(true)
    expect(await store.get('k')).toBe(null)
    expect(await store.list('')).toEqual([])
  })

  it('T87: what was deleted is gone for every read that begins afterwards', async () => {
    const { store } = await open()
    await store.set('k', '1')
    let isDeleted = false
    let stale = 0
    const readers = Array.from({ length: 100 }, async () => {
      for (let late = 0; late < 3; ) {
        const isLate = isDeleted
        const value = await store.get('k')
        if (isLate) late += 1
        if (isLate && value !== null) stale += 1
      }
    })
    expect(await store.compareAndDelete('k', '1')).toBe(true)
    isDeleted = true
    await Promise.all(readers)
    expect(stale).toBe(0)
  })

  it('forgets a value when its time is over', async () => {
    const { store, pass } = await open()
    await store.set('short', '1', 40)
    await store.set('long', '1', 60_000)
    await store.set('ever', '1')
    await pass(50)
    expect(await store.get('short')).toBe(null)
    expect(await store.compareAndSet('short', '1', '2')).toBe(false)
    expect(await store.compareAndDelete('short', '1')).toBe(false)
    expect(await store.list('')).toEqual([
      { key: 'ever', value: '1' },
      { key: 'long', value: '1' },
    ])
    expect(await store.setIfAbsent('short', '3')).toBe(true)
  })

  it('each write says anew how long a value stays', async () => {
    const { store, pass } = await open()
    await store.set('a', '1', 40)
    await store.set('a', '2')
    await store.set('b', '1', 40)
    await store.set('b', '2', 60_000)
    await store.set('c', '1')
    await store.compareAndSet('c', '1', '2', 39.5)
    await pass(50)
    // Writes, so that what is over is swept away, and nothing else.
    for (let n = 0; n < 5; n += 1) await store.set('d', '1')
    expect((await store.list('')).map(({ key }) => key)).toEqual(['a', 'b', 'd'])
  })
}

function describeCommit(open: () => Promise<Harness>): void {
  it('makes all changes or none', async () => {
    const { store } = await open()
    await store.set('a', '1')
    await store.set('b', '1')
    const changes = [
      { key: 'a', expected: '1', value: '2' },
      { key: 'b', value: null },
      { key: 'c', expected: null, value: '3' },
      { key: 'd', expected: null },
    ]
    expect(await store.commit([...changes, { key: 'e', expected: '1' }])).toBe(false)
    expect(await store.list('')).toEqual([
      { key: 'a', value: '1' },
      { key: 'b', value: '1' },
    ])
    expect(await store.commit(changes)).toBe(true)
    expect(await store.list('')).toEqual([
      { key: 'a', value: '2' },
      { key: 'c', value: '3' },
    ])
    expect(await store.commit(changes)).toBe(false)
  })

  it('takes an empty list, changes without effect, and undefined for absent', async () => {
    const { store } = await open()
    expect(await store.commit([])).toBe(true)
    await store.set('a', '1')
    const odd = { key: 'a', expected: undefined, value: undefined, ttlMs: undefined } as unknown as { key: string }
    expect(await store.commit([{ key: 'b', value: null }, odd])).toBe(true)
    expect(await store.list('')).toEqual([{ key: 'a', value: '1' }])
  })

  it('of 50 at once that expect the same, one is made', async () => {
    const { store } = await open()
    await store.set('version', '0')
    const made = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        store.commit([
          { key: 'version', expected: '0', value: `by ${n}` },
          { key: `by:${n}`, expected: null, value: '1' },
        ]),
      ),
    )
    expect(made.filter(Boolean)).toHaveLength(1)
    expect(await store.list('by:')).toHaveLength(1)
    expect(await store.get('version')).toBe(`by ${made.indexOf(true)}`)
  })
}

function describeList(open: () => Promise<Harness>): void {
  it('lists what begins with a prefix, sorted, and takes no character for a pattern', async () => {
    const { store } = await open()
    const keys = [
      '',
      'a',
      'a:',
      'a:1',
      'a:2',
      'a;',
      'b',
      'a*',
      'a?',
      'a\0',
      'a\uFFFD',
      'a\u{10000}',
      'a\u{10FFFF}z',
      'A',
    ]
    for (const key of keys) await store.set(key, `value of ${key}`)
    const sorted = (prefix: string): object[] =>
      keys
        .filter((key) => key.startsWith(prefix))
        .sort((a, b) => (a < b ? -1 : 1))
        .map((key) => ({ key, value: `value of ${key}` }))
    for (const prefix of [...keys, 'a:1x', '*', '[a]']) expect(await store.list(prefix)).toEqual(sorted(prefix))
  })

  it('lists thousands, and all that stood there throughout while others come and go', async () => {
    const { store } = await open()
    const changes = Array.from({ length: 3_000 }, (_, n) => ({ key: `stays:${n}`, value: String(n) }))
    for (let at = 0; at < changes.length; at += 1_000) await store.commit(changes.slice(at, at + 1_000))
    const coming = Array.from({ length: 100 }, async (_, n) => {
      await store.set(`comes:${n}`, '1')
      await store.compareAndDelete(`comes:${n}`, '1')
    })
    const lists = await Promise.all(Array.from({ length: 5 }, () => store.list('stays:')))
    await Promise.all(coming)
    for (const list of lists) expect(list).toHaveLength(3_000)
    expect(await store.list('comes:')).toEqual([])
  })
}

function describeCounts(open: () => Promise<Harness>): void {
  it('T85: admits exactly the limit of 1,000 at once, and refusals count nothing', async () => {
    const { store } = await open()
    const taken = await Promise.all(
      Array.from({ length: 1_000 }, () => store.takeUnderLimit('k', 100, { nowMs: NOON })),
    )
    expect(
      taken
        .filter(({ admitted }) => admitted)
        .map(({ count }) => count)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 100 }, (_, n) => n + 1))
    expect(taken.filter(({ admitted, count }) => !admitted && count === 100)).toHaveLength(900)
    expect(await store.readCounts('k')).toEqual(new Map([['2028-02-28', 100]]))
  })

  it('T86: a day is a UTC day, leap days included', async () => {
    const { store } = await open()
    const endOfDay = Date.UTC(2028, 1, 28, 23, 59, 59, 999)
    const take = (nowMs: number) => store.takeUnderLimit('k', 1, { nowMs })
    expect(await take(endOfDay)).toEqual({ admitted: true, count: 1, day: '2028-02-28', resetsInMs: 1 })
    expect(await take(endOfDay)).toEqual({ admitted: false, count: 1, day: '2028-02-28', resetsInMs: 1 })
    expect(await take(endOfDay + 1)).toEqual({ admitted: true, count: 1, day: '2028-02-29', resetsInMs: DAY_MS })
    expect(await take(endOfDay + DAY_MS)).toMatchObject({ admitted: false, day: '2028-02-29' })
    expect(await take(endOfDay + DAY_MS + 1)).toMatchObject({ admitted: true, day: '2028-03-01' })
    expect(await take(0)).toEqual({ admitted: true, count: 1, day: '1970-01-01', resetsInMs: DAY_MS })
    expect(await take(0.7)).toMatchObject({ admitted: false, resetsInMs: DAY_MS })
    expect(await take(253_402_300_799_999)).toMatchObject({ admitted: true, day: '9999-12-31', resetsInMs: 1 })
  })

  it('T86: a clock that goes back, by hours or by a year, gives no fresh quota', async () => {
    const { store } = await open()
    const midnight = Date.UTC(2028, 1, 29)
    const admitted: boolean[] = []
    for (const nowMs of [
      midnight - 1,
      midnight,
      midnight - 7_200_000,
      midnight + 1,
      midnight + 366 * DAY_MS,
      midnight - 1,
    ])
      admitted.push((await store.takeUnderLimit('k', 1, { nowMs })).admitted)
    expect(admitted).toEqual([true, true, false, false, true, false])
    expect([...(await store.readCounts('k')).keys()]).toEqual(['2028-02-28', '2028-02-29', '2029-03-01'])
  })

  it('takes the day from its own clock', async () => {
    const { store } = await open()
    const { day, resetsInMs } = await store.takeUnderLimit('k', 1)
    expect(resetsInMs).toBeGreaterThan(0)
    expect(resetsInMs).toBeLessThanOrEqual(DAY_MS)
    expect(await store.readCounts('k')).toEqual(new Map([[day, 1]]))
  })

  it('counts keys apart, and apart from values', async () => {
    const { store } = await open()
    for (const key of TEXTS)
      expect(await store.takeUnderLimit(key, 1, { nowMs: NOON })).toMatchObject({ admitted: true })
    for (const key of TEXTS) expect(await store.readCounts(key)).toEqual(new Map([['2028-02-28', 1]]))
    expect(await store.readCounts('another')).toEqual(new Map())
    expect(await store.list('')).toEqual([])
    await store.set('a\0b', '1')
    expect(await store.readCounts('a\0b')).toEqual(new Map([['2028-02-28', 1]]))
  })

  it('follows a limit that changes; of 0 it admits nothing', async () => {
    const { store } = await open()
    const take = (limit: number) => store.takeUnderLimit('k', limit, { nowMs: NOON, keepDays: 30 })
    expect(await take(0)).toMatchObject({ admitted: false, count: 0 })
    expect(await store.readCounts('k')).toEqual(new Map())
    expect(await take(2)).toMatchObject({ admitted: true, count: 1 })
    expect(await take(2)).toMatchObject({ admitted: true, count: 2 })
    expect(await take(1)).toMatchObject({ admitted: false, count: 2 })
    expect(await take(Number.MAX_SAFE_INTEGER)).toMatchObject({ admitted: true, count: 3 })
  })
}

/** For a store whose clock can be set. */
export function itCountsAnew(open: () => Promise<Harness>): void {
  it('a count that is over begins anew, whether it was removed or not', async () => {
    const { store, pass } = await open()
    const keys = Array.from({ length: 10 }, (_, n) => `key:${n}`)
    for (const key of keys) await store.takeUnderLimit(key, 1, { nowMs: 0 })
    await pass(2 * DAY_MS)
    for (const key of keys.reverse()) {
      expect(await store.takeUnderLimit(key, 1, { nowMs: 0 })).toMatchObject({ admitted: true, count: 1 })
    }
    await store.close()
  })
}

function describeArguments(open: () => Promise<Harness>): void {
  it('refuses what it cannot keep as it is, and quotes none of it', async () => {
    const { store } = await open()
    const lone = 'secret-canary\uD800'
    const wrong = store as unknown as Record<string, (...values: unknown[]) => Promise<unknown>>
    const calls: readonly (readonly [keyof Store, ...unknown[]])[] = [
      ['get', lone],
      ['get', 1],
      ['get'],
      ['set', lone, ''],
      ['set', 'k', lone],
      ['set', 'k', null],
      ['set', 'k', '', 0],
      ['set', 'k', '', -1],
      ['set', 'k', '', Number.NaN],
      ['set', 'k', '', Number.POSITIVE_INFINITY],
      ['set', 'k', '', '1'],
      ['set', 'k', '', null],
      ['setIfAbsent', 'k', 1],
      ['compareAndSet', 'k', null, ''],
      ['compareAndDelete', 'k', undefined],
      ['list'],
      ['list', lone],
      ['commit'],
      ['commit', [null]],
      ['commit', [{ value: '' }]],
      ['commit', [{ key: 'k', valeu: 'secret-canary' }]],
      ['commit', [{ key: 'k', value: 1 }]],
      ['commit', [{ key: 'k', expected: lone }]],
      ['commit', [{ key: 'k', ttlMs: 1 }]],
      ['commit', [{ key: 'k', value: null, ttlMs: 1 }]],
      [
        'commit',
        [
          { key: 'k', value: '1' },
          { key: 'k', value: '2' },
        ],
      ],
      ['commit', Array.from({ length: 1_001 }, (_, n) => ({ key: String(n) }))],
      ['takeUnderLimit', 'k'],
      ['takeUnderLimit', lone, 1],
      ['takeUnderLimit', 'k', -1],
      ['takeUnderLimit', 'k', 1.5],
      ['takeUnderLimit', 'k', Number.NaN],
      ['takeUnderLimit', 'k', '1'],
      ['takeUnderLimit', 'k', 1, { nowMs: Number.NaN }],
      ['takeUnderLimit', 'k', 1, { nowMs: -1 }],
      ['takeUnderLimit', 'k', 1, { nowMs: 253_402_300_800_000 }],
      ['takeUnderLimit', 'k', 1, { keepDays: 0 }],
      ['takeUnderLimit', 'k', 1, { keepDays: 1.5 }],
      ['takeUnderLimit', 'k', 1, { keepDay: 1 }],
      ['takeUnderLimit', 'k', 1, null],
      ['readCounts', lone],
    ]
    for (const [operation, ...values] of calls) {
      const error: unknown = await wrong[operation]?.(...values).catch((reason: unknown) => reason)
      expect.soft(error, `${operation} ${JSON.stringify(values)}`).toBeInstanceOf(SecurityError)
      expect.soft(error).toMatchObject({ code: 'ERR_ARGUMENT_INVALID', retryable: false })
      expect.soft(String((error as Error).stack)).not.toContain('secret-canary')
    }
    expect(await store.list('')).toEqual([])
    expect(await store.readCounts('k')).toEqual(new Map())
  })

  it('refuses everything once it is closed, as a store that is away', async () => {
    const { store } = await open()
    await store.set('k', '1')
    await store.close()
    await store.close()
    const calls = [
      () => store.get('k'),
      () => store.set('k', '1'),
      () => store.commit([]),
      () => store.list(''),
      () => store.takeUnderLimit('k', 1),
      () => store.readCounts('k'),
    ]
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', retryable: false })
    }
  })
}
