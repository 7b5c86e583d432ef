import type { Access } from '../../plan/describe-access.ts'
import { issueJson } from '../report/json.ts'
import { findingBlocks, joinBlocks, LABEL_WIDTH, labelled, syntaxLines } from '../report/text.ts'
import type { Paint } from '../terminal/paint.ts'
import { PAGE_WIDTH, printable, wrap } from '../terminal/printable.ts'
import type { AccessFile } from './access-files.ts'
import type { AccessSummary, ToolAccess } from './tool-access.ts'

/** Who can run a tool, for people. @internal */
export function toolAccessLines(tool: ToolAccess, paint: Paint): readonly string[] {
  const { label, access, findings } = tool
  return joinBlocks([
    [`${paint('strong', printable(label))}: ${verdictOf(tool, paint)}`],
    [...placeLines(tool, paint), ...(access === null ? [] : accessLines(access, paint))],
    ...findingBlocks(findings, paint),
  ])
}

function verdictOf({ access, notFound }: ToolAccess, paint: Paint): string {
  if (notFound) return `${paint('error', 'not found')}, no stored tool has its name or id`
  if (access === null) return `${paint('error', 'invalid definition')}, so nobody can say who can run it`
  return access.anonymous ? paint('warning', 'can run anonymously') : paint('good', 'never runs anonymously')
}

/** A path or pointer is never broken: it is there to be copied. */
function placeLines({ file, pointer }: ToolAccess, paint: Paint): readonly string[] {
  const [path, at] = [printable(file), `at ${printable(`#${pointer}`)}`]
  const line = `  ${paint('faint', 'in'.padEnd(LABEL_WIDTH))}${path}`
  if (pointer === '') return [line]
  const fits = 2 + LABEL_WIDTH + path.length + 1 + at.length <= PAGE_WIDTH
  return fits ? [`${line} ${at}`] : [line, `${' '.repeat(2 + LABEL_WIDTH)}${at}`]
}

/** Which names run a tool, one way a line. @internal */
export function accessLines(access: Access, paint: Paint): readonly string[] {
  return waysOf(access).flatMap((way, index) => labelled(index === 0 ? 'runs' : '', way, '  ', paint, LABEL_WIDTH))
}

function waysOf({ ways, anonymousBecause }: Access): readonly string[] {
  const last = {
    noOptions: 'for everyone: it asks for no authentication',
    lastResort: 'for everyone, as a last resort',
  }
  return [
    ...ways.map(({ optionIndex, names, callTokenScopes }) => {
      const parts = [...names.map((name) => `\`${name}\``), ...(callTokenScopes.length > 0 ? ['a call token'] : [])]
      return `with ${parts.join(' and ')} (option ${optionIndex})`
    }),
    ...(anonymousBecause === null ? [] : [last[anonymousBecause]]),
  ]
}

/** What is wrong with a file around its tools. @internal */
export function fileFindingBlocks({ findings, syntax }: AccessFile, paint: Paint): readonly (readonly string[])[] {
  return [...syntax.map((issue) => syntaxLines(issue, paint)), ...findingBlocks(findings, paint)]
}

/** The last lines on standard error. @internal */
export function accessSummaryText(summary: AccessSummary, passedOver: readonly string[]): string {
  const { files, tools, anonymous, unknown } = summary
  const found = [
    ...(anonymous > 0 ? [`${anonymous} can run anonymously`] : []),
    ...(unknown > 0 ? [`${unknown} not known`] : []),
  ]
  const verdict = tools > 0 && found.length === 0 ? ['none can run anonymously'] : found
  const total = `latchkey: ${count(tools, 'tool')} in ${count(files, 'file')}${verdict.length > 0 ? `: ${verdict.join(', ')}` : ''}`
  const skipped = wrap('latchkey: passed over, without a tool: ', passedOver.join(', '), '  ')
  return [...(passedOver.length === 0 ? [] : skipped), total].map((line) => `${line}\n`).join('')
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** Who can run the tools, for programs. @internal */
export function accessJson(
  files: readonly AccessFile[],
  tools: readonly ToolAccess[],
  summary: AccessSummary,
  passedOver: readonly string[],
): object {
  const around = files.flatMap(({ syntax, findings }) => [...syntax, ...findings.map(({ issue }) => issue)])
  return {
    summary,
    tools: tools.map(({ name, file, pointer, access, findings }) => ({
      ...{ name, file, pointer, access },
      issues: findings.map(({ issue }) => issueJson(issue)),
    })),
    issues: around.map(issueJson),
    passedOver,
  }
}
