import { pointerTo } from '../json-pointer.ts'
import type { KindLint } from '../kinds/row.ts'
import { bindKind } from '../kinds/table.ts'
import { type Issue, makeIssue, sortIssues } from '../result.ts'
import type { SecurityOption, ToolDefinition } from '../types.ts'
import { callTokenScopes, isAnonymous, OPTIONS_POINTER, optionsOf, requirementsOf } from './options.ts'
import { parseDefinition, readingOf } from './parse.ts'

const SECRET_NAME =
  /secret|token|api[-_]?key|passwo?r?d|authorization|credential|private[-_]?key|access[-_]?key|bearer/i

const KIND_LINTS: Record<KindLint, { readonly message: string; readonly help: string }> = {
  WARN_KEY_IN_QUERY: {
    message: 'a key in the query string shows in access logs, proxies and browser histories',
    help: 'prefer `headerApiKey` where the service accepts it',
  },
  WARN_AUTH_SCHEME_UNREGISTERED: {
    message: 'the auth-scheme is not in the IANA registry',
    help: 'check its spelling; common ones are `Bearer` and `Basic`',
  },
}

/**
 * Warns about what is valid and yet probably not meant: secrets in static parameters, keys in query strings, options
 * that are never chosen, anonymous options beside authenticated ones, unknown auth-schemes.
 *
 * @param definition A definition; one that is not valid gives its errors instead.
 * @returns Warnings, sorted by pointer, then by code; pointers lead into the given definition, as it is spelled.
 * @example
 * lintDefinition(definition).map((issue) => issue.code) // ['WARN_KEY_IN_QUERY']
 */
export function lintDefinition(definition: unknown): readonly Issue[] {
  const result = parseDefinition(definition)
  if (!result.ok) return result.issues
  const { toInput } = readingOf(result.value)
  // What was parsed before is itself the input.
  const place = (lint: Issue): Issue =>
    result.value === definition ? lint : { ...lint, pointer: toInput(lint.pointer) }
  return sortIssues([...result.issues, ...lintRules(result.value).map(place)])
}

function lintRules(definition: ToolDefinition): readonly Issue[] {
  const options = optionsOf(definition)
  return [
    ...lintParameters(definition),
    ...options.flatMap((option, index) => lintRequirements(option, pointerTo(OPTIONS_POINTER, index))),
    ...lintReach(options),
    ...lintAnonymous(options),
  ]
}

function lintParameters(definition: ToolDefinition): readonly Issue[] {
  return (definition.staticParameters ?? []).flatMap(({ name, value }, index) => {
    if (typeof value !== 'string' || value === '' || !SECRET_NAME.test(name)) return []
    const message = `\`${name}\` looks like a secret, and everyone who can read the definition can read its value`
    const help = 'declare it under `requirements.httpSecurityOptions` and supply it in `authTokens`'
    return [makeIssue('WARN_SECRET_IN_PARAMETER', pointerTo('/staticParameters', index, 'value'), message, help)]
  })
}

function lintRequirements(option: SecurityOption, pointer: string): readonly Issue[] {
  return requirementsOf(option).flatMap(([name, requirement]) => {
    const kind = bindKind(requirement)
    const at = pointerTo(pointer, 'requirements', name, kind.kind)
    const lints = kind.lint().map((code) => makeIssue(code, at, KIND_LINTS[code].message, KIND_LINTS[code].help))
    const extensions = kind.extensions().map((place) => {
      const what = place === '' ? `kind \`${kind.kind}\`` : `\`${place.slice(1)}\``
      return makeIssue(
        'WARN_EXTENSION',
        at + place,
        `Ultravox does not know the ${what}`,
        'an error with `profile: "ultravox"`',
      )
    })
    return [...lints, ...extensions]
  })
}

/** An option that an earlier one always precedes: whoever satisfies it satisfies the earlier one too. */
function lintReach(options: readonly SecurityOption[]): readonly Issue[] {
  const asked = options.map((option) => ({
    names: new Set(requirementsOf(option).map(([name]) => name)),
    callToken: callTokenScopes(option).length > 0,
    anonymous: isAnonymous(option),
  }))
  return asked.flatMap((mine, index) => {
    const earlier = asked.slice(0, index).findIndex((theirs) => {
      if (theirs.anonymous !== mine.anonymous) return false
      return (mine.callToken || !theirs.callToken) && [...theirs.names].every((name) => mine.names.has(name))
    })
    if (earlier < 0) return []
    const message = `option ${index} is never chosen: whatever satisfies it satisfies option ${earlier} first`
    return [
      makeIssue('WARN_OPTION_UNREACHABLE', pointerTo(OPTIONS_POINTER, index), message, 'remove it, or move it up'),
    ]
  })
}

function lintAnonymous(options: readonly SecurityOption[]): readonly Issue[] {
  const index = options.findIndex(isAnonymous)
  if (index < 0 || options.every(isAnonymous)) return []
  const message = `option ${index} is anonymous: the tool runs without authentication when no other option is satisfied`
  const help = 'remove it unless that is meant; callers can refuse it with `anonymous: "never"`'
  return [makeIssue('WARN_ANONYMOUS_OPTION', pointerTo(OPTIONS_POINTER, index), message, help)]
}
