import { readFileSync } from 'node:fs'
import { SCHEMA_HELP } from '../help/main.ts'
import { COMMON_OPTIONS, type Command } from '../terminal/command.ts'
import { EXIT } from '../terminal/exit-codes.ts'

/** Prints the JSON Schema of a tool definition. @internal */
export const schemaCommand: Command = {
  files: 'none',
  options: COMMON_OPTIONS,
  help: SCHEMA_HELP,
  run: async () => {
    // The same number of steps up from `src` and from `dist`.
    const file = new URL('../../../spec/schema/tool-definition.schema.json', import.meta.url)
    return { exitCode: EXIT.fine, stdout: readFileSync(file, 'utf8'), stderr: '' }
  },
}
