import { describe, expect, it } from 'vitest'
import { aboutKey, findDuplicateKeys } from '../../../src/definition/parse-text.ts'
import { parseDefinition, parseDefinitionText } from '../../../src/index.ts'
import { makeIssue } from '../../../src/result.ts'

describe('parseDefinitionText', () => {
  it('reads what parseDefinition reads', () => {
    const definition = { modelToolName: 'a', client: {} }
    expect(parseDefinitionText(JSON.stringify(definition))).toEqual(parseDefinition(definition))
  })

  it.each(['', '{', 'null,', '{a:1}', "{'a':1}", '{"a":1,}', '[1 2]', '\u0000', '{"a":\n"b\n"}'])(
    'says that %j is no JSON, and quotes nothing of it',
    (text) => {
      expect(parseDefinitionText(text)).toEqual({
        ok: false,
        issues: [{ code: 'ERR_JSON_SYNTAX', pointer: '', severity: 'error', message: 'the text is not JSON' }],
      })
    },
  )

  it('says where an issue stands: the key for what is wrong with a name, else the value', () => {
    const text = '{\n  "modelToolName": "a b",\n  "requirments": {},\n  "client": {"a": 1}\n}'
    const result = parseDefinitionText(text)
    expect(result.issues.map(({ code, range }) => [code, range?.start, range?.end])).toEqual([
      ['ERR_FIELD_UNKNOWN', { line: 4, column: 14 }, { line: 4, column: 17 }],
      ['ERR_FIELD_VALUE', { line: 2, column: 20 }, { line: 2, column: 25 }],
      ['ERR_FIELD_UNKNOWN', { line: 3, column: 3 }, { line: 3, column: 16 }],
    ])
  })

  it('gives warnings their places, too', () => {
    const result = parseDefinitionText('{"stranger": 1}', { unknownFields: 'allow' })
    expect(result).toMatchObject({
      ok: true,
      issues: [{ code: 'WARN_FIELD_UNKNOWN', range: { start: { line: 1, column: 2 }, end: { line: 1, column: 12 } } }],
    })
  })

  it('refuses a key given twice, at its second place, beside every other problem', () => {
    const result = parseDefinitionText('{"timeout": 5,\n "timeout": 6}')
    expect(result.ok).toBe(false)
    expect(result.issues.map(({ code, range }) => [code, range?.start])).toEqual([
      ['ERR_FIELD_TYPE', { line: 2, column: 13 }],
      ['ERR_JSON_DUPLICATE_KEY', { line: 2, column: 2 }],
    ])
    expect(parseDefinitionText('{"client": {}, "client": {}}')).toMatchObject({ ok: false })
  })

  it('takes its options', () => {
    expect(() => parseDefinitionText('{}', { profile: 'other' } as never)).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    )
    expect(parseDefinitionText('{"$schema": "a"}', { profile: 'ultravox' })).toMatchObject({
      issues: [{ code: 'ERR_EXTENSION', range: { start: { column: 2 } } }],
    })
  })
})

describe('findDuplicateKeys', () => {
  it('finds each, in order', () => {
    expect(findDuplicateKeys('{"a":{"b":1,"b":2},"c":[{"d":1,"d":1}],"a":0}').map(({ pointer }) => pointer)).toEqual([
      '/a/b',
      '/c/0/d',
      '/a',
    ])
    expect(findDuplicateKeys('[{"a":1},{"a":1}]')).toEqual([])
  })
})

describe('places', () => {
  it('are those of the value where there is no key', () => {
    expect(aboutKey(makeIssue('ERR_FIELD_MISSING', '', 'm'))).toBe(true)
    expect(parseDefinitionText(' [] ').issues[0]?.range).toEqual({
      start: { line: 1, column: 2 },
      end: { line: 1, column: 4 },
    })
    expect(parseDefinitionText('{"http": {}}').issues[0]?.range?.start).toEqual({ line: 1, column: 2 })
  })

  it('are found behind keys that need escaping, and in arrays', () => {
    const text = '{"dynamicParameters": [{"name": "a", "location": "X"}, {"a/b~": 1}]}'
    const at = Object.fromEntries(
      parseDefinitionText(text).issues.map(({ pointer, code, range }) => [`${code} ${pointer}`, range?.start.column]),
    )
    expect(at).toEqual({
      'ERR_FIELD_VALUE /dynamicParameters/0/location': 50,
      'ERR_FIELD_MISSING /dynamicParameters/1': 56,
      'ERR_FIELD_UNKNOWN /dynamicParameters/1/a~1b~0': 57,
    })
  })
})
