import type { PresetName } from '../../hmac/preset.ts'
import { signaturePresets } from '../../hmac/presets.ts'
import { pointerTo } from '../../json-pointer.ts'
import { compileForm } from '../../kinds/signature-form.ts'
import { didYouMean } from '../../suggest.ts'
import type { HmacForm } from '../../types.ts'
import { Unparsable } from '../report/unparsable.ts'
import { findDuplicateKeys } from '../source/duplicate-keys.ts'
import { camelCase, isObject, type JsonObject } from '../source/field-names.ts'
import { placeIssue } from '../source/places.ts'
import { readDocument } from '../source/read-document.ts'
import type { SourceDocument } from '../source/source-document.ts'
import { type Arguments, lastValue } from '../terminal/arguments.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Io } from '../terminal/io.ts'

/** The form that is debugged, and where it is from. @internal */
export interface DebugForm {
  readonly form: HmacForm
  readonly preset: PresetName | null
  /** What it is called in a report. */
  readonly label: string
}

/**
 * Reads the form that `--preset` names, or that FILE holds: alone, or in a definition or call with a requirement of the
 * kind `hmacSignature`.
 * @throws A {@link CouldNotRun} or {@link Unparsable}.
 * @internal
 */
export async function readDebugForm(io: Io, args: Arguments): Promise<DebugForm> {
  const [command = '', path] = args.positionals
  const preset = lastValue(args, 'preset')
  if ((preset === undefined) === (path === undefined)) {
    throw new CouldNotRun(`${command} takes a FILE with a form, or --preset NAME`, PRESETS_HELP)
  }
  if (path === undefined) return readPreset(preset ?? '')
  const read = await readDocument(io, path, lastValue(args, 'stdin-filepath'))
  if (!read.ok) throw new Unparsable([read.issue])
  const { document } = read
  const duplicates = findDuplicateKeys(document)
  if (duplicates.length > 0) throw new Unparsable(duplicates.map((issue) => placeIssue(document, issue)))
  return readFormOf(document, lastValue(args, 'requirement'))
}

const NAMES = Object.keys(signaturePresets) as readonly PresetName[]
const PRESETS_HELP = `the presets are ${NAMES.join(', ')}`

function readPreset(name: string): DebugForm {
  const preset = NAMES.find((each) => each === name)
  if (preset === undefined) throw new CouldNotRun('--preset names no preset', didYouMean(name, NAMES) ?? PRESETS_HELP)
  return { form: signaturePresets[preset].form, preset, label: preset }
}

function readFormOf(document: SourceDocument, requirement: string | undefined): DebugForm {
  const all = findForms(document.value)
  const wanted = requirement === undefined ? all : all.filter(({ name }) => name === requirement)
  const [found] = wanted
  if (found === undefined) throw noForm(document, all)
  if (wanted.some(({ form }) => JSON.stringify(form) !== JSON.stringify(found.form))) throw ambiguous(document, all)
  const { issues } = compileForm(found.form)
  if (issues.length > 0) throw new Unparsable(issues.map((issue) => placeIssue(document, issue, found.pointer)))
  return { form: found.form, preset: null, label: found.name ?? document.path }
}

interface FoundForm {
  /** The requirement's name; `null` where the form stands alone. */
  readonly name: string | null
  readonly pointer: string
  readonly form: HmacForm
}

const FIELDS = 'algorithm key keyPrefix payload encoding timestamp headers query separator'.split(' ')

function findForms(root: unknown): readonly FoundForm[] {
  const isForm = isObject(root) && Object.keys(root).every((key) => FIELDS.includes(camelCase(key)))
  return isForm ? [{ name: null, pointer: '', form: formOf(root) }] : findRequirements(root, '', null, 0)
}

// A definition inside a call inside a file stands at half of that.
const MAX_DEPTH = 32

function findRequirements(value: unknown, pointer: string, name: string | null, depth: number): readonly FoundForm[] {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return []
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) => {
    const at = pointerTo(pointer, key)
    if (camelCase(key) === 'hmacSignature' && isObject(child)) return [{ name, pointer: at, form: formOf(child) }]
    return findRequirements(child, at, key, depth + 1)
  })
}

/** As written, but for `snake_case`, which ProtoJSON accepts; it is checked afterwards. */
function formOf(value: JsonObject): HmacForm {
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [camelCase(key), each])) as unknown as HmacForm
}

function noForm({ path }: SourceDocument, all: readonly FoundForm[]): CouldNotRun {
  const message = all.length === 0 ? 'holds no form' : 'has no requirement of the name that --requirement gives'
  const help = all.length === 0 ? 'write `{ "headers": { "X-Signature": "{signature}" } }`' : namesOf(all)
  return new CouldNotRun(`${path}: ${message}`, help)
}

function ambiguous({ path }: SourceDocument, all: readonly FoundForm[]): CouldNotRun {
  return new CouldNotRun(`${path}: holds several forms`, `choose with \`--requirement NAME\`; ${namesOf(all)}`)
}

function namesOf(all: readonly FoundForm[]): string {
  return `there are ${[...new Set(all.map(({ name }) => `\`${name ?? ''}\``))].join(', ')}`
}
