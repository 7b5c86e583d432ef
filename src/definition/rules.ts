import { isSteeringHeader, isToken } from '../http/grammar.ts'
import { readQuery } from '../http/query.ts'
import { splitUrl } from '../http/url.ts'
import { pointerTo } from '../json-pointer.ts'
import { claimedKeys, conflictingKeys, describeCarrier } from '../kinds/carriers.ts'
import { type BoundKind, bindKind, CALL_TOKEN_CARRIER } from '../kinds/table.ts'
import { type Issue, makeIssue } from '../result.ts'
import type { Carrier, SecurityOption, ToolDefinition } from '../types.ts'
import { checkBaseUrl } from './base-url.ts'
import { callTokenScopes, canAuthenticate, OPTIONS_POINTER, optionsOf, requirementsOf } from './options.ts'

/**
 * Checks what a JSON Schema cannot say (DEF-1 to DEF-5). Expects a definition that its schema accepts.
 * @param allowInsecureOrigins Origins where plain http may carry a credential.
 * @internal
 */
export function checkRules(definition: ToolDefinition, allowInsecureOrigins: readonly string[]): readonly Issue[] {
  const carriers = new Set<string>()
  const options = optionsOf(definition).flatMap((option, index) =>
    checkOption(option, pointerTo(OPTIONS_POINTER, index), carriers),
  )
  const authenticates = canAuthenticate(definition)
  const url = authenticates ? definition.http?.baseUrlPattern : undefined
  return [
    ...checkImplementations(definition),
    ...options,
    ...checkParameters(definition, carriers, authenticates),
    ...(url === undefined ? [] : checkBaseUrl(url, allowInsecureOrigins)),
    ...(url === undefined ? [] : checkBaseQuery(url, carriers)),
  ]
}

function checkImplementations(definition: ToolDefinition): readonly Issue[] {
  const present = (['http', 'client', 'dataConnection'] as const).filter((name) => definition[name] !== undefined)
  if (present.length < 2) return []
  const names = present.map((name) => `\`${name}\``).join(' and ')
  return [makeIssue('ERR_IMPLEMENTATION_COUNT', '', `a tool has one implementation, this one has ${names}`)]
}

/** DEF-2 and DEF-3; adds the carriers it finds. */
function checkOption(option: SecurityOption, pointer: string, carriers: Set<string>): readonly Issue[] {
  const issues: Issue[] = []
  const owners = new Map<string, string>()
  const claim = (carrier: Carrier, owner: string, at: string): void => {
    const taken = conflictingKeys(carrier).find((key) => owners.has(key))
    if (taken !== undefined) {
      const message = `${owners.get(taken)} and ${owner} would both write the ${describeCarrier(carrier)}`
      issues.push(makeIssue('ERR_CARRIER_CONFLICT', at, message, 'put alternatives into options of their own'))
    }
    for (const key of claimedKeys(carrier)) {
      owners.set(key, owner)
      carriers.add(key)
    }
  }
  if (callTokenScopes(option).length > 0) claim(CALL_TOKEN_CARRIER, 'the call token', pointer)
  let signer: string | undefined
  for (const [name, requirement] of requirementsOf(option)) {
    const at = pointerTo(pointer, 'requirements', name)
    const kind = bindKind(requirement)
    // A form may have any number of headers, and a call takes only so many arguments.
    for (const issue of checkFields(kind, pointerTo(at, kind.kind))) issues.push(issue)
    for (const carrier of kind.carriers) claim(carrier, `\`${name}\``, at)
    if (!kind.signs) continue
    if (signer !== undefined) {
      const message = `\`${signer}\` and \`${name}\` would both sign the request, each without the other's signature`
      issues.push(makeIssue('ERR_SIGNATURE_COUNT', at, message))
    }
    signer = name
  }
  return issues
}

/** DEF-2, and what a kind asks of its fields beyond their schema. */
function checkFields(kind: BoundKind, pointer: string): readonly Issue[] {
  const steering = kind.carriers.filter((carrier) => carrier.kind === 'header' && isSteeringHeader(carrier.name))
  return [
    ...steering.map(({ name }) => {
      const place = kind.signs ? pointerTo(pointer, 'headers', name) : pointerTo(pointer, 'name')
      return makeIssue('ERR_HEADER_FORBIDDEN', place, `header \`${name}\` steers the message and carries no credential`)
    }),
    ...kind.check().map((issue) => ({ ...issue, pointer: pointer + issue.pointer })),
  ]
}

/** DEF-2 for header parameters, and DEF-4. */
function checkParameters(
  definition: ToolDefinition,
  carriers: ReadonlySet<string>,
  authenticates: boolean,
): readonly Issue[] {
  const issues: Issue[] = []
  for (const list of ['dynamicParameters', 'staticParameters', 'automaticParameters'] as const) {
    definition[list]?.forEach(({ name, location }, index) => {
      const at = pointerTo('', list, index, 'name')
      const carrier = parameterCarrier(name, location)
      if (carrier === undefined) return
      if (carrier.kind === 'header' && !isToken(name)) {
        issues.push(makeIssue('ERR_HEADER_NAME', at, `\`${name}\` is not a header name (an RFC 9110 token)`))
      } else if (authenticates && carrier.kind === 'header' && isSteeringHeader(name)) {
        issues.push(
          makeIssue(
            'ERR_HEADER_FORBIDDEN',
            at,
            `header \`${name}\` steers the message, and this tool sends a credential`,
          ),
        )
      }
      issues.push(...checkShared(carrier, carriers, at))
    })
  }
  return issues
}

function parameterCarrier(name: string, location: string): Carrier | undefined {
  if (location === 'PARAMETER_LOCATION_QUERY') return { kind: 'query', name }
  if (location === 'PARAMETER_LOCATION_HEADER') return { kind: 'header', name }
  return undefined
}

/** DEF-4 for parameters that the URL itself spells out. */
function checkBaseQuery(pattern: string, carriers: ReadonlySet<string>): readonly Issue[] {
  const query = splitUrl(pattern)?.query ?? ''
  return readQuery(query).flatMap(({ name }) => checkShared({ kind: 'query', name }, carriers, '/http/baseUrlPattern'))
}

function checkShared(carrier: Carrier, carriers: ReadonlySet<string>, pointer: string): readonly Issue[] {
  if (!conflictingKeys(carrier).some((key) => carriers.has(key))) return []
  const message = `the ${describeCarrier(carrier)} is the place of a credential`
  return [
    makeIssue('ERR_PARAMETER_CONFLICT', pointer, message, 'drop the parameter, or give the requirement another name'),
  ]
}
