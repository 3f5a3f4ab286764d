/** Converts between 8, 16 and 32 bits per channel. */

import { srgbCurve } from '../../color/icc.ts'
import type { Depth, DocumentState, LayerState, MaskState, Raster, Samples } from '../state.ts'
import { allocate, fullOf, mapPlanes } from './samples.ts'

/** 32-bit colour is linear, the others are not. */
export function convertSamples(
  samples: Samples,
  from: Depth,
  to: Depth,
  isColor: boolean,
): Samples {
  if (from === to) return samples
  const result = allocate(to, samples.length)
  const [fullFrom, fullTo] = [fullOf(from), fullOf(to)]
  const curve = !isColor
    ? undefined
    : to === 32
      ? srgbCurve.decode
      : from === 32
        ? srgbCurve.encode
        : undefined
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i]! / fullFrom
    const curved = curve ? curve(value) : value
    result[i] = to === 32 ? curved : Math.round(Math.min(Math.max(curved, 0), 1) * fullTo)
  }
  return result
}

export function convertRasterDepth(raster: Raster, from: Depth, to: Depth): Raster {
  if (from === to) return raster
  return mapPlanes(raster, (plane, isAlpha) => convertSamples(plane, from, to, !isAlpha))
}

export function convertMaskDepth(mask: MaskState, from: Depth, to: Depth): MaskState {
  return {
    ...mask,
    samples: convertSamples(mask.samples, from, to, false),
    outside: mask.outside > 0 ? fullOf(to) : 0,
  }
}

export function convertDepth(state: DocumentState, depth: Depth): DocumentState {
  if (state.depth === depth) return state
  const convert = (layer: LayerState): LayerState => ({
    ...layer,
    ...(layer.raster && { raster: convertRasterDepth(layer.raster, state.depth, depth) }),
    ...(layer.mask && { mask: convertMaskDepth(layer.mask, state.depth, depth) }),
    ...(layer.children && { children: layer.children.map(convert) }),
  })
  return { ...state, depth, layers: state.layers.map(convert) }
}
