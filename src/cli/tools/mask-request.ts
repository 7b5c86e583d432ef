import { optionsOf } from '../../definition/options.ts'
import { foldHeaderName } from '../../http/grammar.ts'
import { decodeQueryText, encodeQueryText } from '../../http/query.ts'
import { bindKind } from '../../kinds/table.ts'
import type { HttpRequest, Mutation, Resolution, ToolDefinition } from '../../types.ts'

const SHOWN = '[secret]'
// A shorter token may be part of any word.
const MIN_SEARCHED = 6

/** What a mutation writes, without the credential: `Bearer [secret]`. @internal */
export function maskMutation(definition: ToolDefinition, resolution: Resolution, mutation: Mutation): string {
  const index = resolution.ok ? resolution.optionIndex : null
  const requirements = index === null ? undefined : optionsOf(definition)[index]?.requirements
  const requirement =
    requirements !== undefined && Object.hasOwn(requirements, mutation.requirement)
      ? requirements[mutation.requirement]
      : undefined
  if (requirement === undefined) return SHOWN
  const effect = bindKind(requirement).emit(SHOWN, mutation.requirement)
  return 'value' in effect ? effect.value.reveal() : SHOWN
}

type ShownMutation = Mutation & { readonly shown: string }

/**
 * Shows a request without what the mutations wrote.
 * @param tokens Texts that are masked wherever in the URL they stand.
 * @internal
 */
export function maskRequest(
  request: HttpRequest,
  mutations: readonly ShownMutation[],
  tokens: readonly string[],
): HttpRequest {
  const names = new Set(mutations.flatMap(({ kind, name }) => (kind === 'query' ? [name] : [])))
  const secrets = tokens.filter((token) => token.length >= MIN_SEARCHED && token.isWellFormed())
  const headers = Object.keys(request.headers).map((name) => [name, maskHeader(name, mutations)])
  return { ...request, url: maskUrl(request.url, names, secrets), headers: Object.fromEntries(headers) }
}

/** The command line sends no headers of its own, so every one of them was written by a mutation. */
function maskHeader(name: string, mutations: readonly ShownMutation[]): string {
  const folded = foldHeaderName(name)
  const header = mutations.find((each) => each.kind === 'header' && foldHeaderName(each.name) === folded)
  const cookies = folded === 'cookie' ? mutations.filter(({ kind }) => kind === 'cookie') : []
  return header?.shown ?? (cookies.map((cookie) => `${cookie.name}=${cookie.shown}`).join('; ') || SHOWN)
}

// What a parameter is called whose value nobody wants in a log, also where no mutation wrote it.
const SECRET_NAME = /secret|token|api[-_]?key|^key$|passw|^auth(?:orization)?$|credential|signature|^sig$/i

/** Masks user info, parameters that carry or may carry a credential, and credentials anywhere else. */
function maskUrl(url: string, names: ReadonlySet<string>, secrets: readonly string[]): string {
  const masked = url
    .replace(/(?<=^[a-z]+:\/\/)[^/?#]*(?=@)/i, () => SHOWN)
    .replace(/(?<=[?&])([^=&#]*)=([^&#]*)/g, (pair, rawName: string, value: string) => {
      const name = decodeQueryText(rawName)
      const hidden = names.has(name) || SECRET_NAME.test(name) || secrets.includes(decodeQueryText(value))
      return hidden && value !== '' ? `${rawName}=${SHOWN}` : pair
    })
  return secrets.reduce(
    (text, secret) => text.replaceAll(encodeQueryText(secret), () => SHOWN).replaceAll(secret, () => SHOWN),
    masked,
  )
}
