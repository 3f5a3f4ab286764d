/** Bounds of the DOM. */
import type { LayerState, Rect } from '../state.ts'
import type { RealBounds } from './real.ts'
import { heightOf, trimRaster, unite, widthOf } from './samples.ts'

const NOWHERE: Rect = { left: 0, top: 0, right: 0, bottom: 0 }

export function toBounds(rect: Rect = NOWHERE): RealBounds {
  const { left, top, right, bottom } = rect
  const bounds: Pick<
    RealBounds,
    'left' | 'top' | 'right' | 'bottom' | 'width' | 'height' | 'typename'
  > = {
    left,
    top,
    right,
    bottom,
    width: widthOf(rect),
    height: heightOf(rect),
    typename: 'Bounds',
  }
  return bounds as RealBounds
}

/** Where a layer has pixels; for a group, where its layers have. */
export function layerRect(layer: LayerState): Rect | undefined {
  if (!layer.children) return layer.raster && trimRaster(layer.raster)
  return layer.children
    .map(layerRect)
    .reduce((sum, rect) => (sum && rect ? unite(sum, rect) : (sum ?? rect)), undefined)
}
