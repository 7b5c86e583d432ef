import { describe, expect, it } from 'vitest'
import { CODES, type ErrorCode, SecurityError } from '../../src/errors.ts'
import { makeIssue } from '../../src/result.ts'

describe('CODES', () => {
  it.each(Object.entries(CODES))('%s has a phase and a title of one plain line', (code, { phase, title }) => {
    expect(code).toMatch(/^(?:ERR|WARN|NOTE)(?:_[A-Z]+)+$/)
    expect(['definition', 'tokens', 'need', 'request', 'response']).toContain(phase)
    expect(title).toMatch(/^[^\n]*[^.\s]$/)
  })
})

describe('SecurityError', () => {
  it.each(Object.keys(CODES).filter((code) => code.startsWith('ERR_')))(
    '%s takes title and phase from the table',
    (code) => {
      const error = new SecurityError(code as ErrorCode)
      const { phase, title } = CODES[code as ErrorCode]
      expect(error).toBeInstanceOf(Error)
      expect(error).toMatchObject({ name: 'SecurityError', code, phase, message: title, retryable: false })
      expect([error.issues, error.cause]).toEqual([undefined, undefined])
    },
  )

  it('takes its details', () => {
    const issues = [makeIssue('ERR_FIELD_TYPE', '/a', 'expected a string')]
    const error = new SecurityError('ERR_DEFINITION_INVALID', { message: 'm', issues, retryable: true, phase: 'need' })
    expect(error).toMatchObject({ message: 'm', issues, retryable: true, phase: 'need' })
    expect(new SecurityError('ERR_NEED_UNMET', { retryAfterMs: 1_500 }).retryAfterMs).toBe(1_500)
    expect(error.retryAfterMs).toBeUndefined()
  })
})
