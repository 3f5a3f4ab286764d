import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, vi } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { addModel } from '../../src/cli/models/store.ts'

const bin = fileURLToPath(new URL('../../bin/impasto.js', import.meta.url))

export interface CliRun {
  /** Null: it was killed. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The command within this process. `onError` sees standard error as it comes, and may press Ctrl-C. */
export async function runCli(
  args: readonly string[],
  {
    env = {},
    onError,
  }: {
    env?: Readonly<Record<string, string>>
    onError?: (text: string, interrupt: () => void) => void
  } = {},
): Promise<CliRun> {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, env)
  const written = { stdout: '', stderr: '' }
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      written[name] += String(chunk)
      if (name === 'stderr') onError?.(written.stderr, () => process.emit('SIGINT'))
      return true
    }),
  )
  process.exitCode = undefined
  try {
    await main(args)
    return { code: Number(process.exitCode ?? 0), ...written }
  } finally {
    process.exitCode = undefined
    for (const spy of spies) spy.mockRestore()
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

/** The command as a user runs it, in a process of its own, which `onError` may also kill. */
export function spawnCli(
  args: readonly string[],
  onError?: (text: string, interrupt: () => void, kill: () => void) => void,
  env: Readonly<Record<string, string>> = {},
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

/** Installs the tiny golden network as `tiny`, for one test file. */
export async function installTiny(): Promise<void> {
  vi.stubEnv('IMPASTO_DATA', temporaryFolder())
  afterAll(() => void vi.unstubAllEnvs())
  await addModel('test/golden/vgg19-tiny.safetensors', { name: 'tiny' })
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'impasto-test-'))
