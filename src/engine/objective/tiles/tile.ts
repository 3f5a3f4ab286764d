/** Tiles on a runtime: their masks, and who releases what. */
import type { Holder } from '../../runtime/holder.ts'
import type { Corner, DeviceTensor, Runtime } from '../../runtime/runtime.ts'
import { coreMask, type Layout, type Span } from './layout.ts'

/** Tensors by graph input or output. */
export type Tensors = Readonly<Record<string, DeviceTensor>>

export interface Tile {
  readonly row: Span
  readonly column: Span
  readonly corner: Corner
  /** Inputs `rows` and `columns`: the core within the window. */
  readonly core: Tensors
}

/** Tiles row by row. Masks go to the device once: one a row of tiles, one a column. */
export function uploadTiles(runtime: Runtime, layout: Layout, { hold }: Holder): Tile[] {
  const { window } = layout
  const columns = layout.columns.map((column) => ({
    column,
    mask: hold(runtime.upload(coreMask(column, window.width), [1, 1, 1, window.width])),
  }))
  return layout.rows.flatMap((row) => {
    const rows = hold(runtime.upload(coreMask(row, window.height), [1, 1, window.height, 1]))
    return columns.map(({ column, mask }) => ({
      row,
      column,
      corner: { top: row.start, left: column.start },
      core: { rows, columns: mask },
    }))
  })
}
