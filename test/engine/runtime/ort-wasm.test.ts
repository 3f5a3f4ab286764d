import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { RuntimeError } from '../../../src/engine/errors.ts'
import * as b from '../../../src/engine/graph/build.ts'
import { makeGraph } from '../../../src/engine/graph/node.ts'
import { createWasmRuntime } from '../../../src/engine/runtime/ort-wasm.ts'
import { createWebRuntime } from '../../../src/engine/runtime/ort-web.ts'
import { objectiveCases, objectiveDeviations, trajectoryDeviations } from '../../golden-cases.ts'
import { readGolden } from '../../golden-files.ts'

const wasmBinary = await readFile(
  fileURLToPath(import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')),
)
const golden = await readGolden({ withVgg16: true })
const runtime = await createWasmRuntime(wasmBinary)
afterAll(() => runtime.release())

describe('the runtime on wasm, in Node', () => {
  const x = b.input('x', [2, 2])
  const doubling = makeGraph({ doubled: b.mul(x, b.scalar(2)), total: b.reshape(b.sumAll(x), [1]) })

  test('says what it is', () => {
    expect(runtime.device).toBe('wasm')
    expect(runtime.description).toMatch(/^onnxruntime-web \d+\.\d+\.\d+ wasm$/)
  })

  test('copies what is uploaded and downloaded', async () => {
    const values = Float32Array.of(1, 2, 3, 4)
    const tensor = runtime.upload(values, [2, 2])
    values.fill(9)
    const copy = await runtime.download(tensor)
    expect([...copy]).toEqual([1, 2, 3, 4])
    copy.fill(9)
    expect([...(await runtime.download(tensor))]).toEqual([1, 2, 3, 4])
  })

  test('reads back what was named, keeps the rest, and writes where it is told to', async () => {
    const program = await runtime.compile(doubling, { readBack: ['total'] })
    const first = await program.run({ x: Float32Array.of(1, 2, 3, 4) })
    const into = runtime.upload(new Float32Array(4), [2, 2])
    const second = await program.run({ x: Float32Array.of(5, 6, 7, 8) }, { doubled: into })
    expect(Object.keys(first.host)).toEqual(['total'])
    expect([...first.host.total!]).toEqual([10])
    expect(first.device.doubled!.shape).toEqual([2, 2])
    expect([...(await runtime.download(first.device.doubled!))]).toEqual([2, 4, 6, 8])
    expect(second.device.doubled).toBe(into)
    expect([...(await runtime.download(into))]).toEqual([10, 12, 14, 16])
    await program.release()
  })

  test('bears calls that overlap', async () => {
    const totals = await Promise.all(
      [1, 2, 3].map(async (value) => {
        const program = await runtime.compile(doubling, { readBack: ['total'] })
        const { host } = await program.run({ x: new Float32Array(4).fill(value) })
        await program.release()
        return host.total![0]
      }),
    )
    expect(totals).toEqual([4, 8, 12])
  })

  test('has no WebGPU to offer', async () => {
    await expect(createWebRuntime({ wasmBinary })).rejects.toThrow(
      new RuntimeError(
        'webgpu: there is no WebGPU here; update the system or the browser, or use another device',
      ),
    )
  })
})

// float32 against float64, and sums in another order than on other devices.
const LOSSES = 1e-4
const GRADIENT = 1e-3
const TRAJECTORY = 1e-2

test.each(objectiveCases(golden))(
  'losses and gradient of %s on wasm agree with PyTorch',
  { timeout: 180_000 },
  async (name) => {
    const { gradient, ...losses } = await objectiveDeviations(runtime, golden, name)
    for (const [term, deviation] of Object.entries(losses)) {
      expect(deviation, term).toBeLessThan(LOSSES)
    }
    expect(gradient, 'gradient').toBeLessThan(GRADIENT)
  },
)

test.each(Object.keys(golden.objectives.trajectories))(
  'the first three evaluations of %s on wasm follow PyTorch',
  { timeout: 180_000 },
  async (name) => {
    const deviations = await trajectoryDeviations(runtime, golden, name, 3)
    expect(deviations).toHaveLength(3)
    for (const [evaluation, deviation] of deviations.entries()) {
      expect(deviation, `evaluation ${evaluation + 1}`).toBeLessThan(TRAJECTORY)
    }
  },
)
