/** What commands make of a document as a whole. */
import { backgroundLayer } from '../photograph.ts'
import { convertMode } from '../render.ts'
import type { ColorMode, DocumentState } from '../state.ts'
import { flatten, matOnWhite } from './color.ts'
import { workingProfile } from './profiles.ts'
import { rectAt, reframeRaster } from './samples.ts'

/** Modes whose documents are one flat picture. */
export const FLAT_MODES: ReadonlySet<ColorMode> = new Set(['bitmap', 'indexed', 'multichannel'])

export function deselected(state: DocumentState): DocumentState {
  const { selection, ...rest } = state
  return selection ? rest : state
}

/** Colours in another mode are those of its working profile. */
export function inMode(state: DocumentState, mode: ColorMode): DocumentState {
  if (state.mode === 'bitmap' && mode !== 'grayscale')
    throw new Error(`A bitmap cannot become ${mode} at once; make it grayscale first`)
  const flat = FLAT_MODES.has(mode) ? flattened(state) : state
  const converted = convertMode(flat, mode)
  return mode === 'grayscale'
    ? { ...converted, profile: { name: workingProfile(mode) } }
    : converted
}

export function flattened(state: DocumentState): DocumentState {
  const [bottom] = state.layers
  const raster = flatten(state.layers, state)
  if (!bottom || !raster) return state
  const canvas = rectAt(0, 0, state.width, state.height)
  const picture = matOnWhite(reframeRaster(raster, canvas), state.depth)
  return { ...state, layers: [backgroundLayer(bottom.id, picture)] }
}
