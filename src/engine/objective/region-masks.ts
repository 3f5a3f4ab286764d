/**
 * Where the styles of a picture count, layer by layer: masks carried down the network by average
 * pooling, and eroded to cells that see little of other regions (after the guidance channels of
 * Gatys et al. 2017, "Controlling Perceptual Factors in Neural Style Transfer").
 */

import type { Shape } from '../graph/tensor-type.ts'
import type { Mask, Size } from '../picture/image.ts'
import type { Corner } from '../runtime/runtime.ts'
import { maskName, type ObjectiveSpec } from './losses/objective.ts'
import { featureMargin } from './tiles/margins.ts'
import { layerShape } from './tiles/passes.ts'

/** Planes of values in [0,1], one a region, on the grid of a layer. */
interface LayerMasks extends Size {
  /** Pixels that a cell is wide and high. */
  readonly stride: number
  readonly data: Float32Array
  /** Σ of each plane, in cells. */
  readonly areas: readonly number[]
}

export interface RegionMasks {
  readonly count: number
  /** The largest sum that the regions' masks have at any pixel. */
  readonly peak: number
  readonly layers: ReadonlyMap<string, LayerMasks>
}

/** @param masks one a region, of the size that `spec` has. */
export function makeRegionMasks(
  masks: readonly Mask[],
  spec: Pick<ObjectiveSpec, 'width' | 'height' | 'network' | 'styleLayers'>,
): RegionMasks {
  const layers = new Map<string, LayerMasks>()
  for (const layer of spec.styleLayers) {
    const [, , height, width] = layerShape(spec, layer, spec)
    const { alignment: stride, margin } = featureMargin(spec.network.model.topology, [layer])
    const data = new Float32Array(masks.length * height * width)
    const areas = masks.map((mask, region) => {
      const pooled = pool(mask, stride, { width, height })
      const plane = guarded(pooled, { width, height }, Math.floor(margin / stride / SEEN_SHARE))
      data.set(plane, region * height * width)
      return sum(plane)
    })
    layers.set(layer, { width, height, stride, data, areas })
  }
  return { count: masks.length, peak: peakOf(masks), layers }
}

/**
 * How far a cell looks in theory over how far it does in effect: what lies near counts most (Luo et
 * al. 2016, "Understanding the Effective Receptive Field"). Measured with VGG16 and two flat-coloured
 * styles in halves of 256 px: 8 px from the seam a column had 29 % and 35 % of the other style's
 * colour without erosion, 14 % and 22 % with this; a share of 1 leaves a strip between them unpainted.
 */
const SEEN_SHARE = 2

/** A region whose mask sums to less than this, in cells, describes no texture. */
const LEAST_AREA = 1

/** Averages of squares of pixels; what is left of an odd last row or column is dropped. */
function pool({ data, width: from }: Mask, stride: number, { width, height }: Size) {
  const pooled = new Float32Array(height * width)
  for (let y = 0; y < stride * height; y++) {
    const row = Math.floor(y / stride) * width
    for (let x = 0; x < stride * width; x++) {
      const cell = row + Math.floor(x / stride)
      pooled[cell] = pooled[cell]! + data[y * from + x]!
    }
  }
  return pooled.map((value) => value / stride ** 2)
}

/**
 * Keeps only cells whose neighbours up to this distance are in the region as well: the least of
 * their values. A region without such a cell keeps all it has: better a style that bleeds than
 * none.
 */
function guarded(plane: Float32Array, size: Size, distance: number): Float32Array {
  if (distance === 0) return plane
  const inner = erode(plane, size, distance)
  return sum(inner) >= LEAST_AREA ? inner : plane
}

/** Minimum over a square of cells around each, as much of it as lies inside. */
function erode(plane: Float32Array, { width, height }: Size, distance: number): Float32Array {
  const along = (values: Float32Array, extent: number, step: number): Float32Array =>
    values.map((_, i) => {
      const at = Math.floor(i / step) % extent
      let least = Number.POSITIVE_INFINITY
      const last = Math.min(extent - 1, at + distance)
      for (let j = Math.max(0, at - distance); j <= last; j++) {
        least = Math.min(least, values[i + (j - at) * step]!)
      }
      return least
    })
  return along(along(plane, width, 1), height, width)
}

const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0)

function peakOf(masks: readonly Mask[]): number {
  const [first, ...rest] = masks
  const covered = first!.data.slice()
  for (const { data } of rest) {
    for (let i = 0; i < covered.length; i++) covered[i] = covered[i]! + data[i]!
  }
  return covered.reduce((peak, value) => Math.max(peak, value), 0)
}

/** Graph inputs for the whole picture. */
export const maskInputs = ({ layers, count }: RegionMasks): [string, LayerMasks, Shape][] =>
  [...layers].map(([layer, masks]) => [
    maskName(layer),
    masks,
    [1, count, masks.height, masks.width],
  ])

/** Graph inputs for a window. Its corner, in pixels, must be a corner of cells in every layer. */
export const maskWindows = (
  { layers }: RegionMasks,
  { top, left }: Corner,
  window: Size,
): Record<string, Float32Array> =>
  Object.fromEntries(
    [...layers].map(([layer, masks]) => {
      const cells = (pixels: number): number => Math.floor(pixels / masks.stride)
      const corner = { top: cells(top), left: cells(left) }
      const size = { width: cells(window.width), height: cells(window.height) }
      return [maskName(layer), cutPlanes(masks, corner, size)]
    }),
  )

/** A rectangle of every plane, row-major. */
export function cutPlanes(
  { data, width, height }: { readonly data: Float32Array } & Size,
  { top, left }: Corner,
  window: Size,
): Float32Array {
  const planes = data.length / (width * height)
  const cut = new Float32Array(planes * window.height * window.width)
  for (let row = 0; row < planes * window.height; row++) {
    const plane = Math.floor(row / window.height)
    const start = (plane * height + top + (row % window.height)) * width + left
    cut.set(data.subarray(start, start + window.width), row * window.width)
  }
  return cut
}
