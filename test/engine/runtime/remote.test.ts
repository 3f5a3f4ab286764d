import { afterAll, expect, test } from 'vitest'
import { RuntimeError } from '../../../src/engine/errors.ts'
import * as b from '../../../src/engine/graph/build.ts'
import { Constant } from '../../../src/engine/graph/constant.ts'
import { makeGraph } from '../../../src/engine/graph/node.ts'
import type { ModelRuntime } from '../../../src/engine/runtime/model.ts'
import { createNodeRuntime } from '../../../src/engine/runtime/ort-node.ts'
import { connectRuntime } from '../../../src/engine/runtime/remote.ts'
import { serveRuntime } from '../../../src/engine/runtime/remote-server.ts'

const here = createNodeRuntime({ device: 'cpu', threads: 1 })
const open = async (runtime: ModelRuntime = here) => {
  const { port1, port2 } = new MessageChannel()
  const sent: { readonly do: string }[] = []
  const post = port1.postMessage.bind(port1)
  port1.postMessage = (message, transfer) => {
    sent.push(message)
    post(message, transfer as Transferable[])
  }
  let lose: (error: RuntimeError) => void = () => {}
  const lost = new Promise<RuntimeError>((resolve) => {
    lose = resolve
  })
  serveRuntime(port2, runtime)
  channels.push(port1)
  return { remote: await connectRuntime(port1, lost, () => port1.close()), lose, sent }
}
const channels: MessagePort[] = []
afterAll(() => {
  for (const channel of channels) channel.close()
})

const x = b.input('x', [2, 2])
const weights = new Constant('weights', [8, 8], new Float32Array(64).fill(0.5))
const doubling = makeGraph({ doubled: b.mul(x, b.scalar(2)), total: b.reshape(b.sumAll(x), [1]) })

test('a runtime at the other end of a channel says what it is', async () => {
  const { remote } = await open()
  const { device, description, float16, maxTensorBytes } = here
  expect(remote).toMatchObject({ device, description, float16, maxTensorBytes })
})

test('it reads back what was named, keeps the rest, and writes where it is told to', async () => {
  const { remote } = await open()
  const program = await remote.compile(doubling, { readBack: ['total'] })
  const first = await program.run({ x: Float32Array.of(1, 2, 3, 4) })
  const into = remote.allocate([2, 2])
  const second = await program.run({ x: first.device.doubled! }, { doubled: into })
  expect([...first.host.total!]).toEqual([10])
  expect([...(await remote.download(first.device.doubled!))]).toEqual([2, 4, 6, 8])
  expect([...second.host.total!]).toEqual([20])
  expect(second.device.doubled).toBe(into)
  expect([...(await remote.download(into))]).toEqual([4, 8, 12, 16])
  await program.release()
})

test('it copies rectangles in order with the programs before and after', async () => {
  const { remote } = await open()
  const program = await remote.compile(
    makeGraph({ y: b.add(b.input('x', [1, 1, 2, 2]), b.scalar(1)) }),
  )
  const from = remote.upload(Float32Array.of(1, 2, 3, 4), [1, 1, 2, 2])
  const to = remote.upload(new Float32Array(4), [1, 1, 2, 2])
  const at = (top: number, left: number) => ({ top, left })
  remote.copyRect(from, at(1, 0), to, at(0, 1), { height: 1, width: 1 })
  const { device } = await program.run({ x: to })
  expect([...(await remote.download(device.y!))]).toEqual([1, 4, 1, 1])
})

test('large constants are sent once, whatever is compiled of them', async () => {
  const { remote, sent } = await open()
  for (const rows of [1, 2]) {
    const product = b.matmul(b.input('x', [rows, 8]), b.constant(weights))
    const program = await remote.compile(makeGraph({ y: product }), { readBack: ['y'] })
    const { host } = await program.run({ x: new Float32Array(8 * rows).fill(1) })
    expect(host.y!.every((value) => value === 4)).toBe(true)
  }
  expect(sent.filter((message) => message.do === 'keepConstant')).toHaveLength(1)
})

test('what fails there fails here, with its kind, and what comes after does not', async () => {
  const { remote } = await open()
  const program = await remote.compile(doubling, { readBack: ['total'] })
  await expect(program.run({})).rejects.toThrow(/internal: graph input "x" was not given/)
  const refused = remote.allocate([1e9, 1e9])
  await expect(remote.download(refused)).rejects.toMatchObject({
    failure: 'memory',
    message: expect.stringMatching(/^cpu: a tensor \[1000000000,1000000000\] has/),
  })
  const { host } = await program.run({ x: new Float32Array(4).fill(1) })
  expect([...host.total!]).toEqual([4])
})

test('when the other end is lost, whoever waits is told, and whoever asks', async () => {
  const never: ModelRuntime = { ...here, open: () => new Promise(() => {}) }
  const { remote, lose } = await open(never)
  const compiling = remote.compile(doubling)
  const error = new RuntimeError('wasm: a worker ended', { failure: 'lost' })
  lose(error)
  await expect(compiling).rejects.toBe(error)
  await expect(remote.compile(doubling)).rejects.toBe(error)
  expect(() => remote.allocate([1])).toThrow(error)
  await remote.release()
})

test('a runtime that does not start says why', async () => {
  const { port1, port2 } = new MessageChannel()
  channels.push(port1)
  port2.postMessage({ error: { message: 'wasm: ONNX Runtime did not start', failure: 'other' } })
  await expect(connectRuntime(port1, new Promise(() => {}), () => {})).rejects.toThrow(
    new RuntimeError('wasm: ONNX Runtime did not start'),
  )
})
