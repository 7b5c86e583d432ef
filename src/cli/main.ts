#!/usr/bin/env node
import { processIo } from './process-io.ts'
import { run } from './run.ts'

// A reader that closes early, such as `head`, is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.exitCode = 2
})

const { exitCode, stdout, stderr } = await run(processIo())
process.stdout.write(stdout)
process.stderr.write(stderr)
process.exitCode = exitCode
