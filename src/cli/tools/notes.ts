import { printable } from '../terminal/printable.ts'
import type { LoadedFile } from './loaded-tool.ts'

/** Says that a file holds nothing to work on, so that silence is not read as success. @internal */
export function noteOnFile({ document, tools, findings }: LoadedFile): string {
  return tools.length > 0 || findings.length > 0 ? '' : `latchkey: ${printable(document.path)}: selects no tool\n`
}
