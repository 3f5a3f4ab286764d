/**
 * Where windows lie in a picture that is too large to be evaluated at once, and which core of each
 * is taken. All windows have one size, which leaves the same remainder by the alignment as the
 * picture; those at the border end exactly at its edge. So what a network does at the edge of an
 * image (padding, an odd last row that a pooling drops) is done at true edges too, and elsewhere
 * falls into margins that are thrown away.
 */
import type { Size } from '../../picture/image.ts'
import type { Margin } from './margins.ts'

/** One window and its core along one axis, in pixels of the picture. */
export interface Span {
  /** First pixel of the window. */
  readonly start: number
  /** First pixel of the core, and the one behind its last. */
  readonly from: number
  readonly to: number
}

/** Windows are the product of both axes. */
export interface Layout {
  readonly window: Size
  readonly rows: readonly Span[]
  readonly columns: readonly Span[]
}

/**
 * The largest valid window within the wished one, or the smallest valid one. An axis along which
 * the picture fits has one window without margins.
 */
export function fitTile(image: Size, wished: Size, margin: Margin): Size {
  return {
    width: fitExtent(image.width, wished.width, margin),
    height: fitExtent(image.height, wished.height, margin),
  }
}

function fitExtent(extent: number, wished: number, { alignment, margin }: Margin): number {
  const remainder = extent % alignment
  const whole = Math.floor((wished - remainder) / alignment) * alignment
  return Math.min(extent, Math.max(whole, 2 * margin + alignment) + remainder)
}

/**
 * Evenly spread windows with disjoint cores that cover the picture, each where its window is exact.
 * @param window as `fitTile` gives it for this margin or a larger one of the same alignment.
 */
export function layTiles(image: Size, window: Size, margin: Margin): Layout {
  return {
    window,
    rows: layAxis(image.height, window.height, margin),
    columns: layAxis(image.width, window.width, margin),
  }
}

function layAxis(extent: number, window: number, { alignment, margin }: Margin): Span[] {
  // In units of the alignment; the remainder counts only where the picture ends.
  const whole = Math.floor(window / alignment)
  const lastStart = (extent - window) / alignment
  const largestStep = whole - (2 * margin) / alignment
  const count = lastStart === 0 ? 1 : 1 + Math.ceil(lastStart / largestStep)
  const starts = Array.from({ length: count }, (_, i) =>
    Math.round((i * lastStart) / Math.max(1, count - 1)),
  )
  // Cores meet in the middle of what two windows share.
  const seams = starts
    .slice(1)
    .map((start, i) => alignment * Math.floor((start + starts[i]! + whole) / 2))
  return starts.map((start, i) => ({
    start: start * alignment,
    from: seams[i - 1] ?? 0,
    to: seams[i] ?? extent,
  }))
}

export const tileCount = ({ rows, columns }: Layout): number => rows.length * columns.length

/** Pixels evaluated over pixels of the picture. */
export const overheadOf = (layout: Layout, image: Size): number =>
  (tileCount(layout) * layout.window.width * layout.window.height) / (image.width * image.height)

/** 1 within the core, else 0, along a window of `extent` pixels. */
export const coreMask = ({ start, from, to }: Span, extent: number): Float32Array =>
  new Float32Array(extent).fill(1, from - start, to - start)
