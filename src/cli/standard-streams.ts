/**
 * Standard output and error when nobody can read them: a reader that closed early, as `head` does, a
 * terminal that is gone, a full disk. The run goes on, for its picture does not depend on them.
 */
import { EXIT } from './exit-codes.ts'

process.stderr.on('error', () => {})
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  // A reader that has seen enough is no fault.
  if (code === 'EPIPE' || process.exitCode) return
  process.exitCode = EXIT.image
  process.stderr.write(`impasto: standard output cannot be written: ${message}\n`)
})
