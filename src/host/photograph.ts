/** Makes a document of nothing but pixels, as Photoshop does when it opens a JPEG or PNG. */
import { SRGB_NAME } from '../color/rgb-spaces.ts'
import type { DocumentState, LayerState, Raster } from './state.ts'

export const BACKGROUND_NAME = 'Background'

const NO_LOCKS: LayerState['locks'] = {
  all: false,
  pixels: false,
  position: false,
  transparency: false,
}

export const BACKGROUND_LOCKS: LayerState['locks'] = {
  ...NO_LOCKS,
  position: true,
  transparency: true,
}

/** A visible pixel layer with nothing special about it. */
export function plainLayer(id: number, name: string, raster?: Raster): LayerState {
  return {
    id,
    name,
    kind: 'pixel',
    isVisible: true,
    opacity: 100,
    fillOpacity: 100,
    blendMode: 'normal',
    isClipped: false,
    isBackground: false,
    isArtboard: false,
    locks: NO_LOCKS,
    ...(raster ? { raster } : {}),
  }
}

/** The opaque layer below all others. */
export const backgroundLayer = (id: number, raster: Raster): LayerState => ({
  ...plainLayer(id, BACKGROUND_NAME, raster),
  isBackground: true,
  locks: BACKGROUND_LOCKS,
})

/**
 * Made of interleaved 8-bit samples, RGB or RGBA by their count. A picture with transparency gets a
 * "Layer 0" in place of the background, as in Photoshop.
 */
export function photographDocument(
  width: number,
  height: number,
  samples: Uint8Array | Uint8ClampedArray,
  resolution = 72,
): DocumentState {
  const size = width * height
  const components = samples.length / size
  if (components !== 3 && components !== 4) {
    throw new RangeError(
      `a picture of ${width}×${height} pixels: expected ${3 * size} or ${4 * size} samples, ` +
        `got ${samples.length}`,
    )
  }
  const plane = (c: number) => {
    const values = new Uint8Array(size)
    for (let i = 0; i < size; i++) values[i] = samples[i * components + c]!
    return values
  }
  const alpha = components === 4 ? plane(3) : undefined
  const isOpaque = alpha === undefined || alpha.every((value) => value === 255)
  const raster: Raster = {
    bounds: { left: 0, top: 0, right: width, bottom: height },
    color: [plane(0), plane(1), plane(2)],
    ...(isOpaque ? {} : { alpha }),
  }
  const layer: LayerState = isOpaque ? backgroundLayer(1, raster) : plainLayer(1, 'Layer 0', raster)
  return {
    width,
    height,
    resolution,
    mode: 'rgb',
    depth: 8,
    profile: { name: SRGB_NAME },
    layers: [layer],
  }
}
