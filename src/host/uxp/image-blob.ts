/**
 * UXP's ImageBlob: a Blob of raw pixels that `<img>` can show. Here it holds a BMP file, which
 * browsers show too, so that object URLs of it behave as in Photoshop.
 */
import { isArrayBuffer } from './array-buffer.ts'

interface ImageBlobOptions {
  readonly type: string
  readonly width?: number
  readonly height?: number
  readonly colorSpace?: string
  readonly components?: number
  readonly componentSize?: number
  readonly pixelFormat?: string
  readonly hasAlpha?: boolean
  readonly colorProfile?: string
}

interface RawImage {
  readonly width: number
  readonly height: number
  readonly components: number
  readonly componentSize: number
}

const FORMATS: Readonly<
  Record<string, { readonly colorSpace: string; readonly components: number }>
> = {
  RGB: { colorSpace: 'RGB', components: 3 },
  RGBA: { colorSpace: 'RGB', components: 4 },
  Gray: { colorSpace: 'Grayscale', components: 1 },
  Grayscale: { colorSpace: 'Grayscale', components: 1 },
  GrayscaleAlpha: { colorSpace: 'Grayscale', components: 2 },
}

/** @throws TypeError for what is no ArrayBuffer, Error for sizes and formats that do not fit. */
function checkImageBlob(buffer: unknown, options: ImageBlobOptions): RawImage | undefined {
  if (!isArrayBuffer(buffer)) {
    const got = Object.prototype.toString.call(buffer)
    throw new TypeError(`ImageBlob: expected an ArrayBuffer, got ${got}`)
  }
  if (/^image\/(png|jpe?g)$/.test(options.type)) return undefined
  if (options.type !== 'image/uncompressed') {
    throw new Error(`ImageBlob: unknown type "${options.type}"`)
  }
  const { width = 0, height = 0, components = 0, componentSize = 0, pixelFormat = '' } = options
  const format = FORMATS[pixelFormat]
  if (
    format?.components !== components ||
    format.colorSpace !== options.colorSpace ||
    options.hasAlpha !== (components % 2 === 0)
  ) {
    throw new Error(
      `ImageBlob: pixelFormat "${pixelFormat}", colorSpace "${options.colorSpace}", ${components} components and hasAlpha ${options.hasAlpha} do not belong together`,
    )
  }
  if (componentSize !== 8 && componentSize !== 16) {
    throw new Error(`ImageBlob: expected a componentSize of 8 or 16, got ${componentSize}`)
  }
  const expected = (width * height * components * componentSize) / 8
  if (!(expected > 0) || buffer.byteLength !== expected) {
    throw new Error(
      `ImageBlob: expected ${expected} bytes for ${width}×${height}, got ${buffer.byteLength}`,
    )
  }
  return { width, height, components, componentSize }
}

/** The class to give to the plug-in as its global; `report` hears of images that stay invisible. */
export function makeImageBlob(
  report: (violation: string) => void,
): new (
  buffer: ArrayBuffer,
  options: ImageBlobOptions,
) => Blob {
  return class ImageBlob extends Blob {
    constructor(buffer: ArrayBuffer, options: ImageBlobOptions) {
      const image = checkImageBlob(buffer, options)
      const isColor = image === undefined || image.components > 2
      if (!isColor) report('an ImageBlob in grayscale: Photoshop does not show it in <img>')
      const parts = image && isColor ? [encodeBmp(new Uint8Array(buffer), image)] : [buffer]
      super(parts, { type: image && isColor ? 'image/bmp' : options.type })
    }
  }
}

const HEADER_BYTES = 14 + 108

/** RGB or RGBA to a BMP of 32 bit, BITMAPV4HEADER, rows from the top. */
function encodeBmp(bytes: Uint8Array<ArrayBuffer>, image: RawImage): ArrayBuffer {
  const { width, height, components, componentSize } = image
  const count = width * height
  const samples = componentSize === 8 ? bytes : new Uint16Array(bytes.buffer)
  const toByte = (sample: number): number =>
    componentSize === 8 ? sample : Math.min(255, Math.round((sample * 255) / 32768))
  const file = new ArrayBuffer(HEADER_BYTES + count * 4)
  const header = new DataView(file)
  header.setUint16(0, 0x424d)
  const fields = { 2: file.byteLength, 10: HEADER_BYTES, 14: 108, 18: width, 22: -height }
  const pixelFields = { 30: 3, 34: count * 4, 54: 0xff, 58: 0xff00, 62: 0xff0000, 66: 0xff000000 }
  for (const [offset, value] of Object.entries({ ...fields, ...pixelFields })) {
    header.setInt32(Number(offset), value, true)
  }
  header.setUint16(26, 1, true)
  header.setUint16(28, 32, true)
  // 'sRGB'
  header.setUint32(70, 0x73524742, true)
  const out = new Uint8Array(file, HEADER_BYTES)
  for (let pixel = 0; pixel < count; pixel++) {
    for (let component = 0; component < 4; component++) {
      out[pixel * 4 + component] =
        component < components ? toByte(samples[pixel * components + component] ?? 0) : 255
    }
  }
  return file
}
