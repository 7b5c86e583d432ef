/** The other ways to do it: what one writes in a quarter of an hour, and swagger-client. */
import SwaggerClient from 'swagger-client'
import buildRequestModule from 'swagger-client/lib/execute/oas3/build-request.js'

const { applySecurities } = buildRequestModule

/** Twenty lines without checks, notices or explanation. */
export function naiveResolve(definition, tokens) {
  const options = definition.requirements?.httpSecurityOptions?.options ?? []
  for (const option of options) {
    const entries = Object.entries(option.requirements ?? {})
    if (entries.length === 0 || !entries.every(([name]) => tokens[name])) continue
    return entries.map(([name, requirement]) => {
      if (requirement.queryApiKey) return { kind: 'query', name: requirement.queryApiKey.name, value: tokens[name] }
      if (requirement.headerApiKey) return { kind: 'header', name: requirement.headerApiKey.name, value: tokens[name] }
      return { kind: 'header', name: 'Authorization', value: `${requirement.httpAuth.scheme} ${tokens[name]}` }
    })
  }
  return null
}

/** Chooses again for each request. */
export function naiveApply(definition, tokens) {
  return (request) => {
    const url = new URL(request.url)
    let headers = { ...request.headers }
    for (const { kind, name, value } of naiveResolve(definition, tokens)) {
      if (kind === 'query') url.searchParams.set(name, value)
      else headers = { ...headers, [name]: value }
    }
    return { ...request, url: url.href, headers }
  }
}

/** Everything prepared once: a map of headers and an encoded pair. */
export function assignApply(definition, tokens) {
  const { headers, query } = sort(naiveResolve(definition, tokens))
  const added = Object.fromEntries(headers)
  const pairs = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  return ({ method, url, headers }) => ({
    method,
    url: `${url}${url.includes('?') ? '&' : '?'}${pairs}`,
    headers: Object.assign({}, headers, added),
  })
}

/** Prepared once, then written with the platform's own classes. */
export function headersApply(definition, tokens) {
  const { headers, query } = sort(naiveResolve(definition, tokens))
  return (request) => {
    const url = new URL(request.url)
    for (const [name, value] of query) url.searchParams.set(name, value)
    const written = new Headers(request.headers)
    for (const [name, value] of headers) written.set(name, value)
    return { method: request.method, url: url.href, headers: written }
  }
}

function sort(mutations) {
  const of = (kind) => mutations.filter((one) => one.kind === kind).map(({ name, value }) => [name, value])
  return { headers: of('header'), query: of('query') }
}

/** The function of swagger-client that writes credentials, alone. It has no choice: it writes all that it is given. */
export function swaggerSecurities(definition) {
  const spec = openApiOf(definition)
  const { operation } = partsOf(spec)
  return (tokens) =>
    applySecurities({ request: { headers: {}, query: {} }, securities: { authorized: tokens }, operation, spec })
}

/** What swagger-client's own users call. */
export function swaggerRequest(definition) {
  const spec = openApiOf(definition)
  return (tokens) => SwaggerClient.buildRequest({ spec, operationId: 'run', securities: { authorized: tokens } })
}

export function swaggerApply(definition, tokens) {
  const spec = openApiOf(definition)
  const { operation } = partsOf(spec)
  return ({ method, url, headers }) => {
    const request = { headers: { ...headers }, query: {} }
    const result = applySecurities({ request, securities: { authorized: tokens }, operation, spec })
    const target = new URL(url)
    for (const name of Object.keys(result.query)) target.searchParams.set(name, result.query[name])
    return { method, url: target.href, headers: result.headers }
  }
}

function partsOf(spec) {
  const [path] = Object.keys(spec.paths)
  return { operation: spec.paths[path].get }
}

function openApiOf({ http, requirements }) {
  const { origin, pathname } = new URL(http.baseUrlPattern)
  const options = requirements.httpSecurityOptions.options
  const schemes = options.flatMap((option) => Object.entries(option.requirements))
  const security = options.map((option) =>
    Object.fromEntries(Object.keys(option.requirements).map((name) => [name, []])),
  )
  return {
    openapi: '3.0.3',
    info: { title: 'bench', version: '1' },
    servers: [{ url: origin }],
    paths: { [pathname]: { get: { operationId: 'run', security, responses: {} } } },
    components: { securitySchemes: Object.fromEntries(schemes.map(([name, one]) => [name, schemeOf(one)])) },
  }
}

function schemeOf({ queryApiKey, headerApiKey, httpAuth }) {
  if (queryApiKey !== undefined) return { type: 'apiKey', in: 'query', name: queryApiKey.name }
  if (headerApiKey !== undefined) return { type: 'apiKey', in: 'header', name: headerApiKey.name }
  return { type: 'http', scheme: httpAuth.scheme.toLowerCase() }
}
