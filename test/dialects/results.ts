import type { Issue, Result } from '../../src/index.ts'

/** What a successful result holds; fails the test, with the reasons, for any other. */
export function taken<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.issues.map(({ code, pointer }) => `${code} at ${pointer}`).join('; '))
  return result.value
}

/** The errors of a result, each as its code and pointer. */
export function errorsOf({ issues }: { readonly issues: readonly Issue[] }): readonly (readonly [string, string])[] {
  return issues.filter(({ severity }) => severity === 'error').map(({ code, pointer }) => [code, pointer])
}

/** The warnings of a result, each as its code and pointer. */
export function warningsOf({ issues }: { readonly issues: readonly Issue[] }): readonly (readonly [string, string])[] {
  return issues.filter(({ severity }) => severity === 'warning').map(({ code, pointer }) => [code, pointer])
}
