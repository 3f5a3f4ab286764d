import { expect, test } from 'vitest'
import { rememberPipelines } from '../../../src/engine/runtime/pipelines.ts'

/** A device that makes nothing twice. */
function makeDevice({ refuses = () => false }: { readonly refuses?: () => boolean } = {}) {
  const device = {
    createShaderModule: (_: object) => ({}),
    createBindGroupLayout: (_: object) => ({}),
    createPipelineLayout: (_: object) => ({}),
    createComputePipelineAsync: async (_: object) => {
      if (refuses()) throw new Error('no room')
      return {}
    },
  }
  rememberPipelines(device as unknown as GPUDevice)
  return device
}

/** As ONNX Runtime asks for one: every part anew. */
const askFor = (
  device: ReturnType<typeof makeDevice>,
  { code = 'a', access = 'storage', constants = {} } = {},
): Promise<object> => {
  const bindGroupLayout = device.createBindGroupLayout({
    entries: [{ binding: 0, buffer: { type: access } }],
  })
  return device.createComputePipelineAsync({
    layout: device.createPipelineLayout({ bindGroupLayouts: [bindGroupLayout] }),
    compute: { module: device.createShaderModule({ code }), entryPoint: 'main', constants },
  })
}

test('the same is made once, also when it is asked for meanwhile', async () => {
  const device = makeDevice()
  const [first, meanwhile] = await Promise.all([askFor(device), askFor(device)])
  expect(meanwhile).toBe(first)
  expect(await askFor(device)).toBe(first)
})

test.each([{ code: 'b' }, { access: 'uniform' }, { constants: { width: 2 } }])(
  'what differs in %o is another',
  async (difference) => {
    const device = makeDevice()
    expect(await askFor(device, difference)).not.toBe(await askFor(device))
  },
)

test('devices share nothing', async () => {
  expect(await askFor(makeDevice())).not.toBe(await askFor(makeDevice()))
})

test('what was refused is asked for again', async () => {
  let refusals = 1
  const device = makeDevice({ refuses: () => refusals-- > 0 })
  await expect(askFor(device)).rejects.toThrow('no room')
  expect(await askFor(device)).toBe(await askFor(device))
})

test('the oldest of very many is forgotten', async () => {
  const device = makeDevice()
  const first = await askFor(device, { code: '0' })
  for (let i = 1; i < 1000; i++) await askFor(device, { code: String(i) })
  expect(await askFor(device, { code: '0' })).toBe(first)
  const last = await askFor(device, { code: '1000' })
  expect(await askFor(device, { code: '1000' })).toBe(last)
  expect(await askFor(device, { code: '0' })).not.toBe(first)
})
