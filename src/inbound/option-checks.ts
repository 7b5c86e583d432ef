import { isString } from '../read-options.ts'

/** @internal */
export const isFunction = (value: unknown): boolean => typeof value === 'function'

/** @internal */
export const isPositive = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0

/** `scheme://host[:port]`, so that a path can follow. @internal */
export const isOrigin = (value: unknown): boolean => isString(value) && /^https?:\/\/[^/?#\s]+$/.test(value)
