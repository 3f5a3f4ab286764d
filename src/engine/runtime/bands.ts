/** Windows of a picture that is kept in bands of rows. */
import type { ImageShape } from '../graph/tensor-type.ts'
import type { Vector } from './graph-vectors.ts'
import type { Corner, DeviceTensor, Extent, Runtime } from './runtime.ts'

/** Fills `window` [1,3,h,w] with the picture from `corner` on. The window lies inside. */
export function readWindow(
  runtime: Runtime,
  vector: Vector,
  corner: Corner,
  window: DeviceTensor,
): void {
  const [, , height, width] = window.shape as ImageShape
  for (const { band, top, offset, rows } of bandsOf(vector, corner.top, height)) {
    runtime.copyRect(
      band,
      { top, left: corner.left },
      window,
      { top: offset, left: 0 },
      { height: rows, width },
    )
  }
}

/** Copies a rectangle of `window` [1,3,h,w] to where it belongs in the picture. */
export function writeWindow(
  runtime: Runtime,
  window: DeviceTensor,
  windowCorner: Corner,
  vector: Vector,
  corner: Corner,
  { height, width }: Extent,
): void {
  for (const { band, top, offset, rows } of bandsOf(vector, corner.top, height)) {
    runtime.copyRect(
      window,
      { top: windowCorner.top + offset, left: windowCorner.left },
      band,
      { top, left: corner.left },
      { height: rows, width },
    )
  }
}

/** The bands in which rows `first` to `first + count` lie: from which of their rows on, and how many. */
function* bandsOf(vector: Vector, first: number, count: number) {
  const bandRows = vector[0]!.shape[2]!
  for (let row = first; row < first + count; ) {
    const band = vector[Math.floor(row / bandRows)]!
    const top = row % bandRows
    const rows = Math.min(band.shape[2]! - top, first + count - row)
    yield { band, top, offset: row - first, rows }
    row += rows
  }
}
