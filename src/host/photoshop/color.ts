/** Converts rasters between colour modes and profiles, and makes one raster of several layers. */

import { plainLayer } from '../photograph.ts'
import { convertMode, renderComposite } from '../render.ts'
import type {
  ColorMode,
  Depth,
  DocumentState,
  LayerState,
  Raster,
  Rect,
  Samples,
} from '../state.ts'
import { convertRasterDepth } from './depth.ts'
import { convertProfile, workingProfile } from './profiles.ts'
import { allocateLike, areaOf, fullOf, heightOf, unite, widthOf } from './samples.ts'
import { moveLayer } from './tree.ts'

/** What the samples of a raster mean. */
export interface Coding {
  readonly mode: ColorMode
  readonly depth: Depth
  /** The profile's name. */
  readonly profile: string
  readonly palette?: Uint8Array
}

export function codingOf(state: DocumentState): Coding {
  return {
    mode: state.mode,
    depth: state.depth,
    profile: state.profile?.name ?? workingProfile(state.mode),
    ...(state.palette && { palette: state.palette }),
  }
}

export function convertRaster(raster: Raster, from: Coding, to: Coding): Raster {
  // In modes other than RGB the numbers are those of the working profile.
  const inMode =
    from.mode === to.mode ? raster : changeMode(profiled(raster, from, 'rgb'), from, to.mode)
  const profile = from.mode === to.mode ? from.profile : workingProfile(to.mode)
  const inProfile =
    to.mode === 'rgb' ? convertProfile(inMode, from.depth, profile, to.profile) : inMode
  return convertRasterDepth(inProfile, from.depth, to.depth)
}

function profiled(raster: Raster, from: Coding, mode: ColorMode): Raster {
  if (from.mode !== mode) return raster
  return convertProfile(raster, from.depth, from.profile, workingProfile(mode))
}

function changeMode(raster: Raster, from: Coding, mode: ColorMode): Raster {
  const document: DocumentState = {
    width: widthOf(raster.bounds),
    height: heightOf(raster.bounds),
    resolution: 72,
    mode: from.mode,
    depth: from.depth,
    layers: [plainLayer(1, 'Layer', raster)],
    ...(from.palette && { palette: from.palette }),
  }
  const converted = convertMode(document, mode).layers[0]?.raster
  if (!converted) throw new Error(`internal: no raster after converting ${from.mode} to ${mode}`)
  return converted
}

/** The visible layers over one another, in the document's mode and depth, off-canvas parts included. */
export function flatten(layers: readonly LayerState[], state: DocumentState): Raster | undefined {
  const bounds = visibleRect(layers)
  if (!bounds) return undefined
  const { color, alpha } = renderComposite({
    ...state,
    width: widthOf(bounds),
    height: heightOf(bounds),
    layers: layers.map((layer) => moveLayer(layer, -bounds.left, -bounds.top)),
  })
  const bottom = layers.at(-1)
  const isOpaque = bottom?.isBackground && bottom.isVisible
  return { bounds, color, ...(!isOpaque && { alpha }) }
}

function visibleRect(layers: readonly LayerState[]): Rect | undefined {
  return layers
    .filter(({ isVisible }) => isVisible)
    .map(({ children, raster }) => (children ? visibleRect(children) : raster?.bounds))
    .filter((rect) => rect !== undefined && areaOf(rect) > 0)
    .reduce((sum, rect) => (sum && rect ? unite(sum, rect) : rect), undefined)
}

export function alphaOf(raster: Raster, depth: Depth): Samples {
  if (raster.alpha) return raster.alpha
  const [plane] = raster.color
  if (!plane) throw new Error('internal: a raster without colour')
  return allocateLike(plane, plane.length).fill(fullOf(depth))
}

/** Drawn over white, without alpha. */
export function matOnWhite(raster: Raster, depth: Depth): Raster {
  const { alpha } = raster
  if (!alpha) return raster
  const full = fullOf(depth)
  const color = raster.color.map((plane) =>
    plane.map((value, i) => rounded((value * alpha[i]! + full * (full - alpha[i]!)) / full, depth)),
  )
  return { bounds: raster.bounds, color }
}

const rounded = (value: number, depth: Depth): number => (depth === 32 ? value : Math.round(value))
