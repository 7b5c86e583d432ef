import { isInsecure } from '../definition/base-url.ts'
import { OPTIONS_POINTER } from '../definition/options.ts'
import { splitUrl } from '../http/url.ts'
import type { Binding, Notice, ToolDefinition } from '../types.ts'

/** Where the credentials of a definition may be sent. @internal */
export function bindingOf({ http }: ToolDefinition): Binding {
  const url = http === undefined ? null : splitUrl(http.baseUrlPattern)
  const brace = url === null ? -1 : url.path.indexOf('{')
  return Object.freeze({
    origin: url?.origin ?? null,
    pathPrefix: url === null ? null : brace < 0 ? url.path : url.path.slice(0, brace),
    pathOpen: brace >= 0,
    tenant: null,
    environment: null,
  })
}

/** What is worth knowing wherever a credential of a definition is used. @internal */
export function credentialNotices({ http }: ToolDefinition): Notice[] {
  if (http === undefined) {
    const message = 'the definition has no `http`: nothing says which origin may get the credential'
    return [{ code: 'NOTE_NO_HTTP', pointer: OPTIONS_POINTER, message, help: 'give `origin` to `apply`' }]
  }
  const url = splitUrl(http.baseUrlPattern)
  if (url === null || !isInsecure(url)) return []
  const message = `plain http was allowed for \`${url.origin}\`: the credential is readable on the way`
  return [{ code: 'NOTE_INSECURE_ORIGIN', pointer: '/http/baseUrlPattern', message }]
}
