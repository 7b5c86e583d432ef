import { pointerTo } from '../json-pointer.ts'
import { type Issue, makeIssue } from '../result.ts'
import type { JsonValue } from '../types.ts'

const MAX_OPTIONS = 64
const MAX_REQUIREMENTS = 16
const MAX_NAME = 128

/**
 * Checks the limits of DEF-6 before anything else walks over the options, in either spelling and whatever shape the rest
 * has: from here on their number, and what a pointer to them costs, is bounded.
 * @internal
 */
export function checkLimits(value: JsonValue): readonly Issue[] {
  const spelling =
    child(child(value, 'requirements'), 'httpSecurityOptions') === undefined
      ? 'http_security_options'
      : 'httpSecurityOptions'
  const options = child(child(child(value, 'requirements'), spelling), 'options')
  if (!Array.isArray(options)) return []
  const pointer = pointerTo('/requirements', spelling, 'options')
  if (options.length > MAX_OPTIONS) {
    return [makeIssue('ERR_LIMIT_OPTIONS', pointer, `more than ${MAX_OPTIONS} options`)]
  }
  return options.flatMap((option: JsonValue, index) => checkNames(option, pointerTo(pointer, index, 'requirements')))
}

function checkNames(option: JsonValue, pointer: string): readonly Issue[] {
  const requirements = child(option, 'requirements')
  const names = isObject(requirements) ? Object.keys(requirements) : []
  if (names.length > MAX_REQUIREMENTS) {
    return [makeIssue('ERR_LIMIT_REQUIREMENTS', pointer, `more than ${MAX_REQUIREMENTS} requirements in an option`)]
  }
  return names
    .filter((name) => name.length > MAX_NAME)
    .map((name) =>
      makeIssue(
        'ERR_REQUIREMENT_NAME',
        pointerTo(pointer, name),
        `a requirement name is longer than ${MAX_NAME} characters`,
      ),
    )
}

function child(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
