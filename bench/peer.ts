/** Runs the PyTorch peer; every figure of a comparison comes from one run of the bench. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./peer/run.py', import.meta.url))
/** What the peer exits with where PyTorch is absent. */
const NO_TORCH = 3

/** @returns what the peer printed, or undefined where there is no Python or no PyTorch. */
export function runPeer(args: readonly string[]): Record<string, unknown> | undefined {
  const python = process.env.PYTHON ?? 'python3'
  const { status, stdout, stderr, error } = spawnSync(python, [script, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (error || status === NO_TORCH) return undefined
  if (status !== 0) throw new Error(`${python} ${args.join(' ')} exited with ${status}: ${stderr}`)
  return JSON.parse(stdout) as Record<string, unknown>
}
