import { describe, expect, test } from 'vitest'
import { selection } from '../../../src/host/build.ts'
import { type Bench, expectClean, flat, open, wrongly } from './support.ts'

const EIGHT = { left: 1, top: 1, right: 3, bottom: 2 }

const withMask = (outside: number) => ({
  layers: [
    {
      name: 'Masked',
      paint: [1, 1, 1, 1],
      mask: { bounds: EIGHT, samples: Uint8Array.of(10, 20), outside, isEnabled: true },
    },
    { name: 'Bare', paint: [1, 1, 1, 1] },
    { name: 'Background', isBackground: true, paint: [1, 1, 1] },
  ],
})

async function readMask(bench: Bench, options: Parameters<Bench['imaging']['getLayerMask']>[0]) {
  return bench.modal(async () => {
    const { imageData, sourceBounds } = await bench.imaging.getLayerMask(options)
    const data = await imageData.getData({})
    await imageData.dispose()
    return { imageData, sourceBounds, data: [...data] }
  })
}

async function readSelection(
  bench: Bench,
  options: Parameters<Bench['imaging']['getSelection']>[0] = {},
) {
  return bench.modal(async () => {
    const { imageData, sourceBounds } = await bench.imaging.getSelection(options)
    const data = await imageData.getData({})
    await imageData.dispose()
    return { imageData, sourceBounds, data: [...data] }
  })
}

async function putMask(
  bench: Bench,
  name: string,
  options: object = {},
  pixel: readonly number[] = [99],
): Promise<void> {
  await bench.modal(async () => {
    const imageData = await flat(bench, [2, 1], pixel)
    try {
      const layerID = bench.layer(name).id
      await bench.imaging.putLayerMask({ layerID, imageData, ...options })
    } finally {
      await imageData.dispose()
    }
  })
}

describe('getLayerMask', () => {
  test('gives one gray component over the mask’s bounds', async () => {
    const bench = open(withMask(0))
    const { imageData, sourceBounds, data } = await readMask(bench, {
      layerID: bench.layer('Masked').id,
    })
    expect(imageData).toMatchObject({
      components: 1,
      colorSpace: 'Grayscale',
      colorProfile: 'Gray Gamma 2.2',
    })
    expect(sourceBounds).toEqual(EIGHT)
    expect(data).toEqual([10, 20])
  })

  test('reaches over the canvas where it shows beyond its samples', async () => {
    const bench = open(withMask(255))
    const { data } = await readMask(bench, {
      layerID: bench.layer('Masked').id,
      sourceBounds: { left: 0, top: 1, right: 3, bottom: 2 },
    })
    expect(data).toEqual([255, 10, 20])
  })

  test('rejects outside of a scope, without a mask, and for vector masks', async () => {
    const bench = open(withMask(0))
    const { id: layerID } = bench.layer('Masked')
    await expect(bench.imaging.getLayerMask({ layerID })).rejects.toThrow('modal scope')
    await expect(readMask(bench, { layerID: bench.layer('Bare').id })).rejects.toThrow('no mask')
    await expect(readMask(bench, { layerID, kind: 'vector' })).rejects.toThrow('vector')
    await expect(readMask(bench, wrongly({}))).rejects.toThrow('layerID')
  })
})

describe('a mask, as versions differ in it', () => {
  const reveal = { ...withMask(255), width: 8, height: 6 }

  test('is told of no further than where it differs, when so switched', async () => {
    const bench = open(reveal, { switches: { layerMasksAreTrimmed: true } })
    const { id: layerID } = bench.layer('Masked')
    expect((await readMask(bench, { layerID })).sourceBounds).toEqual(EIGHT)
    const sourceBounds = { left: 4, top: 3, right: 8, bottom: 6 }
    await expect(readMask(bench, { layerID, sourceBounds })).rejects.toThrow('no mask there')
  })

  const histogram = async (bench: Bench) => {
    const [channel] = await bench.action.batchPlay(
      [
        {
          _obj: 'get',
          _target: [
            { _property: 'histogram' },
            { _ref: 'channel', _enum: 'channel', _value: 'mask' },
            { _ref: 'layer', _id: bench.layer('Masked').id },
          ],
        },
      ],
      {},
    )
    return channel
  }

  test('has a histogram over the canvas, or over what is selected', async () => {
    const levels = (await histogram(open(reveal)))!.histogram as number[]
    expect([levels[10], levels[20], levels[255]]).toEqual([1, 1, 46])
    const selected = open({ ...reveal, selection: selection([1, 1, 1, 1], () => 255) })
    const few = (await histogram(selected))!.histogram as number[]
    expect([few[10], few[255]]).toEqual([1, 0])
    const without = open(reveal, { switches: { masksHaveHistograms: false } })
    expect(await histogram(without)).toMatchObject({ _obj: 'error' })
  })

  test('is not written at all, or white for black, when so switched', async () => {
    const lost = open(reveal, { switches: { maskWrites: 'lost' } })
    await putMask(lost, 'Masked')
    expect(lost.state().layers[0]!.mask!.samples).toEqual(Uint8Array.of(10, 20))
    const whitened = open(reveal, { switches: { maskWrites: 'black-turns-white' } })
    await whitened.modal(async () => {
      const imageData = await flat(whitened, [4, 5], [0])
      const layerID = whitened.layer('Masked').id
      await whitened.imaging.putLayerMask({ layerID, imageData })
      await imageData.dispose()
    })
    const { samples } = whitened.state().layers[0]!.mask!
    expect([...samples]).toEqual([...new Array(16).fill(255), 0, 0, 0, 0])
  })
})

describe('putLayerMask', () => {
  test('replaces the mask’s pixels, or adds to them', async () => {
    const replaced = open(withMask(0))
    const targetBounds = { left: 3, top: 1, width: 2, height: 1 }
    await putMask(replaced, 'Masked', { targetBounds })
    expect(replaced.state().layers[0]!.mask).toMatchObject({
      bounds: { left: 3, top: 1, right: 5, bottom: 2 },
      samples: Uint8Array.of(99, 99),
    })
    const added = open(withMask(0))
    await putMask(added, 'Masked', { targetBounds, replace: false })
    expect(added.state().layers[0]!.mask!.samples).toEqual(Uint8Array.of(10, 20, 99, 99))
  })

  test('makes a missing mask, which hides all else', async () => {
    const bench = open(withMask(0))
    await putMask(bench, 'Bare')
    expect(bench.state().layers[1]!.mask).toMatchObject({ outside: 0, isEnabled: true })
    expectClean(bench)
  })

  test('refuses a missing mask, when so switched, which batchPlay helps over', async () => {
    const bench = open(withMask(0), { switches: { putLayerMaskCreates: false } })
    await expect(putMask(bench, 'Bare')).rejects.toThrow('make one first')
    await bench.modal(() =>
      bench.action.batchPlay([
        { _obj: 'select', _target: [{ _ref: 'layer', _id: bench.layer('Bare').id }] },
        {
          _obj: 'make',
          new: { _class: 'channel' },
          at: { _ref: 'channel', _enum: 'channel', _value: 'mask' },
          using: { _enum: 'userMaskEnabled', _value: 'hideAll' },
        },
      ]),
    )
    await putMask(bench, 'Bare')
    expect(bench.state().layers[1]!.mask!.samples).toEqual(Uint8Array.of(99, 99))
  })

  test('refuses colours, the background, vector masks and another depth', async () => {
    const bench = open(withMask(0))
    await expect(putMask(bench, 'Masked', {}, [1, 2, 3])).rejects.toThrow('1 component')
    await expect(putMask(bench, 'Masked', {}, [1, 2])).rejects.toThrow('1 component')
    await expect(putMask(bench, 'Background')).rejects.toThrow('background')
    await expect(putMask(bench, 'Masked', { kind: 'vector' })).rejects.toThrow('kind user')
    const deep = open({ depth: 16, layers: [{ name: 'Deep' }] })
    await expect(putMask(deep, 'Deep')).rejects.toThrow('16 bits')
    const lax = open(
      { depth: 16, layers: [{ name: 'Deep' }] },
      { switches: { putNeedsDepth: false } },
    )
    await putMask(lax, 'Deep', {}, [255])
    expect(lax.state().layers[0]!.mask!.samples).toEqual(Uint16Array.of(32768, 32768))
  })
})

describe('getSelection', () => {
  const spec = {
    layers: [{ paint: [1, 1, 1, 1] }],
    selection: selection([1, 1, 4, 2], (x) => (x === 1 ? 0 : x * 50)),
  }

  test('trims to what is selected', async () => {
    const { sourceBounds, data } = await readSelection(open(spec), {
      sourceBounds: { left: 0, top: 2, right: 4, bottom: 6 },
    })
    expect(sourceBounds).toEqual({ left: 2, top: 2, right: 4, bottom: 3 })
    expect(data).toEqual([100, 150])
  })

  test('has the document’s depth', async () => {
    const { imageData, data } = await readSelection(open({ ...spec, depth: 16 }))
    expect(imageData.componentSize).toBe(16)
    expect(data[2]).toBe(Math.round((200 / 255) * 32768))
  })

  test.each([false, true])('without a selection rejects: %s', async (getSelectionRejects) => {
    const bench = open(undefined, { switches: { getSelectionRejects } })
    const attempt = readSelection(bench)
    if (getSelectionRejects) await expect(attempt).rejects.toThrow('no selection')
    else expect((await attempt).imageData).toMatchObject({ width: 0, height: 0 })
  })
})

test('putSelection selects, anew or in addition', async () => {
  const bench = open()
  const put = (options: object): Promise<void> =>
    bench.modal(async () => {
      const imageData = await flat(bench, [2, 1], [200])
      await bench.imaging.putSelection({ imageData, ...options })
      await imageData.dispose()
    })
  await put({ targetBounds: { left: 1, top: 1, width: 2, height: 1 } })
  await put({ targetBounds: { left: 4, top: 1, width: 2, height: 1 }, replace: false })
  expect(bench.state().selection).toEqual({
    bounds: { left: 1, top: 1, right: 6, bottom: 2 },
    coverage: Uint8Array.of(200, 200, 0, 200, 200),
  })
  await put({})
  expect(bench.state().selection!.bounds).toEqual({ left: 0, top: 0, right: 2, bottom: 1 })
})
