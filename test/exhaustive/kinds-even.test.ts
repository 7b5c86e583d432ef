import { expect, it } from 'vitest'
import { compareHalf } from './kinds.ts'

// All of it: 65 options, 10 of them with two or three httpAuth, so 1 + 65 + 65² + 65³ = 278,916 definitions times 8 token
// subsets are 2,231,328 cases; 1 + 55 + 55² + 55³ = 169,456 definitions are accepted, which are 1,355,648 cases.
it('equals the reference model on 3 options, 3 names, 3 kinds, all token subsets: even half (P2)', () => {
  expect(compareHalf(0)).toEqual({ definitions: 139_458, refused: 54_808 })
}, 300_000)
