/**
 * Who takes part in a case. Each contender has a `name`, `run` (what is timed; an argument from the ring) and `isRight`
 * (whether an answer of `run` is right). The first is the floor, the second the checked floor.
 */
import { apply, compile, parseDefinition, resolve } from '../../dist/index.js'
import { makeApplyDefinition, makeApplyTokens, makeCallers, makeDefinition, makeRequests } from './cases.mjs'
import { checkedFloorApply, checkedFloorResolve, floorApply, floorResolve } from './floor.mjs'
import { expectedRequest, expectedUrl, expectedWrites, isSame, readMutations, readRequest } from './oracle.mjs'
import {
  assignApply,
  headersApply,
  naiveApply,
  naiveResolve,
  swaggerApply,
  swaggerRequest,
  swaggerSecurities,
} from './peers.mjs'

/** @returns `ring`: what the contenders get in turn; `others`: what they must get right as well. */
export function prepare(benchCase) {
  return benchCase.job === 'resolve' ? prepareResolve(benchCase) : prepareApply(benchCase)
}

function prepareResolve(benchCase) {
  const definition = makeDefinition(benchCase)
  const ring = makeCallers(benchCase)
  const parsed = parse(definition)
  const plan = compile(parsed)
  const readResult = ({ mutations }) => readMutations(mutations)
  const readAnswer = ({ headers, query }) => ({ headers: lowerCase(headers), query })
  const readWhole = ({ url, headers }) => ({ headers: lowerCase(headers), query: readRequest({ url, headers }).query })
  const rows = [
    ['floor', floorResolve(definition), readMutations],
    ['checked floor', checkedFloorResolve(definition), readResult],
    ['latchkey resolve(plan)', (tokens) => resolve(plan, tokens), readResult],
    ['latchkey resolve(definition)', (tokens) => resolve(parsed, tokens), readResult],
    ['naive', (tokens) => naiveResolve(definition, tokens), readMutations],
    ['swagger-client applySecurities', swaggerSecurities(definition), readAnswer],
    ['swagger-client buildRequest', swaggerRequest(definition), readWhole],
  ]
  const contenders = rows.map(([name, run, read]) => ({
    name,
    run,
    isRight: (answer, tokens) => isSame(read(answer), expectedWrites(definition, tokens)),
  }))
  return { ring, others: [{}], contenders }
}

function prepareApply(benchCase) {
  const definition = makeApplyDefinition()
  const tokens = makeApplyTokens()
  const ring = makeRequests(benchCase)
  const headerNames = Object.keys(ring[0].headers)
  const resolution = resolve(parse(definition), tokens)
  const rows = [
    ['floor', floorApply(definition, tokens, headerNames), 'same bytes'],
    ['checked floor', checkedFloorApply(definition, tokens, headerNames), 'same bytes'],
    ['latchkey apply', (request) => apply(request, resolution), 'same bytes'],
    ['Object.assign + append', assignApply(definition, tokens), 'same bytes'],
    ['naive each time, spread + URL', naiveApply(definition, tokens), 'same meaning'],
    ['Headers + URL', headersApply(definition, tokens), 'same meaning'],
    ['swagger-client each time + URL', swaggerApply(definition, tokens), 'same meaning'],
  ]
  const contenders = rows.map(([name, run, url]) => ({
    name,
    run,
    isRight: (answer, request) =>
      isSame(readRequest(answer), expectedRequest(definition, tokens, request)) &&
      (url === 'same meaning' || answer.url === expectedUrl(definition, tokens, request)),
  }))
  return { ring, others: makeRequests({ ...benchCase, urls: 'rotating' }), contenders }
}

function parse(definition) {
  const result = parseDefinition(definition)
  if (!result.ok) throw new Error(`the bench's own definition is refused: ${JSON.stringify(result.issues)}`)
  return result.value
}

function lowerCase(headers) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
