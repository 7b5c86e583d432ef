import type { Requirement, SecurityOption, ToolDefinition } from '../../src/index.ts'

/** Every way to write a requirement of this name; each name has places of its own, but for `Authorization`. */
function kindsOf(name: string): readonly Requirement[] {
  return [
    { headerApiKey: { name: `X-${name}` } },
    { queryApiKey: { name: `q${name}` } },
    { httpAuth: { scheme: 'Bearer' } },
  ]
}

/**
 * Every option over some names, each name absent or required in one of its first `kinds` kinds. The anonymous one is
 * there in both spellings.
 */
export function optionsOver(names: readonly string[], kinds: number): readonly SecurityOption[] {
  let sets: readonly Readonly<Record<string, Requirement>>[] = [{}]
  for (const name of names) {
    const ways = kindsOf(name).slice(0, kinds)
    sets = sets.flatMap((set) => [set, ...ways.map((way) => ({ ...set, [name]: way }))])
  }
  return [{}, ...sets.map((requirements) => ({ requirements }))]
}

/** Every list of at most `length` items. */
export function* listsOver<T>(items: readonly T[], length: number): Generator<readonly T[]> {
  let lists: readonly (readonly T[])[] = [[]]
  yield []
  for (let size = 1; size <= length; size += 1) {
    lists = lists.flatMap((list) => items.map((item) => [...list, item]))
    yield* lists
  }
}

/** A name that is not supplied. */
export const absent: unique symbol = Symbol('absent')

/** What is supplied under a name. */
export type State = string | null | typeof absent

/** Every way to give each name one of its states. */
export function tokensOver(
  names: readonly string[],
  statesOf: (name: string) => readonly State[],
): readonly Readonly<Record<string, string>>[] {
  let all: readonly Readonly<Record<string, string>>[] = [{}]
  for (const name of names) {
    const supply = (tokens: Readonly<Record<string, string>>, state: State): Readonly<Record<string, string>> =>
      state === absent ? tokens : { ...tokens, [name]: state as string }
    all = all.flatMap((tokens) => statesOf(name).map((state) => supply(tokens, state)))
  }
  return all
}

const http = { baseUrlPattern: 'https://api.example.com/v1', httpMethod: 'GET' }

/** A definition of these options. */
export function definitionOf(options: readonly SecurityOption[]): ToolDefinition {
  return { http, requirements: { httpSecurityOptions: { options } } }
}
