import { Secret } from '../secret.ts'
import type { Carrier, Mutation } from '../types.ts'

/** The mutation that writes a text. @internal */
export function textMutation({ kind, name }: Carrier, text: string, requirement: string): Mutation {
  return Object.freeze({ kind, name, value: new Secret(text), requirement })
}
