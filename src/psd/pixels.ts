/** Pixels of a document's layers, masks and composite, as samples of its file. */
import type { Size } from '../engine/picture/image.ts'
import { openPlanes, type RowReader } from './channels.ts'
import { COLOR_MODES, colorCount, type ListedLayer, type PsdDocument } from './document.ts'
import { type Depth, maxSample, type Samples } from './samples.ts'

export interface Planes extends Size {
  readonly bits: Depth
  /** One for each color of the mode, height·width samples. */
  readonly color: readonly Samples[]
  /** Straight coverage; absent means opaque. */
  readonly alpha?: Samples
}

/** Pixels and where they stand on the canvas. */
export interface Placed<P = Planes> {
  readonly left: number
  readonly top: number
  readonly planes: P
}

/** Hands out pixels from the top down. */
export interface PlanesReader extends Size {
  readonly left: number
  readonly top: number
  /** The next `rows` rows. */
  read(rows: number): Planes
}

/** A layer's own pixels; undefined where its bounds are empty or it lacks a color channel. */
export function openLayer(document: PsdDocument, layer: ListedLayer): PlanesReader | undefined {
  const { path, bytes, bits, large, mode } = document
  const { left, top } = layer
  const width = layer.right - left
  const height = layer.bottom - top
  if (width * height === 0) return undefined
  const open = (id: number): RowReader | undefined => {
    const channel = layer.channels.find((candidate) => candidate.id === id)
    const shape = { width, height, bits, large }
    return channel && openPlanes(path, bytes, channel.data, shape, 1)[0]
  }
  const colors = Array.from({ length: COLOR_MODES[mode].colors }, (_, id) => open(id))
  if (!colors.every((reader) => reader !== undefined)) return undefined
  const alpha = open(-1)
  return {
    left,
    top,
    width,
    height,
    read(rows) {
      const color = colors.map((reader) => reader.read(rows))
      return { width, height: rows, bits, color, ...(alpha ? { alpha: alpha.read(rows) } : {}) }
    },
  }
}

/** All that `openLayer` reads. */
export function decodeLayer(document: PsdDocument, layer: ListedLayer): Placed | undefined {
  const reader = openLayer(document, layer)
  return reader && { left: reader.left, top: reader.top, planes: reader.read(reader.height) }
}

/** A layer's mask, empty where its bounds are; undefined where it has none. */
export function openMask(document: PsdDocument, layer: ListedLayer): RowReader | undefined {
  const { mask } = layer
  const channel = layer.channels.find(({ id }) => id === -2)
  if (mask === undefined || channel === undefined) return undefined
  const width = Math.max(0, mask.right - mask.left)
  const height = Math.max(0, mask.bottom - mask.top)
  if (width * height === 0) return { read: () => new Uint8Array() }
  const { path, bytes, bits, large } = document
  return openPlanes(path, bytes, channel.data, { width, height, bits, large }, 1)[0]
}

/** All that `openMask` reads. */
export function decodeMask(document: PsdDocument, layer: ListedLayer): Samples | undefined {
  const { mask } = layer
  return mask && openMask(document, layer)?.read(Math.max(0, mask.bottom - mask.top))
}

/** Every plane of the flattened picture, as it is stored. */
export function openAllPlanes(document: PsdDocument): readonly RowReader[] {
  const { path, bytes, composite, channelCount } = document
  return openPlanes(path, bytes, composite, document, channelCount)
}

export function decodeAllPlanes(document: PsdDocument): Samples[] {
  return openAllPlanes(document).map(({ read }) => read(document.height))
}

/** The flattened picture with straight alpha. */
export function openComposite(document: PsdDocument): PlanesReader {
  const { width, height, bits, mode } = document
  const readers = openAllPlanes(document).slice(0, colorCount(document) + 1)
  const colors = colorCount(document)
  const alphaReader = document.layerInfo?.mergedAlpha ? readers[colors] : undefined
  const max = maxSample(bits)
  const paper = whiteOf(mode === 'lab', bits)
  return {
    left: 0,
    top: 0,
    width,
    height,
    read(rows) {
      const color = readers.slice(0, colors).map((reader) => reader.read(rows))
      const alpha = alphaReader?.read(rows)
      if (alpha === undefined) return { width, height: rows, bits, color }
      color.forEach((plane, c) => {
        const white = paper[c] ?? max
        for (let i = 0; i < plane.length; i++) {
          const a = alpha[i]! / max
          if (a <= 0) continue
          const value = (plane[i]! - (1 - a) * white) / a
          plane[i] = bits === 32 ? value : Math.min(max, Math.max(0, Math.round(value)))
        }
      })
      return { width, height: rows, bits, color, alpha }
    },
  }
}

/** All that `openComposite` reads. */
export function decodeComposite(document: PsdDocument): Planes {
  return openComposite(document).read(document.height)
}

/** Blends color planes with white, as a composite stores them: the mirror of decodeComposite. */
export function matteOnWhite(planes: Planes, isLab = false): readonly Samples[] {
  const { alpha, bits, color } = planes
  if (alpha === undefined) return color
  const max = maxSample(bits)
  const paper = whiteOf(isLab, bits)
  return color.map((plane, c) => {
    const white = paper[c] ?? max
    const matted = plane.slice()
    for (let i = 0; i < matted.length; i++) {
      const a = alpha[i]! / max
      const value = a * plane[i]! + (1 - a) * white
      matted[i] = bits === 32 ? value : Math.round(value)
    }
    return matted
  })
}

/**
 * What white is where it is not every sample's maximum: a and b of Lab are neutral at 128 of 255.
 */
function whiteOf(isLab: boolean, bits: Depth): readonly number[] {
  const neutral = bits === 16 ? 32_768 : 128
  return isLab ? [maxSample(bits), neutral, neutral] : []
}
