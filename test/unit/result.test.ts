import { expect, it } from 'vitest'
import { hasErrors, makeIssue, sortIssues } from '../../src/result.ts'

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
