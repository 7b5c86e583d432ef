/** Measures one case in this process and sends the numbers to the parent. Started by `run.mjs`. */
import { do_not_optimize, measure } from 'mitata'
import { CASES } from './cases.mjs'
import { prepare } from './contenders.mjs'

const FLOORS_A_ROUND = 5
/** For each measurement of a contender. */
const BUDGET_MS = 25
const BATCH_MS = 0.25
const WARM_UP_MS = 50

const [, , caseName, rounds] = process.argv
const chosen = CASES.find((one) => one.name === caseName)
if (chosen === undefined) throw new Error(`no case \`${caseName}\``)
process.send(await measureCase(chosen, Number(rounds)))

async function measureCase(benchCase, rounds) {
  const { ring, others, contenders } = prepare(benchCase)
  const wrong = new Set(contenders.filter((contender) => !answersRight(contender, [...ring, ...others])))
  for (const { name } of wrong) {
    if (!mayBeWrong(name)) throw new Error(`\`${name}\` gives a wrong answer in case \`${benchCase.name}\``)
  }
  const timed = contenders.filter((one) => !wrong.has(one)).map((one) => warmUp(one, ring[0], turns(one, ring)))
  await measureRound(timed, 0)
  const ratios = new Map(timed.map((contender) => [contender.name, { floor: [], checkedFloor: [], nanoseconds: [] }]))
  for (let round = 0; round < rounds; round += 1) record(await measureRound(timed, round), ratios)
  const rows = contenders.map((contender) => ({ name: contender.name, ...summary(ratios.get(contender.name)) }))
  return { case: benchCase.name, job: benchCase.job, rows }
}

/** A peer that answers wrongly is shown as such and not timed; ours and the floors must be right. */
function mayBeWrong(name) {
  return name.startsWith('swagger-client')
}

function answersRight({ run, isRight }, given) {
  return given.every((argument) => isRight(run(argument), argument))
}

/**
 * A function that gives the contender the next argument each time and keeps the answer from being optimised away. It is
 * compiled anew for each contender, so that each has a call site of its own.
 */
function turns({ name, run }, ring) {
  const code = `let at = 0 // ${name}
    return () => { at = (at + 1) % ${ring.length}; keep(run(ring[at])) }`
  return new Function('run', 'ring', 'keep', code)(run, ring, do_not_optimize)
}

/**
 * Lets the engine optimise the contender, and finds how many calls make a batch. One answer is kept, as a platform keeps
 * some: once a full collection finds none of a frozen shape alive, V8 throws away the code that makes it.
 */
function warmUp(contender, first, loop) {
  const start = performance.now()
  let calls = 0
  let passed = 0
  for (; passed < WARM_UP_MS; passed = performance.now() - start) {
    for (let index = 0; index < 16; index += 1) loop()
    calls += 16
  }
  // In whole unrolled steps of mitata's.
  const batch = Math.max(1, Math.min(2048, Math.round((BATCH_MS * calls) / passed / 4))) * 4
  return { ...contender, loop, batch, kept: contender.run(first) }
}

/** Every contender once, in an order that rotates from round to round, and the floor five times in between. */
async function measureRound([floor, ...others], round) {
  const rotated = others.map((_, index) => others[(index + round) % others.length])
  const times = new Map([[floor.name, []]])
  for (let index = 0; index <= rotated.length; index += 1) {
    const due = Math.floor((index * (FLOORS_A_ROUND - 1)) / rotated.length) + 1
    while (times.get(floor.name).length < due) times.get(floor.name).push(await timeOf(floor))
    if (index < rotated.length) times.set(rotated[index].name, [await timeOf(rotated[index])])
  }
  return times
}

/** Always in batches, whatever a first call takes; the median batch, since the machine may be busy with other things. */
async function timeOf({ loop, batch }) {
  const always = { warmup_threshold: Infinity, batch_threshold: Infinity }
  const { p50 } = await measure(loop, {
    ...always,
    batch_samples: batch,
    min_samples: 4,
    min_cpu_time: BUDGET_MS * 1e6,
  })
  return p50
}

function record(times, ratios) {
  const floor = median(times.get('floor'))
  const [checkedFloor] = times.get('checked floor')
  for (const [name, list] of times) {
    const time = median(list)
    const row = ratios.get(name)
    row.floor.push(time / floor)
    row.checkedFloor.push(time / checkedFloor)
    row.nanoseconds.push(time)
  }
}

function summary(ratios) {
  if (ratios === undefined) return { right: false }
  const [low, high] = [0.25, 0.75].map((share) => quantile(ratios.floor, share))
  return {
    right: true,
    toFloor: median(ratios.floor),
    quartiles: [low, high],
    toCheckedFloor: median(ratios.checkedFloor),
    nanoseconds: median(ratios.nanoseconds),
  }
}

function median(values) {
  return quantile(values, 0.5)
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]
  return below + (sorted[Math.ceil(place)] - below) * (place % 1)
}
