import { describe, expect, test } from 'vitest'
import { samplesOf } from '../../../src/bridge/samples.ts'
import {
  background,
  CANVAS,
  documentOf,
  errorOf,
  expectUntouched,
  group,
  INSIDE,
  layer,
  open,
  painted,
  snapshot,
} from './support.ts'

const LARGE = 1000

describe('a picture for a style', () => {
  test.each([8, 16, 32] as const)('is the selected layer, at %i bits', async (depth) => {
    const chosen = layer({ name: 'Brush', raster: painted({ depth }) })
    const bench = open(documentOf([chosen, background({ depth })], { depth }))
    const before = snapshot(bench)
    const { name, pixels } = await bench.work.readPicture({ kind: 'layer' }, LARGE)
    expect(name).toBe('Brush')
    const [width, height] = [INSIDE.right - INSIDE.left, INSIDE.bottom - INSIDE.top]
    expect(pixels).toMatchObject({ width, height, bits: depth })
    expect(samplesOf(pixels)).toHaveLength(width * height * pixels.components)
    expectUntouched(bench, before)
  })

  test('is a selected group, from a duplicate that is closed again', async () => {
    const bench = open(documentOf([group([layer({ raster: painted() })]), background()]))
    const before = snapshot(bench)
    const { pixels } = await bench.work.readPicture({ kind: 'layer' }, LARGE)
    expect(pixels.width).toBe(INSIDE.right - INSIDE.left)
    expectUntouched(bench, before)
  })

  test('is another document as it is seen, and no larger than asked for', async () => {
    const bench = open(documentOf([background()]))
    expect(bench.work.otherDocuments()).toEqual([])
    bench.host.openDocument('other.psd', documentOf([background()]))
    expect(bench.work.otherDocuments()).toEqual([{ id: bench.id, title: 'test.psd' }])
    const from = { kind: 'document', documentId: bench.id } as const
    const whole = await bench.work.readPicture(from, LARGE)
    expect(whole.name).toBe('test.psd')
    expect(whole.pixels).toMatchObject({ width: CANVAS.right, height: CANVAS.bottom })
    const { pixels } = await bench.work.readPicture(from, 10)
    expect(pixels).toMatchObject({ width: 10, height: 8 })
  })

  test('cannot be what is not there, or in a mode that Photoshop does not read', async () => {
    const bench = open(documentOf([background({ mode: 'cmyk' })], { mode: 'cmyk' }))
    const read = (documentId: number) =>
      bench.work.readPicture({ kind: 'document', documentId }, 10)
    expect((await errorOf(read(99))).problem).toBe('document-closed')
    expect((await errorOf(read(bench.id))).problem).toBe('unsupported-mode')
  })
})
