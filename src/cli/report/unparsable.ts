import type { FileIssue } from '../source/source-document.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import type { Outcome } from '../terminal/io.ts'
import type { Paint } from '../terminal/paint.ts'
import { pageText, syntaxLines } from './text.ts'

/** A file that does not parse, with the places where. Exit status 2. @internal */
export class Unparsable extends Error {
  readonly issues: readonly FileIssue[]

  constructor(issues: readonly FileIssue[]) {
    super('the file does not parse')
    this.issues = issues
  }
}

/** @internal */
export function outcomeOfUnparsable({ issues }: Unparsable, paint: Paint): Outcome {
  return {
    exitCode: EXIT.couldNotRun,
    stdout: '',
    stderr: pageText(issues.flatMap((issue) => syntaxLines(issue, paint))),
  }
}
