import type { CredentialType } from '../../src/credentials/index.ts'

interface ModelCredential {
  name: string
  readonly type: CredentialType
  value: string
  earlier: { readonly value: string; readonly untilMs: number }[]
  readonly uses: Set<string>
}

/** What a store of credentials does, in a map: naive, of one process, and without a step that another one could see. */
export class CredentialModel {
  nowMs: number
  readonly #all = new Map<string, ModelCredential>()

  constructor(nowMs: number) {
    this.nowMs = nowMs
  }

  create(place: string, id: string, name: string, type: CredentialType, value: string): string {
    if (this.names(place).includes(name)) return 'ERR_CREDENTIAL_NAME_TAKEN'
    if (this.#all.has(`${place} ${id}`)) return 'ERR_CREDENTIAL_ID_TAKEN'
    this.#all.set(`${place} ${id}`, { name, type, value, earlier: [], uses: new Set() })
    return 'ok'
  }

  rename(place: string, id: string, name: string): string {
    const found = this.#all.get(`${place} ${id}`)
    if (found === undefined) return 'ERR_CREDENTIAL_NOT_FOUND'
    if (found.name !== name && this.names(place).includes(name)) return 'ERR_CREDENTIAL_NAME_TAKEN'
    found.name = name
    return 'ok'
  }

  rotate(place: string, id: string, value: string, overlapMs: number): string {
    const found = this.#all.get(`${place} ${id}`)
    if (found === undefined) return 'ERR_CREDENTIAL_NOT_FOUND'
    if (overlapMs > 0 && found.type !== 'signingSecrets') return 'ERR_CREDENTIAL_TYPE'
    const valid = found.earlier.filter(({ untilMs }) => untilMs > this.nowMs)
    const earlier = overlapMs === 0 ? [] : [{ value: found.value, untilMs: this.nowMs + overlapMs }, ...valid]
    if (earlier.length > 8) return 'ERR_CREDENTIAL_VALUE'
    Object.assign(found, { value, earlier })
    return 'ok'
  }

  delete(place: string, id: string, force: boolean): string {
    const found = this.#all.get(`${place} ${id}`)
    if (found === undefined) return 'ERR_CREDENTIAL_NOT_FOUND'
    if (found.uses.size > 0 && !force) return 'ERR_CREDENTIAL_IN_USE'
    this.#all.delete(`${place} ${id}`)
    return 'ok'
  }

  recordUse(place: string, id: string, user: string, fallback: boolean): string {
    const found = this.#find(place, id, fallback)
    if (typeof found === 'string') return found
    found.uses.add(user)
    return 'ok'
  }

  removeUse(place: string, id: string, user: string, fallback: boolean): void {
    for (const each of fallback ? [place, defaultOf(place)] : [place]) this.#all.get(`${each} ${id}`)?.uses.delete(user)
  }

  uses(place: string, id: string): readonly string[] | null {
    const found = this.#all.get(`${place} ${id}`)
    return found === undefined ? null : [...found.uses].sort()
  }

  names(place: string): readonly string[] {
    return this.#of(place)
      .map(({ name }) => name)
      .sort()
  }

  /** What a request gets: the secrets that are valid, or the code of the refusal. */
  secrets(place: string, id: string, type: CredentialType, fallback: boolean): readonly string[] | string {
    const found = this.#find(place, id, fallback)
    if (typeof found === 'string') return found
    if (found.type !== type) return 'ERR_CREDENTIAL_TYPE'
    const earlier = found.earlier.filter(({ untilMs }) => untilMs > this.nowMs).map(({ value }) => value)
    return [...new Set([found.value, ...(type === 'signingSecrets' ? earlier : [])])]
  }

  /** The credential that a read gets, or the code of the refusal. */
  #find(place: string, id: string, fallback: boolean): ModelCredential | string {
    const standard = this.#all.get(`${defaultOf(place)} ${id}`)
    const refused = standard === undefined ? 'ERR_CREDENTIAL_NOT_FOUND' : 'ERR_CREDENTIAL_REFUSED'
    return this.#all.get(`${place} ${id}`) ?? (fallback ? standard : undefined) ?? refused
  }

  #of(place: string): readonly ModelCredential[] {
    return [...this.#all].filter(([key]) => key.startsWith(`${place} `)).map(([, credential]) => credential)
  }
}

/** The default environment of a place, which is written `tenant/environment`. */
function defaultOf(place: string): string {
  return place.replace(/\/.*$/, '/')
}
