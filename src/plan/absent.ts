/** Stands where no token was supplied: `undefined` is a supplied value. @internal */
export const ABSENT: unique symbol = Symbol('absent')
