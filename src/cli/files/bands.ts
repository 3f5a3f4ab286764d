/** Handles large pictures some rows at a time. */
import { setImmediate } from 'node:timers/promises'
import { type PlanarImage, rowsOf, type Size } from '../../engine/picture/image.ts'

/** A picture whose rows are made when they are wanted. */
export interface RowSource extends Size {
  /** Rows `top` to `bottom`. */
  rows(top: number, bottom: number): PlanarImage
}

export const rowSourceOf = (image: PlanarImage | RowSource): RowSource =>
  'rows' in image ? image : { ...image, rows: (top, bottom) => rowsOf(image, top, bottom) }

export const wholeOf = (image: PlanarImage | RowSource): PlanarImage =>
  'rows' in image ? image.rows(0, image.height) : image

/** Rows `top` to `bottom`, of a picture or of a canvas. */
export interface Band {
  readonly top: number
  readonly bottom: number
}

const BAND_PIXELS = 1 << 18

/**
 * Calls back for each band, from the top down. Between two bands, signals and the progress line
 * have their turn.
 */
export async function eachBand(
  { top, bottom }: Band,
  width: number,
  visit: (band: Band) => void,
): Promise<void> {
  const rows = Math.max(1, Math.floor(BAND_PIXELS / width))
  for (let at = top; at < bottom; at += rows) {
    visit({ top: at, bottom: Math.min(bottom, at + rows) })
    await setImmediate()
  }
}

export const overlap = (a: Band, b: Band): Band | undefined => {
  const top = Math.max(a.top, b.top)
  const bottom = Math.min(a.bottom, b.bottom)
  return top < bottom ? { top, bottom } : undefined
}
