import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { createHost } from '../../src/host/index.ts'
import { documentOf, layer, painted } from './document/support.ts'

const { host } = vi.hoisted(() => ({ host: { current: undefined as unknown } }))

vi.mock('photoshop', async () => {
  const { createHost: create } = await import('../../src/host/index.ts')
  const made: ReturnType<typeof createHost> = create({})
  host.current = made
  return made.modules.photoshop
})

const { documentWork, recordStep } = await import('../../src/panel/photoshop.ts')
const photoshop = (): ReturnType<typeof createHost> => host.current as ReturnType<typeof createHost>

beforeEach(() => {
  photoshop().openDocument('test.psd', documentOf([layer({ name: 'Photo', raster: painted() })]))
})

afterEach(() => {
  for (const { id } of photoshop().documents) photoshop().closeDocument(id)
})

test('the work on documents is done over the real module', async () => {
  const read = await documentWork.read()
  expect(read).toMatchObject({ layerName: 'Photo', documentTitle: 'test.psd' })
})

test('a step is recorded while an action is being recorded, and nothing happens otherwise', async () => {
  await recordStep('Stylize Layer', 'stylizeLayer', { style: 'night' })
  photoshop().startRecording()
  ;(globalThis as { stylizeLayer?: () => void }).stylizeLayer = () => {}
  await recordStep('Stylize Layer', 'stylizeLayer', { style: 'night' })
  expect(photoshop().stopRecording()).toEqual([
    { name: 'Stylize Layer', methodName: 'stylizeLayer', info: { style: 'night' } },
  ])
})

test('changes in Photoshop are told once each, until nobody listens any more', async () => {
  const listener = vi.fn()
  const unsubscribe = documentWork.onChange(listener)
  await new Promise((resolve) => setTimeout(resolve, 20))
  const [document] = photoshop().documents
  const [top] = document!.state.layers
  photoshop().selectLayers(document!.id, [])
  photoshop().selectLayers(document!.id, [top!.id])
  expect(listener).not.toHaveBeenCalled()
  await vi.waitFor(() => expect(listener).toHaveBeenCalledTimes(1))

  unsubscribe()
  photoshop().closeDocument(document!.id)
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(listener).toHaveBeenCalledTimes(1)
})
