/** What is measured: definitions, tokens and requests. */

const ORIGIN = 'https://api.example.com'
const CALLERS = 8
const TOKEN_LENGTH = 34

/** One case runs in one process. `job` says which contenders take part. */
export const CASES = [
  ...[
    [1, 1],
    [3, 2],
    [16, 4],
    [64, 8],
  ].flatMap(([options, requirements]) =>
    // With one option there is nothing before it that could miss a token.
    (options === 1 ? ['first'] : ['first', 'last']).map((misses) => resolveCase(options, requirements, misses)),
  ),
  ...['same', 'rotating'].flatMap((urls) => [0, 3, 8].map((headers) => applyCase(urls, headers))),
]

/** Only the last option is satisfied; every other one misses its first token, or its last one only. */
function resolveCase(options, requirements, misses) {
  return { job: 'resolve', name: `resolve ${options}x${requirements} misses ${misses}`, options, requirements, misses }
}

function applyCase(urls, headers) {
  return { job: 'apply', name: `apply ${urls} url, ${headers} headers`, urls, headers }
}

/** The definition of a resolve case. Names sort in definition order. */
export function makeDefinition({ options, requirements }) {
  const list = Array.from({ length: options }, (_, option) => {
    const entries = Array.from({ length: requirements }, (_, place) => [
      nameOf(option, place),
      requirementAt(option, place),
    ])
    return { requirements: Object.fromEntries(entries) }
  })
  return definitionOf(`${ORIGIN}/v1/price`, list)
}

function definitionOf(baseUrlPattern, options) {
  const http = { baseUrlPattern, httpMethod: 'GET' }
  return { modelToolName: 'bench', http, requirements: { httpSecurityOptions: { options } } }
}

function nameOf(option, place) {
  return `key_${String(option).padStart(2, '0')}_${place}`
}

/** Header, query and bearer in turn, with one bearer an option at most: it owns `Authorization`. */
function requirementAt(option, place) {
  const turn = (option + place) % 3
  if (turn === 1) return { queryApiKey: { name: `key${place}` } }
  if (turn === 2 && place < 3) return { httpAuth: { scheme: 'Bearer' } }
  return { headerApiKey: { name: `X-Api-Key-${place}` } }
}

/**
 * The tokens of several callers, all of one shape. Callers take turns, so that no contender's code can be specialised
 * for one caller's values.
 */
export function makeCallers({ options, requirements, misses }) {
  const names = []
  for (let option = 0; option < options; option += 1) {
    for (let place = 0; place < requirements; place += 1) {
      const supplied = option === options - 1 || (misses === 'last' && place < requirements - 1)
      if (supplied) names.push(nameOf(option, place))
    }
  }
  return Array.from({ length: CALLERS }, (_, caller) => callerOf(names, caller))
}

/** Through JSON, as a platform gets them. */
function callerOf(names, caller) {
  return JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, makeToken(name, caller)]))))
}

function makeToken(name, caller) {
  return `${caller}.${name}.`.padEnd(TOKEN_LENGTH, 'Zm9vYmFy')
}

/** The definition of an apply case: bearer, header and query. */
export function makeApplyDefinition() {
  const requirements = {
    account: { headerApiKey: { name: 'X-Account-Key' } },
    app: { queryApiKey: { name: 'appKey' } },
    token: { httpAuth: { scheme: 'Bearer' } },
  }
  return definitionOf(`${ORIGIN}/v1/customers/{customerId}/orders`, [{ requirements }])
}

export function makeApplyTokens() {
  return callerOf(['account', 'app', 'token'], 0)
}

const HEADERS = {
  accept: 'application/json',
  'content-type': 'application/json',
  'user-agent': 'voice-platform/1.0',
  'accept-language': 'en',
  'idempotency-key': '0d5b62c8-9e6f-4a55-b2b4-7f3d0a1c9e10',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'x-call-id': 'call-1',
  'x-request-id': 'request-1',
}

const ODD_IDS = [(id) => `jane.doe-${id}`, (id) => `jane%40example-${id}`, (id) => `a%2Fb.${id}`]

/** One request, or 64 with URLs of their own: three of four have dots or percent escapes in an id. */
export function makeRequests({ urls, headers }) {
  return Array.from({ length: urls === 'same' ? 1 : 64 }, (_, index) => {
    const odd = index % 4 === 0 ? undefined : ODD_IDS[(index % 4) - 1]
    const id = odd === undefined ? `c${index}` : odd(index)
    const query = `limit=20&expand=items&cursor=${(index * 7919).toString(36)}`
    const url = `${ORIGIN}/v1/customers/${id}/orders?${query}`
    return { method: 'GET', url, headers: Object.fromEntries(Object.entries(HEADERS).slice(0, headers)) }
  })
}
