import { expect, test } from 'vitest'
import { rememberPipelines } from '../../../src/engine/runtime/pipelines.ts'

/** As those of a device: without properties that tell one from another. */
class DeviceObject {}

/** A device that makes nothing twice. */
function makeDevice({ refuses = () => false }: { readonly refuses?: () => boolean } = {}) {
  let lose = () => {}
  const count = { made: 0 }
  const make = (_: object): DeviceObject => {
    count.made++
    return new DeviceObject()
  }
  const device = {
    createShaderModule: make,
    createBindGroupLayout: make,
    createPipelineLayout: make,
    createComputePipelineAsync: async (descriptor: object) => {
      if (refuses()) throw new Error('no room')
      return make(descriptor)
    },
    lost: new Promise<void>((resolve) => {
      lose = resolve
    }),
  }
  rememberPipelines(device as unknown as GPUDevice)
  return { ...device, count, lose }
}

type StandInDevice = ReturnType<typeof makeDevice>

/** As ONNX Runtime asks for one: every part anew. */
function askFor(
  device: StandInDevice,
  { code = 'a', access = 'storage', constants = {} } = {},
): Promise<object> {
  const bindGroupLayout = device.createBindGroupLayout({
    entries: [{ binding: 0, buffer: { type: access } }],
  })
  return device.createComputePipelineAsync({
    layout: device.createPipelineLayout({ bindGroupLayouts: [bindGroupLayout] }),
    compute: { module: device.createShaderModule({ code }), entryPoint: 'main', constants },
  })
}

/** Two layouts, a module and a pipeline. */
const PARTS = 4

test('the same is made once, also when it is asked for meanwhile', async () => {
  const device = makeDevice()
  const [first, meanwhile] = await Promise.all([askFor(device), askFor(device)])
  expect(meanwhile).toBe(first)
  expect(await askFor(device)).toBe(first)
  expect(device.count.made).toBe(PARTS)
})

test.each([{ code: 'b' }, { access: 'uniform' }, { constants: { width: 2 } }])(
  'what differs in %o is another',
  async (difference) => {
    const device = makeDevice()
    expect(await askFor(device, difference)).not.toBe(await askFor(device))
  },
)

test('what differs in an object that others made is another', async () => {
  const device = makeDevice()
  const [one, other] = [new DeviceObject(), new DeviceObject()]
  const askWith = (layout: object) => device.createComputePipelineAsync({ layout })
  expect(await askWith(one)).not.toBe(await askWith(other))
  expect(await askWith(one)).toBe(await askWith(one))
})

test('devices share nothing', async () => {
  expect(await askFor(makeDevice())).not.toBe(await askFor(makeDevice()))
})

test('after a refusal every part is made anew', async () => {
  let refusals = 1
  const device = makeDevice({ refuses: () => refusals-- > 0 })
  await expect(askFor(device)).rejects.toThrow('no room')
  device.count.made = 0
  expect(await askFor(device)).toBe(await askFor(device))
  expect(device.count.made).toBe(PARTS)
})

test('a lost device keeps nothing', async () => {
  const device = makeDevice()
  const first = await askFor(device)
  device.lose()
  await device.lost
  expect(await askFor(device)).not.toBe(first)
})

test('the oldest of very many is forgotten', async () => {
  const device = makeDevice()
  const first = await askFor(device, { code: '0' })
  expect(await askFor(device, { code: '0' })).toBe(first)
  for (let i = 1; i <= 1000; i++) await askFor(device, { code: String(i) })
  expect(await askFor(device, { code: '1000' })).toBe(await askFor(device, { code: '1000' }))
  expect(await askFor(device, { code: '0' })).not.toBe(first)
})
