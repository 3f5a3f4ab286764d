/** PhotoshopImageData, and the making of it from a buffer. */
import type { Depth, DocumentState, Samples } from '../state.ts'
import type { Platform } from './platform.ts'
import type { BufferOptions, RealImageData } from './real.ts'
import { allocate, interleave, separate } from './samples.ts'

type ColorSpace = RealImageData['colorSpace']
type PixelDepth = Exclude<Depth, 1>

const SPACES: Record<
  ColorSpace,
  {
    readonly colors: number
    readonly formats: readonly [
      opaque: RealImageData['pixelFormat'],
      alpha: RealImageData['pixelFormat'],
    ]
  }
> = {
  RGB: { colors: 3, formats: ['RGB', 'RGBA'] },
  Grayscale: { colors: 1, formats: ['Grayscale', 'GrayscaleAlpha'] },
  Lab: { colors: 3, formats: ['LAB', 'LABAlpha'] },
}

export function isColorSpace(space: unknown): space is ColorSpace {
  return typeof space === 'string' && Object.hasOwn(SPACES, space)
}

function colorsOf(space: ColorSpace): number {
  return SPACES[space].colors
}

interface ImageDataContents {
  readonly width: number
  readonly height: number
  readonly colorSpace: ColorSpace
  readonly colorProfile: string
  readonly depth: PixelDepth
  /** Colours, then alpha; 16 bit as 0 … 32768. */
  readonly planes: readonly Samples[]
}

export class PhotoshopImageData implements RealImageData {
  readonly width: number
  readonly height: number
  readonly colorSpace: ColorSpace
  readonly colorProfile: string
  readonly hasAlpha: boolean
  readonly components: number
  readonly componentSize: PixelDepth
  readonly pixelFormat: RealImageData['pixelFormat']
  readonly chunky = true
  readonly isChunky = true
  readonly type = 'image/uncompressed'
  readonly #platform: Platform
  #planes: readonly Samples[] | undefined

  constructor(contents: ImageDataContents, platform: Platform) {
    const { colors, formats } = SPACES[contents.colorSpace]
    this.width = contents.width
    this.height = contents.height
    this.colorSpace = contents.colorSpace
    this.colorProfile = contents.colorProfile
    this.componentSize = contents.depth
    this.components = contents.planes.length
    this.hasAlpha = this.components > colors
    this.pixelFormat = formats[this.hasAlpha ? 1 : 0]
    this.#planes = contents.planes
    this.#platform = platform
    platform.journal.undisposed++
  }

  /** For the stand-in's own use. */
  get planes(): readonly Samples[] {
    if (!this.#planes) throw new Error('This PhotoshopImageData was disposed.')
    return this.#planes
  }

  readonly getData: RealImageData['getData'] = async ({ chunky = true, fullRange = false } = {}) =>
    this.#platform.readLater('getData', () => {
      const depth = this.componentSize
      const samples = chunky ? interleave(this.planes) : concatenate(this.planes, depth)
      return fullRange && depth === 16
        ? samples.map((value) => Math.round((value * 65535) / 32768))
        : samples
    })

  readonly dispose = async (): Promise<void> => {
    if (!this.#planes) return
    this.#planes = undefined
    this.#platform.journal.undisposed--
  }
}

function concatenate(planes: readonly Samples[], depth: Depth): Samples {
  const result = allocate(
    depth,
    planes.reduce((sum, plane) => sum + plane.length, 0),
  )
  let offset = 0
  for (const plane of planes) {
    result.set(plane, offset)
    offset += plane.length
  }
  return result
}

export function imageDataFromBuffer(
  buffer: Samples,
  options: BufferOptions,
  platform: Platform,
): PhotoshopImageData {
  const call = 'createImageDataFromBuffer'
  const depth = depthOf(buffer)
  if (!depth)
    throw new TypeError(
      `${call}: expected a Uint8Array, Uint16Array or Float32Array, got ${Object.prototype.toString.call(buffer)}`,
    )
  for (const name of ['width', 'height', 'components'] as const)
    if (!(Number.isInteger(options?.[name]) && options[name] > 0))
      throw new TypeError(`${call}: expected a whole ${name} above 0, got ${options?.[name]}`)
  const { width, height, components, colorSpace, chunky = true, fullRange = false } = options
  if (!isColorSpace(colorSpace))
    throw new TypeError(`${call}: expected the colorSpace RGB, Grayscale or Lab, got ${colorSpace}`)
  const colors = colorsOf(colorSpace)
  if (components !== colors && components !== colors + 1)
    throw new TypeError(
      `${call}: expected ${colors} or ${colors + 1} components of ${colorSpace}, got ${components}`,
    )
  if (buffer.length !== width * height * components)
    throw new RangeError(
      `${call}: expected ${width}·${height}·${components} = ${width * height * components} samples, got ${buffer.length}`,
    )
  if (options.colorProfile === undefined)
    platform.journal.complain(`${call} without a colorProfile gives wrong data on some machines.`)
  const samples =
    depth === 16
      ? toNativeRange(new Uint16Array(buffer), fullRange, platform)
      : copyOf(buffer, depth)
  return new PhotoshopImageData(
    {
      width,
      height,
      colorSpace,
      colorProfile: options.colorProfile ?? '',
      depth,
      planes: chunky ? separate(samples, components) : split(samples, components),
    },
    platform,
  )
}

/** By name, because a plug-in's arrays may come from another realm. */
function depthOf(buffer: unknown): PixelDepth | undefined {
  const depths: Record<string, PixelDepth> = {
    '[object Uint8Array]': 8,
    '[object Uint16Array]': 16,
    '[object Float32Array]': 32,
  }
  return depths[Object.prototype.toString.call(buffer)]
}

function copyOf(buffer: Samples, depth: PixelDepth): Samples {
  const copy = allocate(depth, buffer.length)
  copy.set(buffer)
  return copy
}

/** Converts in place. */
function toNativeRange(samples: Uint16Array, isFullRange: boolean, platform: Platform): Samples {
  let isBeyond = false
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i]!
    if (isFullRange) samples[i] = Math.round((value * 32768) / 65535)
    else if (value > 32768) {
      samples[i] = 32768
      isBeyond = true
    }
  }
  if (isBeyond)
    platform.journal.complain('16-bit samples above 32768 were given without fullRange.')
  return samples
}

function split(samples: Samples, components: number): Samples[] {
  const length = samples.length / components
  return Array.from({ length: components }, (_, index) =>
    samples.slice(index * length, (index + 1) * length),
  )
}

export function checkImageData(call: string, value: unknown): PhotoshopImageData {
  if (value instanceof PhotoshopImageData) return value
  throw new TypeError(`${call}: expected imageData, a PhotoshopImageData, got ${typeof value}`)
}

export function checkDepth(
  call: string,
  image: PhotoshopImageData,
  { depth }: DocumentState,
): void {
  if (image.componentSize !== Math.max(8, depth))
    throw new Error(
      `${call}: expected ${depth} bits as the document has, got ${image.componentSize}`,
    )
}
