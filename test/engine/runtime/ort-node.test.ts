import '../../../src/engine/runtime/no-telemetry.ts'
import * as ort from 'onnxruntime-node'
import { afterAll, describe, expect, test } from 'vitest'
import { OptionError, RuntimeError } from '../../../src/engine/errors.ts'
import * as b from '../../../src/engine/graph/build.ts'
import { makeGraph } from '../../../src/engine/graph/node.ts'
import { hostMemory, makeOrtRuntime } from '../../../src/engine/runtime/ort.ts'
import { createNodeRuntime } from '../../../src/engine/runtime/ort-node.ts'

const runtime = createNodeRuntime({ device: 'cpu', threads: 1 })
afterAll(() => runtime.release())

const x = b.input('x', [2, 2])
const doubling = makeGraph({ doubled: b.mul(x, b.scalar(2)), total: b.reshape(b.sumAll(x), [1]) })

describe('the runtime on onnxruntime-node', () => {
  test('says what it is', () => {
    expect(runtime.device).toBe('cpu')
    expect(runtime.description).toMatch(/^onnxruntime-node \d+\.\d+\.\d+ cpu, .+ cores$/)
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

  test('reads back what was named and leaves the rest on the device', async () => {
    const program = await runtime.compile(doubling, { readBack: ['total'] })
    const { host, device } = await program.run({ x: Float32Array.of(1, 2, 3, 4) })
    expect(Object.keys(host)).toEqual(['total'])
    expect(Object.keys(device)).toEqual(['doubled'])
    expect([...host.total!]).toEqual([10])
    expect([...(await runtime.download(device.doubled!))]).toEqual([2, 4, 6, 8])
    expect(device.doubled!.shape).toEqual([2, 2])
    await program.release()
  })

  test('writes into the tensor it is given', async () => {
    const program = await runtime.compile(doubling, { readBack: ['total'] })
    const into = runtime.upload(new Float32Array(4), [2, 2])
    const { device } = await program.run({ x: Float32Array.of(1, 2, 3, 4) }, { doubled: into })
    expect(device.doubled).toBe(into)
    expect([...(await runtime.download(into))]).toEqual([2, 4, 6, 8])
    await program.release()
  })

  test('leaves earlier results alone when it runs again', async () => {
    const program = await runtime.compile(doubling, { readBack: ['total'] })
    const first = await program.run({ x: Float32Array.of(1, 2, 3, 4) })
    await program.run({ x: Float32Array.of(0, 0, 0, 0) })
    expect([...first.host.total!]).toEqual([10])
    expect([...(await runtime.download(first.device.doubled!))]).toEqual([2, 4, 6, 8])
    await program.release()
  })

  test('names an input that was not given', async () => {
    const program = await runtime.compile(doubling)
    await expect(program.run({})).rejects.toThrow(RuntimeError)
    await expect(program.run({})).rejects.toThrow('internal: graph input "x" was not given')
    await program.release()
  })

  test('turns a failure of the provider into an error that says where', async () => {
    const program = await runtime.compile(doubling)
    const wrong = runtime.upload(new Float32Array(3), [3, 1])
    await expect(program.run({ x: wrong })).rejects.toThrow(RuntimeError)
    await expect(program.run({ x: wrong })).rejects.toThrow(/^cpu: running the graph failed: /)
    await program.release()
  })

  test.each([
    ['finds no room for an output', 1, 2],
    ['fails in the provider', 2, 3],
  ])('keeps nothing of a run that %s', async (_, room, inputRows) => {
    const live = new Set<unknown>()
    const memory = hostMemory(ort, 2 ** 20)
    const counting = makeOrtRuntime({
      device: 'cpu',
      description: 'counting',
      ort,
      sessionOptions: { logSeverityLevel: 4 },
      float16: 'none',
      memory: {
        ...memory,
        allocate(shape, dtype) {
          if (live.size === room) throw new RangeError('Array buffer allocation failed')
          const tensor = memory.allocate(shape, dtype)
          live.add(tensor.ort)
          return { ...tensor, release: () => live.delete(tensor.ort) }
        },
      },
    })
    const program = await counting.compile(doubling)
    const input = counting.upload(new Float32Array(2 * inputRows), [inputRows, 2])
    await expect(program.run({ x: input })).rejects.toThrow(RuntimeError)
    expect(live.size).toBe(0)
    await program.release()
  })

  test('leaves an error that has nothing to do with memory as it is', () => {
    const fault = new RangeError('offset is out of bounds')
    const faulty = makeOrtRuntime({
      device: 'cpu',
      description: 'faulty',
      ort,
      sessionOptions: {},
      float16: 'none',
      memory: {
        ...hostMemory(ort, 2 ** 20),
        allocate() {
          throw fault
        },
      },
    })
    expect(() => faulty.allocate([1])).toThrow(fault)
  })

  test('copies a rectangle in every plane', async () => {
    const from = runtime.upload(
      Float32Array.from({ length: 24 }, (_, i) => i),
      [1, 2, 3, 4],
    )
    const to = runtime.upload(new Float32Array(12).fill(-1), [1, 2, 2, 3])
    runtime.copyRect(from, { top: 1, left: 2 }, to, { top: 0, left: 1 }, { height: 2, width: 2 })
    expect([...(await runtime.download(to))]).toEqual([
      ...[-1, 6, 7, -1, 10, 11],
      ...[-1, 18, 19, -1, 22, 23],
    ])
  })

  test('refuses a rectangle that leaves its tensor, and tensors that do not match', () => {
    const [a, b, half, planes] = [
      runtime.allocate([1, 3, 4, 4]),
      runtime.allocate([1, 3, 4, 4]),
      runtime.allocate([1, 3, 4, 4], 'float16'),
      runtime.allocate([1, 2, 4, 4]),
    ]
    const [origin, size] = [
      { top: 0, left: 0 },
      { height: 2, width: 2 },
    ]
    const copy = (to: typeof a, corner: typeof origin) => () =>
      runtime.copyRect(a, origin, to, corner, size)
    expect(copy(b, { top: 3, left: 0 })).toThrow(/2×2 at 0,3 leaves a tensor \[1,3,4,4\]/)
    expect(copy(b, { top: 0, left: -1 })).toThrow(RuntimeError)
    expect(copy(half, origin)).toThrow(/\[1,3,4,4\] float32 does not fit into .* float16/)
    expect(copy(planes, origin)).toThrow(RuntimeError)
  })

  test('keeps float16 tensors between graphs, and copies and downloads them', async () => {
    const x = b.input('x', [1, 1, 2, 2])
    const half = b.input('half', [1, 1, 2, 2], 'float16')
    const narrow = await runtime.compile(makeGraph({ half: b.cast(x, 'float16') }))
    const widen = await runtime.compile(makeGraph({ x: b.cast(half, 'float32') }), {
      readBack: ['x'],
    })
    const { device } = await narrow.run({ x: Float32Array.of(1, 0.5, 1 / 3, -65504) })
    expect(device.half!.dtype).toBe('float16')
    const copy = runtime.allocate([1, 1, 2, 2], 'float16')
    const origin = { top: 0, left: 0 }
    runtime.copyRect(device.half!, origin, copy, origin, { height: 2, width: 2 })
    // A third as float16: 0x3555.
    const values = [1, 0.5, 0x555 / 2 ** 12, -65504]
    expect([...(await runtime.download(copy))]).toEqual(values)
    expect([...(await widen.run({ half: copy })).host.x!]).toEqual(values)
    await narrow.release()
    await widen.release()
  })

  test('says that memory is what lacks for a tensor without room', () => {
    const allocate = () => runtime.allocate([2 ** 20, 2 ** 20])
    expect(allocate).toThrow(expect.objectContaining({ name: 'RuntimeError', failure: 'memory' }))
    expect(allocate).toThrow(/^cpu: a tensor \[1048576,1048576\] has 4398046511104 bytes, /)
  })

  test('refuses a device that is not there, naming those that are', () => {
    const absent = 'coreml' as 'cpu'
    expect(() => createNodeRuntime({ device: absent })).toThrow(OptionError)
    expect(() => createNodeRuntime({ device: absent })).toThrow(/"coreml".*cpu/)
  })
})
