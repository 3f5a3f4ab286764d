import { describe, expect, test } from 'vitest'
import { type DocumentSpec, document } from '../../../src/host/build.ts'
import type { ColorMode } from '../../../src/host/state.ts'
import type { Switches } from '../../../src/host/switches.ts'
import { type Bench, expectClean, GRAY, open, SRGB, wrongly } from './support.ts'

type Options = Parameters<Bench['imaging']['getPixels']>[0]

/** What a careful caller gets, disposed of. */
async function read(bench: Bench, options: Options) {
  return bench.modal(async () => {
    const given = { documentID: bench.documentId, colorProfile: SRGB, ...options }
    const { imageData, sourceBounds, level } = await bench.imaging.getPixels(given)
    const data = await imageData.getData({})
    await imageData.dispose()
    return { imageData, sourceBounds, level, data }
  })
}

const layerId = (bench: Bench, name = 'Part'): number => bench.layer(name).id

/** A layer that starts off the canvas, with pixels in a part of it. */
const PART: DocumentSpec = {
  layers: [
    {
      name: 'Part',
      at: [-4, -2, 8, 6],
      paint: (x, y) => [0.2, 0.4, 0.6, x >= -3 && x < 1 && y < 2 ? 1 : 0],
    },
  ],
}

describe('outside of a modal scope getPixels', () => {
  test('rejects', async () => {
    const bench = open(PART)
    await expect(
      bench.imaging.getPixels({ layerID: layerId(bench), colorProfile: SRGB }),
    ).rejects.toThrow('only allowed from inside a modal scope')
  })

  test('reads, when so switched', async () => {
    const bench = open(PART, { switches: { getPixelsNeedsModal: false } })
    const { imageData } = await bench.imaging.getPixels({
      layerID: layerId(bench),
      colorProfile: SRGB,
    })
    await imageData.dispose()
    expectClean(bench)
  })
})

test('getPixels fails the first time in each scope, when so switched', async () => {
  const bench = open(PART, { switches: { getPixelsStumbles: true } })
  const options = { layerID: layerId(bench), colorProfile: SRGB }
  for (let scope = 0; scope < 2; scope++)
    await bench.modal(async () => {
      await expect(bench.imaging.getPixels(options)).rejects.toThrow('not ready')
      const { imageData } = await bench.imaging.getPixels(options)
      await imageData.dispose()
    })
})

describe('getPixels trims', () => {
  test('to where pixels are, and says where that is', async () => {
    const bench = open(PART)
    const { imageData, sourceBounds, level, data } = await read(bench, { layerID: layerId(bench) })
    expect(sourceBounds).toEqual({ left: -3, top: -2, right: 1, bottom: 2 })
    expect([imageData.width, imageData.height]).toEqual([4, 4])
    expect(level).toBe(0)
    expect([...data.slice(0, 4)]).toEqual([51, 102, 153, 255])
    expectClean(bench)
  })

  test('the requested bounds to them', async () => {
    const bench = open(PART)
    const sourceBounds = { left: 0, top: 0, right: 8, bottom: 6 }
    const result = await read(bench, { layerID: layerId(bench), sourceBounds })
    expect(result.sourceBounds).toEqual({ left: 0, top: 0, right: 1, bottom: 2 })
  })

  test('once more to those within the requested bounds', async () => {
    const paint = (x: number, y: number) => [1, 1, 1, (x === 2 && y === 1) || x === 7 ? 1 : 0]
    const bench = open({ layers: [{ name: 'Part', paint }] })
    const sourceBounds = { left: 0, top: 0, right: 6, bottom: 6 }
    const result = await read(bench, { layerID: layerId(bench), sourceBounds })
    expect(result.sourceBounds).toEqual({ left: 2, top: 1, right: 3, bottom: 2 })
  })

  test('with applyAlpha, too, which mats on white and drops the alpha', async () => {
    const bench = open({ layers: [{ name: 'Part', at: [1, 1, 2, 2], paint: [0, 0, 0, 0.5] }] })
    const { imageData, data, sourceBounds } = await read(bench, {
      layerID: layerId(bench),
      applyAlpha: true,
    })
    expect(sourceBounds).toEqual({ left: 1, top: 1, right: 3, bottom: 3 })
    expect(imageData).toMatchObject({ components: 3, hasAlpha: false, pixelFormat: 'RGB' })
    expect(data[0]).toBe(127)
  })

  test('an empty layer away: it rejects', async () => {
    const bench = open({ layers: [{ name: 'Empty' }, { name: 'Clear', paint: [0, 0, 0, 0] }] })
    await expect(read(bench, { layerID: layerId(bench, 'Empty') })).rejects.toThrow('no pixels')
    await expect(read(bench, { layerID: layerId(bench, 'Clear') })).rejects.toThrow('no pixels')
  })
})

test('there are 4 components with alpha, 3 in a background', async () => {
  const bench = open()
  const red = await read(bench, { layerID: layerId(bench, 'Red') })
  const background = await read(bench, { layerID: layerId(bench, 'Background') })
  expect(red.imageData).toMatchObject({ components: 4, pixelFormat: 'RGBA', hasAlpha: true })
  expect(background.imageData).toMatchObject({ components: 3, pixelFormat: 'RGB' })
})

test('alpha is straight', async () => {
  const bench = open({ layers: [{ name: 'Part', paint: [1, 0.2, 0, 0.4] }] })
  const { data } = await read(bench, { layerID: layerId(bench) })
  expect([...data.slice(0, 4)]).toEqual([255, 51, 0, 102])
})

test('without a layer the composite is read, from the canvas’s corner', async () => {
  const bench = open()
  const { data, imageData, sourceBounds } = await read(bench, {})
  expect(sourceBounds).toEqual({ left: 0, top: 0, right: 8, bottom: 6 })
  expect(imageData.components).toBe(3)
  expect([...data.slice(0, 3)]).toEqual([255, 255, 255])
  const red = (1 * 8 + 2) * 3
  expect([...data.slice(red, red + 3)]).toEqual([255, 0, 0])
})

describe('targetSize', () => {
  const large: DocumentSpec = {
    width: 64,
    height: 32,
    layers: [{ name: 'Part', at: [8, 8, 40, 20], paint: (x) => [x < 28 ? 0 : 1, 0, 0, 1] }],
  }

  test('reads a cache level, whose pixels the bounds count', async () => {
    const bench = open(large)
    const { imageData, level, sourceBounds, data } = await read(bench, {
      layerID: layerId(bench),
      targetSize: { width: 10 },
    })
    expect([imageData.width, imageData.height]).toEqual([10, 5])
    expect(level).toBe(2)
    expect(sourceBounds).toEqual({ left: 2, top: 2, right: 12, bottom: 7 })
    expect([data[0], data[9 * 4]]).toEqual([0, 255])
  })

  test('keeps proportions, so that only the image tells its size', async () => {
    const bench = open(large)
    const { imageData } = await read(bench, {
      layerID: layerId(bench),
      targetSize: { width: 20, height: 20 },
    })
    expect([imageData.width, imageData.height]).toEqual([20, 10])
  })
})

describe('depth', () => {
  const deep: DocumentSpec = { depth: 16, layers: [{ name: 'Part', paint: [1, 0.5, 0, 1] }] }

  test('16 bits run to 32768, to 65535 with fullRange', async () => {
    const bench = open(deep)
    await bench.modal(async () => {
      const { imageData } = await bench.imaging.getPixels({
        layerID: layerId(bench),
        colorProfile: SRGB,
      })
      const native = await imageData.getData({})
      const full = await imageData.getData({ fullRange: true })
      expect(native).toBeInstanceOf(Uint16Array)
      expect([...native.slice(0, 4)]).toEqual([32768, 16384, 0, 32768])
      expect([...full.slice(0, 4)]).toEqual([65535, 32768, 0, 65535])
      await imageData.dispose()
    })
  })

  test.each<[Partial<Switches>, boolean]>([
    [{ refusesNarrowing: true }, true],
    [{ refusesNarrowing: false }, false],
  ])('8 bits of 16, under %j, rejects: %s', async (switches, rejects) => {
    const bench = open(deep, { switches })
    const options = { layerID: layerId(bench), componentSize: 8 } as const
    if (rejects) await expect(read(bench, options)).rejects.toThrow('componentSize 8')
    else expect([...(await read(bench, options)).data.slice(0, 3)]).toEqual([255, 128, 0])
    const native = await read(bench, { layerID: layerId(bench), componentSize: -1 })
    expect(native.imageData.componentSize).toBe(16)
  })

  test('32 bits are linear, beyond 1, and their profile’s name must be stripped', async () => {
    const bench = open({ depth: 32, layers: [{ name: 'Part', paint: [3.5, 0.25, 0, 1] }] })
    const { imageData, data } = await read(bench, { layerID: layerId(bench) })
    expect(data).toBeInstanceOf(Float32Array)
    expect([...data.slice(0, 4)]).toEqual([3.5, 0.25, 0, 1])
    expect(imageData.colorProfile).toBe(`${SRGB} (Linear RGB Profile)`)
    await expect(
      read(bench, { layerID: layerId(bench), colorProfile: imageData.colorProfile }),
    ).rejects.toThrow('strip')
  })

  test('planar data holds one component after the other', async () => {
    const bench = open({
      layers: [{ name: 'Part', at: [0, 0, 2, 1], paint: (x) => [x, 0.2, 0, 1] }],
    })
    await bench.modal(async () => {
      const { imageData } = await bench.imaging.getPixels({
        layerID: layerId(bench),
        colorProfile: SRGB,
      })
      expect([...(await imageData.getData({ chunky: false }))]).toEqual([
        0, 255, 51, 51, 0, 0, 255, 255,
      ])
      await imageData.dispose()
    })
  })
})

describe('colour', () => {
  test.each<ColorMode>(['cmyk', 'indexed', 'bitmap', 'multichannel', 'duotone'])(
    'a document in %s mode cannot be read',
    async (mode) => {
      const layers = [{ name: 'Part', paint: [0, 0, 0, 0, 1] }]
      const bench = open({ mode, layers, depth: mode === 'bitmap' ? 1 : 8 })
      await expect(read(bench, { layerID: layerId(bench), colorSpace: 'RGB' })).rejects.toThrow(
        mode,
      )
    },
  )

  test('a converted duplicate of a CMYK document can', async () => {
    const bench = open({ mode: 'cmyk', layers: [{ name: 'Part', paint: [1, 1, 1, 1, 1] }] })
    await bench.modal(async ({ hostControl }) => {
      const copy = await bench.app.activeDocument.duplicate()
      await hostControl.registerAutoCloseDocument(copy.id)
      await copy.changeMode(bench.constants.ChangeMode.RGB)
      const { imageData } = await bench.imaging.getPixels({
        documentID: copy.id,
        layerID: copy.layers[0]!.id,
        colorProfile: SRGB,
      })
      expect(imageData.pixelFormat).toBe('RGBA')
      await imageData.dispose()
    })
    expectClean(bench)
  })

  test('gray comes as gray, or as RGB when asked', async () => {
    const bench = open({ mode: 'grayscale', layers: [{ name: 'Part', paint: [0.4, 1] }] })
    const layerID = layerId(bench)
    const gray = await read(bench, { layerID, colorProfile: GRAY })
    expect(gray.imageData).toMatchObject({ components: 2, pixelFormat: 'GrayscaleAlpha' })
    const rgb = await read(bench, { layerID, colorSpace: 'RGB' })
    expect(rgb.imageData).toMatchObject({ components: 4, colorProfile: SRGB })
    expect(rgb.data[0]).toBe(rgb.data[2])
  })

  test('Lab comes as RGB when asked', async () => {
    const bench = open({ mode: 'lab', layers: [{ name: 'Part', paint: [1, 0.5, 0.5, 1] }] })
    const { data } = await read(bench, { layerID: layerId(bench), colorSpace: 'RGB' })
    for (const value of data.slice(0, 3)) expect(value).toBeGreaterThan(250)
  })

  test('another profile gives other numbers, the document’s own the same', async () => {
    const bench = open({
      profile: 'Display P3',
      layers: [{ name: 'Part', paint: [0.8, 0.4, 0.2, 1] }],
    })
    const layerID = layerId(bench)
    const own = await read(bench, { layerID, colorProfile: 'Display P3' })
    expect([...own.data.slice(0, 3)]).toEqual([204, 102, 51])
    const srgb = await read(bench, { layerID, colorProfile: SRGB })
    expect(srgb.data[0]).toBeGreaterThan(210)
  })

  test('an unknown profile rejects, as does “None”', async () => {
    const bench = open(PART)
    const layerID = layerId(bench)
    await expect(read(bench, { layerID, colorProfile: 'None' })).rejects.toThrow('“None”')
  })

  test('leaving the profile out is complained about', async () => {
    const bench = open(PART)
    await read(bench, { layerID: layerId(bench), colorProfile: undefined })
    expect(bench.host.audit.violations).toEqual([expect.stringContaining('colorProfile')])
  })
})

describe('sources', () => {
  const spec: DocumentSpec = {
    layers: [
      { name: 'Text', kind: 'text', at: [0, 0, 2, 2], paint: [0, 0, 0, 1] },
      { name: 'Smart', kind: 'smartObject', at: [0, 0, 2, 2], paint: [0, 0, 0, 1] },
      { name: 'Group', children: [{ name: 'Child', at: [0, 0, 2, 2], paint: [1, 0, 0, 1] }] },
      { name: 'Curves', kind: 'curves' },
    ],
  }

  test.each(['Text', 'Smart', 'Group', 'Curves'])('%s must be made a pixel layer', async (name) => {
    const bench = open(spec)
    await expect(read(bench, { layerID: layerId(bench, name) })).rejects.toThrow(
      'must be a pixel layer',
    )
  })

  test.each(['Text', 'Smart', 'Group'])(
    '%s is read as it looks, when so switched',
    async (name) => {
      const bench = open(spec, { switches: { getPixelsNeedsPixelLayer: false } })
      const { sourceBounds } = await read(bench, { layerID: layerId(bench, name) })
      expect(sourceBounds).toEqual({ left: 0, top: 0, right: 2, bottom: 2 })
    },
  )

  test('an adjustment never is', async () => {
    const bench = open(spec, { switches: { getPixelsNeedsPixelLayer: false } })
    await expect(read(bench, { layerID: layerId(bench, 'Curves') })).rejects.toThrow('no pixels')
  })
})

test.each<[string, Options, string]>([
  ['a document that is closed', { documentID: 999 }, '999'],
  ['a layer that is gone', { layerID: 999 }, '999'],
  ['an unknown colour space', { colorSpace: 'CMYK' }, 'colorSpace'],
  ['a strange component size', { componentSize: wrongly(12) }, 'componentSize'],
  [
    'empty bounds',
    { sourceBounds: { left: 2, top: 2, right: 2, bottom: 4 } },
    'sourceBounds of whole pixels',
  ],
  [
    'broken pixels',
    { sourceBounds: { left: 0.5, top: 0, right: 2, bottom: 4 } },
    'sourceBounds of whole pixels',
  ],
  ['a target of no size', { targetSize: { width: 0 } }, 'targetSize'],
])('getPixels refuses %s', async (_, options, message) => {
  await expect(read(open(), options)).rejects.toThrow(message)
})

test('missing and negative document ids mean the active document', async () => {
  const bench = open()
  bench.host.openDocument('other.psd', document({ width: 3, height: 3, layers: [{ paint: [1] }] }))
  for (const documentID of [undefined, -1])
    expect((await read(bench, { documentID })).imageData.width).toBe(3)
})

test('pixels that are not disposed of are counted; after dispose they are gone', async () => {
  const bench = open()
  const image = await bench.modal(async () => {
    const { imageData } = await bench.imaging.getPixels({ colorProfile: SRGB })
    return imageData
  })
  expect(bench.host.audit.undisposed).toBe(1)
  await expect(image.getData({})).resolves.toHaveLength(8 * 6 * 3)
  await image.dispose()
  await image.dispose()
  expect(bench.host.audit.undisposed).toBe(0)
  await expect(image.getData({})).rejects.toThrow('disposed')
})
