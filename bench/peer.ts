/** Runs the PyTorch peer; every figure of a comparison comes from one run of the bench. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Contender, Evaluation } from './contender.ts'

const script = fileURLToPath(new URL('./peer/run.py', import.meta.url))
/** What the peer exits with where PyTorch, or CUDA when asked for, is absent. */
const ABSENT = 3
const python = process.env.PYTHON ?? 'python3'

/** @returns what the peer printed, or undefined where there is no Python or no PyTorch. */
export function runPeer(args: readonly string[]): Record<string, unknown> | undefined {
  const { status, stdout, stderr, error } = spawnSync(python, [script, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (error || status === ABSENT) return undefined
  if (status !== 0) throw new Error(`${python} ${args.join(' ')} exited with ${status}: ${stderr}`)
  return JSON.parse(stdout) as Record<string, unknown>
}

/**
 * The peer as a process that waits for its turns; its seconds are by its own clock.
 * @param args of `run.py evaluate`.
 * @returns undefined where there is no Python, no PyTorch or no such device.
 */
export async function peerContender(args: readonly string[]): Promise<Contender | undefined> {
  const child = spawn(python, [script, 'evaluate', ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  const errors: string[] = []
  child.stderr.on('data', (text) => errors.push(String(text)))
  const ended = once(child, 'close').then(
    ([status]) => status as number,
    () => ABSENT,
  )
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const answer = async (): Promise<unknown> => {
    const { value, done } = await lines.next()
    return done ? undefined : JSON.parse(value)
  }
  const fail = (status: number): never => {
    throw new Error(`${python} ${args.join(' ')} exited with ${status}: ${errors.join('')}`)
  }

  const greeting = (await answer()) as { readonly name: string } | undefined
  if (!greeting) {
    const status = await ended
    return status === ABSENT ? undefined : fail(status)
  }
  return {
    name: greeting.name,
    async evaluate() {
      child.stdin.write('\n')
      return ((await answer()) as Evaluation | undefined) ?? fail(await ended)
    },
    async release() {
      child.kill()
      await ended
    },
  }
}
