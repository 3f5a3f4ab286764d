import { expect, test } from 'vitest'
import { openGpu } from '../../../src/engine/runtime/ort-web-gpu.ts'
import { gpuMemory } from '../../../src/engine/runtime/ort-web-memory.ts'

class GPUOutOfMemoryError {
  readonly message = 'Failed to allocate memory for buffer mapping'
}
const OUT_OF_MEMORY = new GPUOutOfMemoryError()
const INVALID_BUFFER = {
  message: '[Invalid Buffer (unlabeled)] is invalid due to a previous error.\n - While calling',
}
const INVALID_GROUP = { message: '[Invalid BindGroup (unlabeled)] is invalid.' }

/** A device whose copies do nothing, refused where the test says so. */
async function openStandIn() {
  const state: { refusal: { readonly message: string } | null } = { refusal: null }
  const device = Object.assign(new EventTarget(), {
    lost: new Promise(() => {}),
    limits: { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 28 },
    queue: { writeBuffer() {}, submit() {} },
    createBuffer: ({ size }: { readonly size: number }) => ({
      mapAsync: async () => {},
      getMappedRange: () => new ArrayBuffer(size),
      destroy() {},
    }),
    createCommandEncoder: () => ({ copyBufferToBuffer() {}, finish: () => ({}) }),
    pushErrorScope() {},
    popErrorScope: async () => state.refusal,
  })
  const fail = (error: { readonly message: string }): void => {
    device.dispatchEvent(
      Object.assign(new Event('uncapturederror', { cancelable: true }), { error }),
    )
  }
  const gpu = await openGpu(device as unknown as GPUDevice)
  const memory = gpuMemory(gpu)
  const allocate = () => memory.allocate([1, 3, 2, 2], 'float32')
  return { gpu, memory, allocate, state, fail }
}

const ofReason = (failure: string) => expect.objectContaining({ name: 'RuntimeError', failure })

test('what follows from a lack of memory is no failure of its own', async () => {
  const { gpu, allocate, fail } = await openStandIn()
  fail(OUT_OF_MEMORY)
  fail(INVALID_BUFFER)
  expect(allocate).toThrow(ofReason('memory'))
  fail(INVALID_BUFFER)
  expect(allocate).not.toThrow()
  fail(OUT_OF_MEMORY)
  expect(gpu.check).toThrow(ofReason('memory'))
})

test('a failure of another kind is reported, also after a lack of memory', async () => {
  const { gpu, fail } = await openStandIn()
  fail(OUT_OF_MEMORY)
  expect(gpu.check).toThrow(ofReason('memory'))
  fail(INVALID_GROUP)
  expect(gpu.check).toThrow(ofReason('other'))
})

test('an invalid buffer is reported again after a picture was read without failure', async () => {
  const { gpu, memory, allocate, fail } = await openStandIn()
  fail(OUT_OF_MEMORY)
  expect(gpu.check).toThrow(ofReason('memory'))
  expect(await memory.download(allocate())).toHaveLength(12)
  fail(INVALID_BUFFER)
  expect(gpu.check).toThrow(ofReason('memory'))
})

test('a buffer without room is not read as a black picture', async () => {
  const { memory, allocate, state } = await openStandIn()
  const picture = allocate()
  state.refusal = INVALID_BUFFER
  await expect(memory.download(picture)).rejects.toThrow(ofReason('memory'))
})

test('a picture is not handed out when its computation failed meanwhile', async () => {
  const { memory, allocate, fail } = await openStandIn()
  const reading = memory.download(allocate())
  fail(OUT_OF_MEMORY)
  await expect(reading).rejects.toThrow(ofReason('memory'))
})
