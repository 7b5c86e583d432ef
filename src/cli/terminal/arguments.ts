import { parseArgs } from 'node:util'
import { didYouMean } from '../../suggest.ts'
import { CouldNotRun } from './failure.ts'

/** How one option is written. */
interface OptionRule {
  readonly type: 'boolean' | 'string'
  /** The values it takes; any where absent. */
  readonly values?: readonly string[]
  readonly short?: string
}

/** Options by name, without the two hyphens. @internal */
export type OptionRules = { readonly [name: string]: OptionRule }

/** The command line in its parts. @internal */
export interface Arguments {
  readonly positionals: readonly string[]
  readonly flags: ReadonlySet<string>
  /** Values by option, in the order given. */
  readonly values: ReadonlyMap<string, readonly string[]>
}

/**
 * Reads a command line. Messages name options and never echo a value: a token may have been typed by mistake.
 * @internal
 */
export function readArguments(argv: readonly string[], rules: OptionRules): Arguments {
  const options = Object.fromEntries(
    Object.entries(rules).map(([name, { type, short }]) => [name, short === undefined ? { type } : { type, short }]),
  )
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true })
  const positionals: string[] = []
  const flags = new Set<string>()
  const values = new Map<string, readonly string[]>()
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) throw unknownOption(rawName, Object.keys(rules))
    if (rule.type === 'boolean') flags.add(withoutValue(name, value))
    else values.set(name, [...(values.get(name) ?? []), readValue(name, value, inlineValue === true)])
  }
  return { positionals, flags, values }
}

/** The value of an option that counts where it was given several times: the last. @internal */
export function lastValue({ values }: Arguments, name: string): string | undefined {
  return values.get(name)?.at(-1)
}

/** @internal */
export function unknownOption(option: string, known: readonly string[], command?: string): CouldNotRun {
  const options = known.map((name) => `--${name}`)
  const message = command === undefined ? `unknown option ${option}` : `${command} has no option ${option}`
  const all = `\`latchkey ${command === undefined ? '' : `${command} `}--help\` lists them all`
  return new CouldNotRun(message, didYouMean(option, options) ?? all)
}

function withoutValue(name: string, value: string | undefined): string {
  if (value === undefined) return name
  throw new CouldNotRun(`--${name} takes no value`)
}

function readValue(name: string, value: string | undefined, inline: boolean): string {
  // `--tokens --reveal` forgot the file; a value that does start with a hyphen is written with `=`.
  const forgotten = value === undefined || value === '' || (!inline && value.length > 1 && value.startsWith('-'))
  if (forgotten) throw new CouldNotRun(`--${name} needs a value`)
  return value
}

/**
 * Refuses a value that an option does not take; of two commands each may take others.
 * @throws A {@link CouldNotRun}.
 * @internal
 */
export function checkValues({ values }: Arguments, rules: OptionRules): void {
  for (const [name, given] of values) {
    const allowed = rules[name]?.values
    if (allowed === undefined || given.every((value) => allowed.includes(value))) continue
    throw new CouldNotRun(`--${name} takes ${allowed.map((each) => `\`${each}\``).join(' or ')}`)
  }
}
