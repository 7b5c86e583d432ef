import { type Fence, readFences, replaceFences } from './fences.ts'
import { runCommand } from './run-command.ts'
import { runSnippet } from './run-snippet.ts'

const PROGRAM = /^((?:\w+='[^']*' )*)(?:(?:npx )?latchkey|node dist\/cli\/main\.js)(?= )/

const INTO_FILE = / > [\w.-]+$/

// What a page may tell a reader to run beside Latchkey's own command line; the project's CI runs these.
const OTHER_COMMANDS = new Set(['npm ci', 'npm run build', 'npm test', 'npm install latchkey', 'npm pack'])

/** Whether a block is a file that examples of its page read or import, such as `tool.json`. */
export function isFile({ purpose }: Fence): boolean {
  return /^[\w-]+\.[a-z]+$/.test(purpose)
}

/**
 * Runs every example of a page in order: `ts` blocks as programs, `sh` blocks command by command. Blocks with a file name
 * are files for both.
 * @returns The page with each `text` block that follows an example replaced by what the example printed.
 */
export async function runPage(page: string): Promise<string> {
  const fences = readFences(page)
  const files = new Map(fences.filter(isFile).map(({ purpose, text }) => [purpose, text]))
  const modules = new Map<string, unknown>()
  const outputs = new Map<Fence, string>()
  for (const [index, fence] of fences.entries()) {
    const printed = await runFence(fence, files, modules)
    if (printed === null) continue
    const shown = fences[index + 1]
    if (shown?.language === 'text') outputs.set(shown, printed)
    else if (printed !== '') throw new Error(`the output of an example is not shown:\n${fence.text}\n${printed}`)
  }
  return replaceFences(page, outputs)
}

async function runFence(
  fence: Fence,
  files: ReadonlyMap<string, string>,
  modules: Map<string, unknown>,
): Promise<string | null> {
  if (fence.language === 'sh') return runShell(fence.text, files)
  if (fence.language !== 'ts' && fence.language !== 'js') return null
  const { printed, exports } = await runSnippet(fence.text, modules)
  if (isFile(fence)) modules.set(`./${fence.purpose}`, exports)
  return printed
}

async function runShell(text: string, files: ReadonlyMap<string, string>): Promise<string> {
  let printed = ''
  for (const line of text.replaceAll('\\\n', ' ').trim().split('\n')) {
    const [commands = '', comment = ''] = line.split(/ +# /)
    const expected = Number(/^exit code (\d)$/.exec(comment)?.[1] ?? 0)
    for (const command of commands.split(' && ').map((each) => each.trim())) {
      if (OTHER_COMMANDS.has(command)) continue
      const program = PROGRAM.exec(command)
      if (program === null) throw new Error(`a page shows a command that no test runs: ${command}`)
      const { exitCode, stdout, stderr } = await runCommand(
        command.slice(program[0].length).replace(INTO_FILE, ''),
        readVariables(program[1] ?? ''),
        files,
      )
      if (exitCode !== expected)
        throw new Error(`exit code ${exitCode}, not ${expected}: ${command}\n${stdout}${stderr}`)
      printed += INTO_FILE.test(command) ? stderr : stdout + stderr
    }
  }
  return printed
}

/** Variables that stand before a command, as `NAME='value'`. */
function readVariables(text: string): { readonly [name: string]: string } {
  return Object.fromEntries([...text.matchAll(/(\w+)='([^']*)'/g)].map(([, name, value]) => [name, value]))
}
