import { expect, it } from 'vitest'
import { type CallProblem, resolveCall, toProblemDetails } from '../../src/call/index.ts'
import { BREAKAGES, OPTIONS, problemsOf, selectedTool } from './samples.ts'

const invalid: CallProblem = {
  code: 'ERR_TOKEN_MISSING',
  pointer: '/selectedTools/0/authTokens',
  severity: 'error',
  tool: 'stock_price',
  message: 'no option has all that it requires',
  help: 'supply `apiKey`',
}
const ownFault: CallProblem = {
  code: 'ERR_TOOL_LOOKUP',
  pointer: '/selectedTools/1/toolName',
  severity: 'error',
  tool: null,
  message: '`x` could not be looked up: the tool store failed',
}

it('a wrong payload: 400, with every member that RFC 9457 has', () => {
  expect(toProblemDetails({ problems: [invalid] })).toEqual({
    type: 'urn:latchkey:problem:call-invalid',
    title: 'The call payload is not valid',
    status: 400,
    detail: 'one problem in the selected tools',
    problems: [
      {
        code: 'ERR_TOKEN_MISSING',
        pointer: '/selectedTools/0/authTokens',
        tool: 'stock_price',
        message: 'no option has all that it requires',
        help: 'supply `apiKey`',
      },
    ],
  })
})

it.each(['ERR_TOOL_LOOKUP', 'ERR_CALL_TOKEN_MINT'] as const)(
  '%s anywhere: 503, for the payload may be fine',
  (code) => {
    expect(toProblemDetails({ problems: [invalid, { ...ownFault, code }, invalid] })).toEqual({
      type: 'urn:latchkey:problem:call-not-resolved',
      title: 'The call could not be resolved now',
      status: 503,
      detail: '3 problems in the selected tools',
      problems: [
        expect.objectContaining({ code: 'ERR_TOKEN_MISSING' }),
        { code, pointer: '/selectedTools/1/toolName', tool: null, message: ownFault.message },
        expect.objectContaining({ code: 'ERR_TOKEN_MISSING' }),
      ],
    })
  },
)

it('of every way to break a call can be sent as it is', async () => {
  const selectedTools = [selectedTool('first'), ...BREAKAGES.map(({ broken }, index) => broken(`tool${index}`))]
  const problems = problemsOf(await resolveCall({ selectedTools }, OPTIONS))
  const details = toProblemDetails({ problems })
  expect(details.problems).toHaveLength(BREAKAGES.length)
  expect(JSON.parse(JSON.stringify(details))).toEqual(details)
})
