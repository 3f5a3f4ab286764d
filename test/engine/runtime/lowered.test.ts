import { afterAll, expect, test } from 'vitest'
import * as b from '../../../src/engine/graph/build.ts'
import { Constant } from '../../../src/engine/graph/constant.ts'
import { makeGraph } from '../../../src/engine/graph/node.ts'
import { deriveByGraph } from '../../../src/engine/graph/pending.ts'
import { settleConstants } from '../../../src/engine/runtime/lowered.ts'
import { createNodeRuntime } from '../../../src/engine/runtime/ort-node.ts'

const runtime = createNodeRuntime({ device: 'cpu', threads: 1 })
afterAll(() => runtime.release())

test('what a runtime is to compute of constants is computed once, sources first', async () => {
  const given = new Constant('given', [2, 2], Float32Array.of(1, 2, 3, 4))
  const doubled = deriveByGraph(given, 'doubled', [2, 2], (x) => b.mul(x, b.scalar(2)))
  const turned = deriveByGraph(doubled, 'turned', [2, 2], (x) => b.transpose(x, [1, 0]))
  expect(() => turned.values).toThrow('internal: given|doubled has not been computed')
  let compiled = 0
  const compile: typeof runtime.compile = (...args) => {
    compiled++
    return runtime.compile(...args)
  }
  const graph = makeGraph({ y: b.add(b.input('x', [2, 2]), b.constant(turned)) })
  await settleConstants(graph, compile)
  await settleConstants(graph, compile)
  expect([...turned.data]).toEqual([2, 6, 4, 8])
  expect(compiled).toBe(2)
})

test('a convolution in tiles gives what a direct one does', async () => {
  const channels = 128
  const values = (count: number, scale: number): Float32Array =>
    Float32Array.from({ length: count }, (_, i) => scale * Math.sin(i * i + 1))
  const weight = new Constant('w', [channels, channels, 3, 3], values(9 * channels ** 2, 0.05))
  const x = values(channels * 30 * 33, 1)
  const results: Float32Array[] = []
  for (const method of [{}, { isDirect: true }] as const) {
    const input = b.input('x', [1, channels, 30, 33])
    const y = b.conv(input, b.constant(weight), undefined, 1, method)
    const program = await runtime.compile(makeGraph({ y }), { readBack: ['y'] })
    results.push((await program.run({ x })).host.y!)
    await program.release()
  }
  const [tiled, direct] = results as [Float32Array, Float32Array]
  const scale = direct.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  let deviation = 0
  direct.forEach((value, i) => {
    deviation = Math.max(deviation, Math.abs(tiled[i]! - value) / scale)
  })
  // Not zero, so that they were computed in two ways.
  expect(deviation).toBeGreaterThan(0)
  expect(deviation).toBeLessThan(1e-5)
})
