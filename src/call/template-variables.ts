/** The root variables that the templates in these tokens name: their values are secrets. @internal */
export function templateVariables(authTokens: readonly unknown[]): ReadonlySet<string> {
  const variables = new Set<string>()
  for (const tokens of authTokens) {
    for (const text of textsOf(tokens)) {
      for (const [, name] of text.matchAll(/\{\{\s*([A-Za-z_][A-Za-z0-9_-]*)/g))
        if (name !== undefined) variables.add(name)
    }
  }
  return variables
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}
