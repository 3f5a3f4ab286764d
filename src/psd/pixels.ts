/** Pixels of a document's layers, masks and composite, as samples of its file. */
import { decodeChannel, decodePlanes } from './channels.ts'
import { COLOR_MODES, colorCount, type ListedLayer, type PsdDocument } from './document.ts'
import { type Depth, maxSample, type Samples } from './samples.ts'

export interface Planes {
  readonly width: number
  readonly height: number
  readonly bits: Depth
  /** One for each color of the mode, height·width samples. */
  readonly color: readonly Samples[]
  /** Straight coverage; absent means opaque. */
  readonly alpha?: Samples
}

/** In its place on the canvas. */
export interface Placed<P = Planes> {
  readonly left: number
  readonly top: number
  readonly planes: P
}

/** A layer's own pixels; undefined where its bounds are empty or it lacks a color channel. */
export function decodeLayer(document: PsdDocument, layer: ListedLayer): Placed | undefined {
  const { path, bytes, bits, large, mode } = document
  const { left, top } = layer
  const width = layer.right - left
  const height = layer.bottom - top
  if (width * height === 0) return undefined
  const decode = (id: number): Samples | undefined => {
    const channel = layer.channels.find((candidate) => candidate.id === id)
    return channel && decodeChannel(path, bytes, channel.data, { width, height, bits, large })
  }
  const color: Samples[] = []
  for (let id = 0; id < COLOR_MODES[mode].colors; id++) {
    const plane = decode(id)
    if (plane === undefined) return undefined
    color.push(plane)
  }
  const alpha = decode(-1)
  const planes = { width, height, bits, color }
  return { left, top, planes: alpha ? { ...planes, alpha } : planes }
}

/** The samples of a layer's mask, none where its bounds are empty; undefined where it has none. */
export function decodeMask(document: PsdDocument, layer: ListedLayer): Samples | undefined {
  const { mask } = layer
  const channel = layer.channels.find(({ id }) => id === -2)
  if (mask === undefined || channel === undefined) return undefined
  const width = Math.max(0, mask.right - mask.left)
  const height = Math.max(0, mask.bottom - mask.top)
  const { path, bytes, bits, large } = document
  const shape = { width, height, bits, large }
  return width * height === 0 ? new Uint8Array() : decodeChannel(path, bytes, channel.data, shape)
}

/** Every plane of the flattened picture, as it is stored. */
export function decodeAllPlanes(document: PsdDocument): Samples[] {
  const { path, bytes, composite, channelCount } = document
  return decodePlanes(path, bytes, composite, document, channelCount)
}

/** The flattened picture with straight alpha. */
export function decodeComposite(document: PsdDocument): Planes {
  const { width, height, bits, mode } = document
  const decoded = decodeAllPlanes(document)
  const colors = colorCount(document)
  const color = decoded.slice(0, colors)
  const alpha = document.layerInfo?.mergedAlpha ? decoded[colors] : undefined
  if (alpha === undefined) return { width, height, bits, color }
  const max = maxSample(bits)
  const paper = whiteOf(mode === 'lab', bits)
  color.forEach((plane, c) => {
    const white = paper[c] ?? max
    for (let i = 0; i < plane.length; i++) {
      const a = alpha[i]! / max
      if (a <= 0) continue
      const value = (plane[i]! - (1 - a) * white) / a
      plane[i] = bits === 32 ? value : Math.min(max, Math.max(0, Math.round(value)))
    }
  })
  return { width, height, bits, color, alpha }
}

/** Color planes blended with white, as a composite stores them: the mirror of decodeComposite. */
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

/** White where it is not every sample's maximum: a and b of Lab are neutral at 128 of 255. */
function whiteOf(isLab: boolean, bits: Depth): readonly number[] {
  const neutral = bits === 16 ? 32_768 : 128
  return isLab ? [maxSample(bits), neutral, neutral] : []
}
