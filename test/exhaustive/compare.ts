import type { Answer, Write } from '../../spec/reference/model.ts'
import type { Mutation, Need, Resolution } from '../../src/index.ts'

/** Whether the engine and the reference model say the same; values are revealed, since any two secrets look equal. */
export function agrees(resolution: Resolution, answer: Answer): boolean {
  switch (resolution.outcome) {
    case 'authenticated':
      return (
        answer.outcome === 'authenticated' &&
        resolution.optionIndex === answer.optionIndex &&
        sameList(resolution.mutations, answer.mutations, sameWrite) &&
        sameList(resolution.needs, answer.needs, (need: Need, owed) => need.requirement === owed)
      )
    case 'unauthenticated':
      return answer.outcome === 'unauthenticated' && resolution.optionIndex === answer.optionIndex
    case 'unsatisfied':
      return (
        answer.outcome === 'unsatisfied' &&
        resolution.reason === answer.reason &&
        sameList(
          resolution.missing,
          answer.missing,
          (one, other) =>
            one.optionIndex === other.optionIndex &&
            one.callToken === other.callToken &&
            sameList(one.names, other.names, (name, otherName) => name === otherName),
        )
      )
    case 'invalidTokens':
      return (
        answer.outcome === 'invalidTokens' &&
        sameList(resolution.issues, answer.bad, ({ pointer }, name) => pointer === `/authTokens/${escapeName(name)}`)
      )
  }
}

function sameWrite(mutation: Mutation, write: Write): boolean {
  return mutation.kind === write.kind && mutation.name === write.name && mutation.value.reveal() === write.value
}

function sameList<A, B>(left: readonly A[], right: readonly B[], same: (a: A, b: B) => boolean): boolean {
  return left.length === right.length && left.every((one, index) => same(one, right[index] as B))
}

function escapeName(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Counts cases and keeps the first few that differ: an `expect` for each of two million costs minutes. */
export class Tally {
  cases = 0
  differences = 0
  readonly examples: string[] = []

  add(same: boolean, describe: () => unknown): void {
    this.cases += 1
    if (same) return
    this.differences += 1
    if (this.examples.length < 3) this.examples.push(JSON.stringify(describe()))
  }
}
