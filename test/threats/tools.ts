import { apply, type SecurityError } from '../../src/index.ts'
import type { HttpRequest, Resolution } from '../../src/types.ts'

/** A requirement that goes into a header. */
export const header = (name: string): { headerApiKey: { name: string } } => ({ headerApiKey: { name } })
/** A requirement that goes into the query. */
export const query = (name: string): { queryApiKey: { name: string } } => ({ queryApiKey: { name } })
/** A requirement that goes into `Authorization`. */
export const auth = (scheme: string): { httpAuth: { scheme: string } } => ({ httpAuth: { scheme } })

/** An option of requirements by name. */
export const option = (requirements: object): { requirements: object } => ({ requirements })

/** A definition over https with these options. */
export function tool(options: unknown, rest: object = {}): Record<string, unknown> {
  return {
    requirements: { httpSecurityOptions: { options } },
    http: { baseUrlPattern: 'https://api.example.com/v1', httpMethod: 'GET' },
    ...rest,
  }
}

/** The same at another base URL. */
export function toolAt(
  baseUrlPattern: string,
  options: unknown = [option({ k: header('X-Key') })],
): Record<string, unknown> {
  return tool(options, { http: { baseUrlPattern, httpMethod: 'GET' } })
}

export const REQUEST: HttpRequest = Object.freeze({
  method: 'GET',
  url: 'https://api.example.com/v1',
  headers: Object.freeze({}),
})

/** The code with which applying is refused, or the request it gives. */
export function applied(resolution: Resolution, change: Partial<HttpRequest> = {}): string | HttpRequest {
  return codeOr(() => apply({ ...REQUEST, ...change }, resolution))
}

/** The result of a call, or the code of the error it throws; any other exception is thrown on. */
export function codeOr<T>(run: () => T): T | string {
  try {
    return run()
  } catch (error) {
    const { code } = error as Partial<SecurityError>
    if (typeof code === 'string' && code.startsWith('ERR_') && (error as Error).name === 'SecurityError') return code
    throw error
  }
}

/** Codes and pointers of issues. */
export function places(issues: readonly { readonly code: string; readonly pointer: string }[]): readonly string[] {
  return issues.map(({ code, pointer }) => `${code} ${pointer}`)
}

/** All orders of a list. */
export function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length < 2) return [items]
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  )
}
