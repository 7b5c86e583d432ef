import type { ResolveOptions } from '../../types.ts'
import { type Arguments, lastValue, type OptionRules } from '../terminal/arguments.ts'

/** The options of the choice itself. @internal */
export const RESOLVE_OPTIONS: OptionRules = {
  anonymous: { type: 'string', values: ['lastResort', 'never'] },
  'mint-call-token': { type: 'boolean' },
  tenant: { type: 'string' },
}

/** @internal */
export function readResolveOptions(args: Arguments): ResolveOptions {
  const tenant = lastValue(args, 'tenant')
  return {
    anonymous: lastValue(args, 'anonymous') === 'never' ? 'never' : 'lastResort',
    ...(args.flags.has('mint-call-token') ? { mintCallToken: () => undefined } : {}),
    ...(tenant === undefined ? {} : { tenant }),
  }
}
