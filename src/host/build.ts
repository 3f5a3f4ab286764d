/** Makes documents out of short descriptions, for tests and samples. */
import { SRGB_NAME } from '../color/rgb-spaces.ts'
import { plainLayer } from './photograph.ts'
import { allocate, fullOf } from './photoshop/samples.ts'
import type {
  ColorMode,
  DocumentState,
  LayerState,
  MaskState,
  Raster,
  Samples,
  SelectionState,
} from './state.ts'

/** Fractions 0 … 1 for each component of the mode, then alpha; without alpha it is opaque. */
type Paint = (x: number, y: number) => readonly number[]

export interface LayerSpec extends Partial<Omit<LayerState, 'raster' | 'mask' | 'children'>> {
  /** Left, top, width, height; the canvas by default. */
  readonly at?: readonly [number, number, number, number]
  /** Absent: no pixels. One list serves all pixels; a function gives one by position on the canvas. */
  readonly paint?: readonly number[] | Paint
  /** Without an alpha plane. */
  readonly isOpaque?: boolean
  readonly mask?: MaskState
  /** Makes a group. */
  readonly children?: readonly LayerSpec[]
}

export interface DocumentSpec extends Partial<Omit<DocumentState, 'layers' | 'profile'>> {
  readonly layers: readonly LayerSpec[]
  /** A profile's name; '' for none. */
  readonly profile?: string
}

const COMPONENTS: Readonly<Record<ColorMode, number>> = {
  bitmap: 1,
  grayscale: 1,
  indexed: 1,
  rgb: 3,
  cmyk: 4,
  multichannel: 4,
  duotone: 1,
  lab: 3,
}

const PROFILES: Partial<Record<ColorMode, string>> = {
  rgb: SRGB_NAME,
  grayscale: 'Gray Gamma 2.2',
}

export function document(spec: DocumentSpec): DocumentState {
  const { layers, profile, ...given } = spec
  const base = { width: 8, height: 6, resolution: 72, mode: 'rgb', depth: 8, ...given } as const
  const name = profile ?? PROFILES[base.mode]
  let lastId = 0
  const build = (layerSpec: LayerSpec): LayerState => {
    lastId = layerSpec.id ?? lastId + 1
    return layer({ id: lastId, ...layerSpec }, base, build)
  }
  return { ...base, ...(name && { profile: { name } }), layers: layers.map(build) }
}

type Canvas = Pick<DocumentState, 'width' | 'height' | 'mode' | 'depth'>

/** Makes one layer, for a document of the given kind. */
export function layer(
  spec: LayerSpec,
  canvas: Canvas = { width: 8, height: 6, mode: 'rgb', depth: 8 },
  buildChild = (child: LayerSpec): LayerState => layer(child, canvas),
): LayerState {
  const { at, paint, isOpaque, children, ...given } = spec
  const id = spec.id ?? 1
  return {
    ...plainLayer(id, `Layer ${id}`),
    ...(children && { kind: 'group', blendMode: 'passThrough' }),
    ...given,
    ...(paint && { raster: raster(spec, paint, canvas) }),
    ...(children && { children: children.map(buildChild) }),
  }
}

export function selection(
  [left, top, width, height]: readonly [number, number, number, number],
  coverage: (x: number, y: number) => number = () => 255,
): SelectionState {
  return {
    bounds: { left, top, right: left + width, bottom: top + height },
    coverage: Uint8Array.from({ length: width * height }, (_, i) =>
      coverage(left + (i % width), top + Math.floor(i / width)),
    ),
  }
}

function raster(spec: LayerSpec, paint: readonly number[] | Paint, canvas: Canvas): Raster {
  const [left, top, width, height] = spec.at ?? [0, 0, canvas.width, canvas.height]
  const colors = COMPONENTS[canvas.mode]
  const plane = (component: number): Samples => {
    const samples = allocate(canvas.depth, width * height)
    for (let i = 0; i < samples.length; i++) {
      const pixel =
        typeof paint === 'function' ? paint(left + (i % width), top + Math.floor(i / width)) : paint
      const value = (pixel[component] ?? 1) * fullOf(canvas.depth)
      samples[i] = canvas.depth === 32 ? value : Math.round(value)
    }
    return samples
  }
  return {
    bounds: { left, top, right: left + width, bottom: top + height },
    color: Array.from({ length: colors }, (_, component) => plane(component)),
    ...(!spec.isOpaque && !spec.isBackground && { alpha: plane(colors) }),
  }
}
