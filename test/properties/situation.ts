import fc from 'fast-check'
import { Secret } from '../../src/secret.ts'
import { reference, resolveOptions, sample, tokensFor, unusableToken, usableToken } from './arbitraries.ts'

const secretToken = usableToken.map((text) => new Secret(text))
const readableToken = fc.oneof(usableToken, secretToken, reference)
const anyToken = fc.oneof({ arbitrary: readableToken, weight: 3 }, { arbitrary: unusableToken, weight: 1 })

const drawn = sample.chain((known) =>
  fc.tuple(fc.constant(known), tokensFor([...known.names, 'unrelated'], anyToken), resolveOptions),
)
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never

/** A definition, tokens for some of its names, and options: everything that `resolve` takes. */
export const situation: fc.Arbitrary<Drawn> = drawn
