import { expect, it } from 'vitest'
import { type Shape, shapeAt } from '../../../src/definition/shape.ts'

const leaf: Shape = {}
const root: Shape = { fields: { list: { items: leaf }, map: { values: { fields: { a: leaf } } }, a: leaf } }

it.each<[readonly string[], Shape | undefined]>([
  [[], root],
  [['a'], leaf],
  [['list', '0'], leaf],
  [['list', '10'], leaf],
  [['map', 'anything', 'a'], leaf],
  [['map', 'a'], { fields: { a: leaf } }],
  [['b'], undefined],
  [['a', 'b'], undefined],
  [['b', 'c', 'd'], undefined],
  [['toString'], undefined],
  [['map', 'x', 'constructor'], undefined],
])('the shape at %j', (segments, expected) => {
  expect(shapeAt(root, segments)).toEqual(expected)
})
