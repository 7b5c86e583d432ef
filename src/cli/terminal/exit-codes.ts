/**
 * What the exit status means: a contract that scripts rely on.
 *
 * 0 fine · 1 findings, an invalid definition or token · 2 could not run · 3 no option satisfied.
 * @internal
 */
export const EXIT = { fine: 0, findings: 1, couldNotRun: 2, unsatisfied: 3 } as const

/** @internal */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const BY_WEIGHT = [EXIT.couldNotRun, EXIT.findings, EXIT.unsatisfied] as const

/** The first that applies of 2, 1, 3, 0. @internal */
export function weightiest(codes: Iterable<ExitCode>): ExitCode {
  const seen = new Set(codes)
  return BY_WEIGHT.find((code) => seen.has(code)) ?? EXIT.fine
}
