import { runInNewContext } from 'node:vm'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { makeImageBlob } from '../../../src/host/uxp/image-blob.ts'

const RGB = {
  type: 'image/uncompressed',
  width: 2,
  height: 1,
  colorSpace: 'RGB',
  components: 3,
  componentSize: 8,
  pixelFormat: 'RGB',
  hasAlpha: false,
}
const GRAY = { ...RGB, colorSpace: 'Grayscale', components: 1, pixelFormat: 'Gray' }

function imageBlobs() {
  const violations: string[] = []
  return { violations, ImageBlob: makeImageBlob((violation) => violations.push(violation)) }
}

/** The four bytes of each pixel in a BMP file of 32 bit. */
async function pixelsOf(blob: Blob): Promise<number[]> {
  const file = await blob.arrayBuffer()
  return [...new Uint8Array(file, new DataView(file).getUint32(10, true))]
}

describe('ImageBlob', () => {
  test('takes an ArrayBuffer of the right size and holds a picture that browsers show', async () => {
    const { ImageBlob, violations } = imageBlobs()
    const blob = new ImageBlob(new Uint8Array([1, 2, 3, 4, 5, 6]).buffer, RGB)
    expect(blob.type).toBe('image/bmp')
    expect(await pixelsOf(blob)).toEqual([1, 2, 3, 255, 4, 5, 6, 255])
    expect(violations).toEqual([])
  })

  test('scales 16 bit from 0 … 32768 and keeps alpha', async () => {
    const { ImageBlob } = imageBlobs()
    const alpha = { ...RGB, width: 1, components: 4, pixelFormat: 'RGBA', hasAlpha: true }
    const samples = new Uint16Array([0, 16384, 32768, 16384])
    const blob = new ImageBlob(samples.buffer, { ...alpha, componentSize: 16 })
    expect(await pixelsOf(blob)).toEqual([0, 128, 255, 128])
  })

  test('passes a JPEG or PNG file through', async () => {
    const { ImageBlob } = imageBlobs()
    const create = { width: 1, height: 1, channels: 3, background: 'red' } as const
    const png = await sharp({ create }).png().toBuffer()
    const blob = new ImageBlob(new Uint8Array(png).buffer, { type: 'image/png' })
    expect([blob.type, blob.size]).toEqual(['image/png', png.length])
  })

  test('takes an ArrayBuffer of another realm', () => {
    const { ImageBlob } = imageBlobs()
    const foreign: ArrayBuffer = runInNewContext('new ArrayBuffer(6)')
    expect(foreign instanceof ArrayBuffer).toBe(false)
    expect(new ImageBlob(foreign, RGB).type).toBe('image/bmp')
  })

  test('throws a TypeError for a typed array', () => {
    const { ImageBlob } = imageBlobs()
    const careless = new Uint8Array(6) as unknown as ArrayBuffer
    expect(() => new ImageBlob(careless, RGB)).toThrow(TypeError)
  })

  test.each([
    ['too few bytes', { width: 3 }],
    ['no width', { width: 0 }],
    ['32 bit', { componentSize: 32 }],
    ['an unknown format', { pixelFormat: 'CMYK' }],
    ['a format of other components', { pixelFormat: 'RGBA' }],
    ['a colour space that is not the format’s', { colorSpace: 'Lab' }],
    ['alpha that the format lacks', { hasAlpha: true }],
    ['an unknown type', { type: 'image/webp' }],
  ])('throws for %s', (_, wrong) => {
    const { ImageBlob } = imageBlobs()
    expect(() => new ImageBlob(new ArrayBuffer(6), { ...RGB, ...wrong })).toThrow('ImageBlob')
  })

  test('in grayscale is reported: Photoshop does not show it', () => {
    const { ImageBlob, violations } = imageBlobs()
    new ImageBlob(new ArrayBuffer(2), GRAY)
    expect(violations).toEqual(['an ImageBlob in grayscale: Photoshop does not show it in <img>'])
  })
})
