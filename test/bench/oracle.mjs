/** The right answers, worked out from how a case was made, and how to read what a contender gave. */
import assert from 'node:assert/strict'

/** What the last option of a definition writes for these tokens; nothing where one of them is missing. */
export function expectedWrites(definition, tokens) {
  const option = definition.requirements.httpSecurityOptions.options.at(-1)
  const writes = { headers: {}, query: {} }
  for (const [name, { queryApiKey, headerApiKey, httpAuth }] of Object.entries(option.requirements)) {
    const token = tokens[name]
    if (token === undefined) return { headers: {}, query: {} }
    if (queryApiKey !== undefined) writes.query[queryApiKey.name] = token
    else if (headerApiKey !== undefined) writes.headers[headerApiKey.name.toLowerCase()] = token
    else writes.headers['authorization'] = `${httpAuth.scheme} ${token}`
  }
  return writes
}

/** A request with those writes, in comparable form. */
export function expectedRequest(definition, tokens, request) {
  const writes = expectedWrites(definition, tokens)
  const given = readRequest(request)
  return {
    ...given,
    headers: { ...given.headers, ...writes.headers },
    query: { ...given.query, ...writes.query },
  }
}

/** The bytes of the URL that `apply` promises. */
export function expectedUrl(definition, tokens, request) {
  const pairs = Object.entries(expectedWrites(definition, tokens).query)
  return `${request.url}${pairs.map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join('')}`
}

/** Mutations with texts or secrets as values, or `null` for none. */
export function readMutations(mutations) {
  const writes = { headers: {}, query: {} }
  for (const { kind, name, value } of mutations ?? []) {
    const text = typeof value === 'string' ? value : value.reveal()
    if (kind === 'header') writes.headers[name.toLowerCase()] = text
    else writes.query[name] = text
  }
  return writes
}

/** A request of any contender: headers as an object or as `Headers`, the query in the URL. */
export function readRequest({ method, url, headers }) {
  const { origin, pathname, searchParams } = new URL(url)
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers)
  const folded = Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]))
  return { method, place: `${origin}${pathname}`, headers: folded, query: Object.fromEntries(searchParams) }
}

/** Whether two answers are the same, as a boolean. */
export function isSame(actual, expected) {
  try {
    assert.deepEqual(actual, expected)
    return true
  } catch {
    return false
  }
}
