import { expect, it } from 'vitest'
import { pointerTo } from '../../src/json-pointer.ts'
import { hasErrors, makeIssue, sortByName, sortIssues } from '../../src/result.ts'

it('an issue has the severity of its code, and help only where there is some', () => {
  expect(makeIssue('ERR_FIELD_TYPE', '/a', 'm')).toEqual({
    code: 'ERR_FIELD_TYPE',
    pointer: '/a',
    severity: 'error',
    message: 'm',
  })
  expect(makeIssue('WARN_FIELD_UNKNOWN', '', 'm', 'h')).toMatchObject({ severity: 'warning', help: 'h' })
})

it('warnings are no errors', () => {
  const [error, warning] = [makeIssue('ERR_FIELD_TYPE', '', 'm'), makeIssue('WARN_FIELD_UNKNOWN', '', 'm')]
  expect([[], [warning], [warning, error]].map(hasErrors)).toEqual([false, false, true])
})

it('issues are sorted by pointer, then by code, and the list is a new one', () => {
  const issues = [
    makeIssue('ERR_FIELD_TYPE', '/b', '1'),
    makeIssue('WARN_FIELD_UNKNOWN', '/a', '2'),
    makeIssue('ERR_FIELD_TYPE', '/a', '3'),
    makeIssue('ERR_FIELD_TYPE', '/a', '4'),
    makeIssue('ERR_FIELD_TYPE', '', '5'),
  ]
  expect(sortIssues(issues).map(({ message }) => message)).toEqual(['5', '3', '4', '2', '1'])
  expect(issues[0]?.message).toBe('1')
})

it('pointers are sorted segment by segment, whole numbers first and by value', () => {
  const sorted = ['', '/a', '/a/2', '/a/10', '/a/18446744073709551616', '/a/-1', '/a/01', '/a/x', '/a-b', '/a~0', '/b']
  const issues = [...sorted].reverse().map((pointer) => makeIssue('ERR_FIELD_TYPE', pointer, 'm'))
  expect(sortIssues(issues).map(({ pointer }) => pointer)).toEqual(sorted)
  // What an escape stands for counts, not the escape.
  expect(sortIssues(['/a0', '/a~1b'].map((pointer) => makeIssue('ERR_FIELD_TYPE', pointer, 'm')))[0]?.pointer).toBe(
    '/a~1b',
  )
})

it('issues of tokens are sorted by name, by code unit (TOK-1)', () => {
  const names = ['10', '2', 'a', 'a/b', 'a0', 'b', 'a~']
  const issues = names.map((name) => makeIssue('ERR_TOKEN_EMPTY', pointerTo('/authTokens', name), name))
  expect(sortByName(issues).map(({ message }) => message)).toEqual([...names].sort())
})
