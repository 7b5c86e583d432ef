import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import type { JsonValue } from '../types.ts'
import { OPTIONS_POINTER } from './options.ts'

const MAX_OPTIONS = 64
const MAX_REQUIREMENTS = 16

/** Checks the limits of DEF-6 before anything walks over the options, whatever shape the rest has. @internal */
export function checkLimits(value: JsonValue): readonly Issue[] {
  const options = child(child(child(value, 'requirements'), 'httpSecurityOptions'), 'options')
  if (!Array.isArray(options)) return []
  if (options.length > MAX_OPTIONS) {
    return [makeIssue('ERR_LIMIT_OPTIONS', OPTIONS_POINTER, `more than ${MAX_OPTIONS} options`)]
  }
  return options.flatMap((option: JsonValue, index) => {
    const requirements = child(option, 'requirements')
    if (!isObject(requirements) || Object.keys(requirements).length <= MAX_REQUIREMENTS) return []
    const pointer = pointerTo(OPTIONS_POINTER, index, 'requirements')
    return [makeIssue('ERR_LIMIT_REQUIREMENTS', pointer, `more than ${MAX_REQUIREMENTS} requirements in an option`)]
  })
}

function child(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
