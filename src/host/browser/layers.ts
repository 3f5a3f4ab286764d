/** Layers as data: what the list shows of them. */
import type { DocumentState, LayerState, Raster } from '../state.ts'

export interface ListedLayer {
  readonly layer: LayerState
  readonly depth: number
}

/** Top first, groups before what is in them. */
export function listLayers(layers: readonly LayerState[], depth = 0): ListedLayer[] {
  return layers.flatMap((layer) => [
    { layer, depth },
    ...(layer.children ? listLayers(layer.children, depth + 1) : []),
  ])
}

/** A document of at most `edge` px that shows the layer's pixels alone; undefined: it has none. */
export function thumbnailDocument(
  state: DocumentState,
  layer: LayerState,
  edge: number,
): DocumentState | undefined {
  const { raster } = layer
  if (!raster) return undefined
  const width = raster.bounds.right - raster.bounds.left
  const height = raster.bounds.bottom - raster.bounds.top
  if (width < 1 || height < 1) return undefined
  const scale = Math.min(1, edge / Math.max(width, height))
  const small = sampleRaster(
    raster,
    Math.max(1, Math.round(width * scale)),
    Math.max(1, Math.round(height * scale)),
  )
  return {
    ...state,
    width: small.bounds.right,
    height: small.bounds.bottom,
    selection: undefined,
    layers: [
      {
        ...layer,
        raster: small,
        mask: undefined,
        isVisible: true,
        isClipped: false,
        isBackground: false,
        opacity: 100,
        fillOpacity: 100,
        blendMode: 'normal',
      },
    ],
  }
}

function sampleRaster(raster: Raster, width: number, height: number): Raster {
  const fullWidth = raster.bounds.right - raster.bounds.left
  const fullHeight = raster.bounds.bottom - raster.bounds.top
  const sample = <T extends Uint8Array | Uint16Array | Float32Array>(plane: T): T => {
    const small = plane.slice(0, width * height) as T
    for (let y = 0; y < height; y++) {
      const row = Math.floor(((y + 0.5) * fullHeight) / height) * fullWidth
      for (let x = 0; x < width; x++) {
        small[y * width + x] = plane[row + Math.floor(((x + 0.5) * fullWidth) / width)]!
      }
    }
    return small
  }
  return {
    bounds: { left: 0, top: 0, right: width, bottom: height },
    color: raster.color.map(sample),
    ...(raster.alpha ? { alpha: sample(raster.alpha) } : {}),
  }
}
