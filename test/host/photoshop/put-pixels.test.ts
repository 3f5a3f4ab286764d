import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import type { DocumentSpec } from '../../../src/host/build.ts'
import type { ColorMode } from '../../../src/host/state.ts'
import { type Bench, expectClean, flat, GRAY, open, SRGB, wrongly } from './support.ts'

type Options = Parameters<Bench['imaging']['putPixels']>[0]

const BLUE = [0, 0, 255, 255]

/** Puts 2 × 1 px of one colour and disposes of them. */
async function put(
  bench: Bench,
  options: Partial<Options>,
  pixel: readonly number[] = BLUE,
  make?: Parameters<typeof flat>[3],
): Promise<void> {
  await bench.modal(async () => {
    const imageData = await flat(bench, [2, 1], pixel, make)
    try {
      await bench.imaging.putPixels(wrongly({ imageData, ...options }))
    } finally {
      await imageData.dispose()
    }
  })
}

const raster = (bench: Bench, index = 0) => bench.state().layers[index]!.raster!

describe('createImageDataFromBuffer', () => {
  const good = { width: 2, height: 1, components: 4, colorSpace: 'RGB', colorProfile: SRGB }

  test.each<[string, object]>([
    ['width', { width: undefined }],
    ['height', { height: undefined }],
    ['components', { components: undefined }],
    ['components', { components: 1 }],
    ['colorSpace', { colorSpace: undefined }],
    ['samples', { width: 3 }],
  ])('needs the right %s: %j', async (what, change) => {
    const { imaging, host } = open()
    const options = wrongly<typeof good>({ ...good, ...change })
    await expect(imaging.createImageDataFromBuffer(new Uint8Array(8), options)).rejects.toThrow(
      what,
    )
    expect(host.audit.undisposed).toBe(0)
  })

  test.each([[[0, 0, 0, 0]], ['AAAA'], [new ArrayBuffer(8)], [new Int8Array(8)]])(
    'needs a typed array of samples, not %o',
    async (buffer) => {
      const { imaging } = open()
      await expect(imaging.createImageDataFromBuffer(wrongly(buffer), good)).rejects.toThrow(
        'Uint8Array',
      )
    },
  )

  test('copies the buffer, in either order', async () => {
    const { imaging } = open()
    const planar = Uint8Array.of(1, 5, 2, 6, 3, 7, 4, 8)
    const image = await imaging.createImageDataFromBuffer(planar, { ...good, chunky: false })
    planar.fill(0)
    expect([...(await image.getData({}))]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(image).toMatchObject({
      pixelFormat: 'RGBA',
      componentSize: 8,
      type: 'image/uncompressed',
    })
    await image.dispose()
  })

  test('takes 16 bits as 0 … 32768, and complains about more without fullRange', async () => {
    const bench = open()
    const create = async (values: number[], fullRange: boolean): Promise<number[]> => {
      const options = { ...good, width: 1, components: 3, fullRange }
      const image = await bench.imaging.createImageDataFromBuffer(Uint16Array.from(values), options)
      const data = [...(await image.getData({}))]
      await image.dispose()
      return data
    }
    expect(await create([0, 16384, 32768], false)).toEqual([0, 16384, 32768])
    expect(await create([0, 32768, 65535], true)).toEqual([0, 16384, 32768])
    expectClean(bench)
    expect(await create([0, 32768, 65535], false)).toEqual([0, 32768, 32768])
    expect(bench.host.audit.violations).toEqual([expect.stringContaining('fullRange')])
  })

  test('takes arrays of another realm, as of a panel in a frame', async () => {
    const { imaging } = open()
    const foreign: Uint8Array = runInNewContext('new Uint8Array(8).fill(7)')
    expect(foreign).not.toBeInstanceOf(Uint8Array)
    const image = await imaging.createImageDataFromBuffer(foreign, good)
    expect(await image.getData({})).toEqual(new Uint8Array(8).fill(7))
    await image.dispose()
  })

  test('complains when the profile is left out', async () => {
    const { imaging, host } = open()
    const { colorProfile: _, ...options } = good
    const image = await imaging.createImageDataFromBuffer(new Uint8Array(8), options)
    await image.dispose()
    expect(host.audit.violations).toEqual([expect.stringContaining('colorProfile')])
  })
})

describe('putPixels refuses', () => {
  const spec: DocumentSpec = {
    layers: [
      { name: 'Pixels', paint: [1, 1, 1, 1] },
      { name: 'Group', children: [] },
      { name: 'Text', kind: 'text', paint: [1, 1, 1, 1] },
      { name: 'Smart', kind: 'smartObject', paint: [1, 1, 1, 1] },
      {
        name: 'Locked',
        locks: { all: false, pixels: true, position: false, transparency: false },
        paint: [1, 1, 1, 1],
      },
    ],
  }

  test.each(['Group', 'Text', 'Smart', 'Locked'])('the layer %s', async (name) => {
    const bench = open(spec)
    const before = bench.state()
    await expect(put(bench, { layerID: bench.layer(name).id })).rejects.toThrow(
      name === 'Locked' ? 'locked' : 'must be a pixel layer',
    )
    expect(bench.state()).toBe(before)
  })

  test('no layer, and one that is gone', async () => {
    const bench = open(spec)
    await expect(put(bench, {})).rejects.toThrow('layerID')
    await expect(put(bench, { layerID: 999 })).rejects.toThrow('999')
  })

  test('no image, a buffer, and an image that was disposed of', async () => {
    const bench = open(spec)
    const { id: layerID } = bench.layer('Pixels')
    await expect(put(bench, { layerID, imageData: undefined })).rejects.toThrow('imageData')
    await expect(put(bench, { layerID, imageData: wrongly(new Uint8Array(8)) })).rejects.toThrow(
      'imageData',
    )
    const imageData = await flat(bench, [1, 1], BLUE)
    await imageData.dispose()
    await expect(put(bench, { layerID, imageData })).rejects.toThrow('disposed')
  })

  test.each<ColorMode>(['indexed', 'bitmap', 'multichannel', 'duotone'])(
    'documents in %s mode',
    async (mode) => {
      const bench = open({ mode, layers: [{ name: 'Pixels' }] })
      await expect(put(bench, { layerID: bench.layer('Pixels').id })).rejects.toThrow(mode)
    },
  )

  test('an unknown profile', async () => {
    const bench = open(spec)
    const { id: layerID } = bench.layer('Pixels')
    await bench.modal(async () => {
      const imageData = await bench.imaging.createImageDataFromBuffer(Uint8Array.from(BLUE), {
        width: 1,
        height: 1,
        components: 4,
        colorSpace: 'RGB',
        colorProfile: 'None',
      })
      await expect(bench.imaging.putPixels({ layerID, imageData })).rejects.toThrow('“None”')
      await imageData.dispose()
    })
  })

  test('another depth, unless so switched', async () => {
    const deep: DocumentSpec = { depth: 16, layers: [{ name: 'Pixels' }] }
    const strict = open(deep)
    await expect(put(strict, { layerID: strict.layer('Pixels').id })).rejects.toThrow(
      'expected 16 bits',
    )
    const native = (samples: number[]) => Uint16Array.from(samples)
    await put(strict, { layerID: strict.layer('Pixels').id }, [0, 0, 32768, 32768], native)
    expect(raster(strict).color[2]![0]).toBe(32768)

    const lax = open(deep, { switches: { putNeedsDepth: false } })
    await put(lax, { layerID: lax.layer('Pixels').id })
    expect(raster(lax)).toEqual(raster(strict))
  })
})

describe('putPixels', () => {
  test('goes to the canvas’s corner unless told where', async () => {
    const bench = open()
    const { id: layerID } = bench.layer('Red')
    await put(bench, { layerID })
    expect(raster(bench).bounds).toEqual({ left: 0, top: 0, right: 2, bottom: 1 })
    await put(bench, { layerID, targetBounds: { left: -3, top: 5, width: 99, height: 99 } })
    expect(raster(bench).bounds).toEqual({ left: -3, top: 5, right: -1, bottom: 6 })
    expectClean(bench)
  })

  test('drops the layer’s pixels first; without replace it adds to them', async () => {
    const replaced = open()
    await put(replaced, {
      layerID: replaced.layer('Red').id,
      targetBounds: { left: 4, top: 1, width: 2, height: 1 },
    })
    expect(replaced.layer('Red').bounds).toMatchObject({ left: 4, right: 6, bottom: 2 })

    const added = open()
    const { id: layerID } = added.layer('Red')
    await put(added, {
      layerID,
      replace: false,
      targetBounds: { left: 4, top: 1, width: 2, height: 1 },
    })
    expect(added.layer('Red').bounds).toMatchObject({ left: 2, right: 6, bottom: 3 })
    const { color, alpha } = raster(added)
    expect([...color[0]!]).toEqual([255, 255, 0, 0, 255, 255, 255, 0])
    expect([...alpha!]).toEqual([255, 255, 255, 255, 255, 255, 255, 0])
  })

  test('keeps straight colours, also below alpha 0', async () => {
    const bench = open()
    await put(bench, { layerID: bench.layer('Red').id }, [10, 20, 30, 0])
    expect(raster(bench).color.map(([value]) => value)).toEqual([10, 20, 30])
    expect(bench.layer('Red').bounds.width).toBe(0)
  })

  test('mats on the background', async () => {
    const bench = open()
    await put(bench, { layerID: bench.layer('Background').id }, [0, 0, 0, 0])
    const { bounds, alpha } = raster(bench, 1)
    expect(bounds).toEqual({ left: 0, top: 0, right: 8, bottom: 6 })
    expect(alpha).toBeUndefined()
  })

  test.each<[ColorMode, number]>([
    ['grayscale', 1],
    ['cmyk', 4],
    ['lab', 3],
  ])('converts RGB for a document in %s mode', async (mode, components) => {
    const bench = open({ mode, layers: [{ name: 'Pixels' }] })
    await put(bench, { layerID: bench.layer('Pixels').id })
    expect(raster(bench).color).toHaveLength(components)
    expect(raster(bench).alpha![0]).toBe(255)
  })

  test('converts gray for an RGB document', async () => {
    const bench = open()
    await put(bench, { layerID: bench.layer('Red').id }, [128, 255])
    const [red, green, blue] = raster(bench).color
    expect(red).toEqual(green)
    expect(green).toEqual(blue)
  })

  test('converts from the image’s profile to the document’s', async () => {
    const bench = open({ profile: 'Display P3', layers: [{ name: 'Pixels' }] })
    const { id: layerID } = bench.layer('Pixels')
    await put(bench, { layerID }, [255, 0, 0, 255])
    const [red, green] = raster(bench).color.map(([value]) => value!)
    expect(red).toBeGreaterThan(228)
    expect(red).toBeLessThan(240)
    expect(green).toBeGreaterThan(40)
  })
})

describe('encodeImageData', () => {
  test('refuses what is not RGB', async () => {
    const bench = open()
    const imageData = await flat(bench, [1, 1], [0])
    expect(imageData.colorProfile).toBe(GRAY)
    await expect(bench.imaging.encodeImageData({ imageData })).rejects.toThrow('expected RGB')
    await imageData.dispose()
  })

  test('has no JPEG in the stand-in', async () => {
    const bench = open()
    const imageData = await flat(bench, [1, 1], [0, 0, 0])
    await expect(bench.imaging.encodeImageData({ imageData })).rejects.toThrow('no JPEG')
    await imageData.dispose()
  })
})
