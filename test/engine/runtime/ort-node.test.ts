import { afterAll, describe, expect, test } from 'vitest'
import { OptionError, RuntimeError } from '../../../src/engine/errors.ts'
import * as b from '../../../src/engine/graph/build.ts'
import { makeGraph } from '../../../src/engine/graph/node.ts'
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

  test('refuses a device that is not there, naming those that are', () => {
    const absent = 'coreml' as 'cpu'
    expect(() => createNodeRuntime({ device: absent })).toThrow(OptionError)
    expect(() => createNodeRuntime({ device: absent })).toThrow(/"coreml".*cpu/)
  })
})
