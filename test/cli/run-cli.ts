import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../bin/impasto.js', import.meta.url))

export interface CliRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The command as a user runs it. `onError` sees standard error as it comes, and may end the run. */
export function runCli(
  args: readonly string[],
  {
    env,
    onError,
  }: {
    env?: Record<string, string>
    onError?: (text: string, interrupt: () => void, kill: () => void) => void
  } = {},
): Promise<CliRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], { env: { ...process.env, ...env } })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
      onError?.(
        stderr,
        () => child.kill('SIGINT'),
        () => child.kill('SIGKILL'),
      )
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'impasto-test-'))
