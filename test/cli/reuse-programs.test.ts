import { describe, expect, it } from 'vitest'
import { reusingPrograms } from '../../src/cli/reuse-programs.ts'
import { RuntimeError } from '../../src/engine/errors.ts'
import * as b from '../../src/engine/graph/build.ts'
import { type Graph, makeGraph } from '../../src/engine/graph/node.ts'
import type { Program, Runtime } from '../../src/engine/runtime/runtime.ts'

const graphOf = (size: number): Graph => {
  const x = b.input('x', [size])
  return makeGraph({ y: b.add(x, x) })
}

/** A runtime that only counts what is prepared and released. */
function counting() {
  const log: string[] = []
  const device = { fails: false }
  const runtime = {
    device: 'cpu',
    async compile(graph: Graph): Promise<Program> {
      const name = String(graph.inputs[0]!.shape)
      log.push(`compile ${name}`)
      return {
        async run() {
          if (device.fails) throw new RuntimeError('no memory', { failure: 'memory' })
          return { host: {}, device: {} }
        },
        async release() {
          log.push(`release ${name}`)
        },
      }
    },
    async release() {
      log.push('release runtime')
    },
  } as unknown as Runtime
  return { runtime: reusingPrograms(runtime), log, device }
}

describe('in a batch', () => {
  it('graphs are prepared once for pictures of one size, and go when none uses them', async () => {
    const { runtime, log } = counting()
    const paint = async (size: number) => {
      const program = await runtime.compile(graphOf(size))
      await program.run({})
      await program.release()
      await runtime.endPicture()
    }
    await paint(8)
    await paint(8)
    expect(log).toEqual(['compile 8'])
    await paint(9)
    expect(log).toEqual(['compile 8', 'compile 9', 'release 8'])
    await runtime.release()
    expect(log.slice(3)).toEqual(['release 9', 'release runtime'])
  })

  it('what is read back makes another program', async () => {
    const { runtime, log } = counting()
    await runtime.compile(graphOf(8))
    await runtime.compile(graphOf(8), { readBack: ['y'] })
    expect(log).toEqual(['compile 8', 'compile 8'])
  })

  it('a failure frees the idle ones, not those in use', async () => {
    const { runtime, log, device } = counting()
    const idle = await runtime.compile(graphOf(8))
    await idle.release()
    await idle.release()
    const used = await runtime.compile(graphOf(9))
    device.fails = true
    await expect(used.run({})).rejects.toThrow('no memory')
    expect(log).toEqual(['compile 8', 'compile 9', 'release 8'])
  })
})
