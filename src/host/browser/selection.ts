/** The rectangular selection tool: coverage of a rectangle with soft edges, and its outline. */
import type { Rect, SelectionState } from '../state.ts'

/** Whole pixels; undefined for what is empty or outside. */
function clipRect(rect: Rect, width: number, height: number): Rect | undefined {
  const left = Math.max(0, Math.round(Math.min(rect.left, rect.right)))
  const top = Math.max(0, Math.round(Math.min(rect.top, rect.bottom)))
  const right = Math.min(width, Math.round(Math.max(rect.left, rect.right)))
  const bottom = Math.min(height, Math.round(Math.max(rect.top, rect.bottom)))
  return right > left && bottom > top ? { left, top, right, bottom } : undefined
}

/**
 * @param feather px: standard deviation of the edge's blur, which is cut at 2.5 of them.
 * @returns undefined when nothing of the rectangle lies on the canvas.
 */
export function selectRect(
  rect: Rect,
  feather: number,
  width: number,
  height: number,
): SelectionState | undefined {
  const inner = clipRect(rect, width, height)
  if (!inner) return undefined
  const reach = Math.ceil(feather * 2.5)
  const bounds = clipRect(
    {
      left: inner.left - reach,
      top: inner.top - reach,
      right: inner.right + reach,
      bottom: inner.bottom + reach,
    },
    width,
    height,
  )
  if (!bounds) return undefined
  // A blurred rectangle is the product of two blurred intervals.
  const across = edges(bounds.left, bounds.right, inner.left, inner.right, feather)
  const down = edges(bounds.top, bounds.bottom, inner.top, inner.bottom, feather)
  const coverage = new Uint8Array(across.length * down.length)
  down.forEach((y, row) => {
    across.forEach((x, column) => {
      coverage[row * across.length + column] = Math.round(255 * x * y)
    })
  })
  return { bounds, coverage }
}

/** Coverage of the pixels from `start` to `end` by the blurred interval from `from` to `to`. */
function edges(start: number, end: number, from: number, to: number, feather: number): number[] {
  return Array.from({ length: end - start }, (_, i) => {
    const center = start + i + 0.5
    if (feather === 0) return center > from && center < to ? 1 : 0
    return normalCdf((center - from) / feather) - normalCdf((center - to) / feather)
  })
}

/** Logistic approximation; within 0.01 of the normal distribution. */
const normalCdf = (x: number): number => 1 / (1 + Math.exp(-1.702 * x))

/** Edges between pixels that are selected by half or more and others, in document pixels. */
export function outlineOf({ bounds, coverage }: SelectionState): Path2D {
  const width = bounds.right - bounds.left
  const height = bounds.bottom - bounds.top
  const isIn = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && coverage[y * width + x]! >= 128
  const path = new Path2D()
  const trace = (
    lines: number,
    length: number,
    differs: (line: number, at: number) => boolean,
    draw: (line: number, from: number, to: number) => void,
  ): void => {
    for (let line = 0; line <= lines; line++) {
      let from = -1
      for (let at = 0; at <= length; at++) {
        const isEdge = at < length && differs(line, at)
        if (isEdge && from < 0) from = at
        if (!isEdge && from >= 0) {
          draw(line, from, at)
          from = -1
        }
      }
    }
  }
  trace(
    height,
    width,
    (y, x) => isIn(x, y - 1) !== isIn(x, y),
    (y, from, to) => {
      path.moveTo(bounds.left + from, bounds.top + y)
      path.lineTo(bounds.left + to, bounds.top + y)
    },
  )
  trace(
    width,
    height,
    (x, y) => isIn(x - 1, y) !== isIn(x, y),
    (x, from, to) => {
      path.moveTo(bounds.left + x, bounds.top + from)
      path.lineTo(bounds.left + x, bounds.top + to)
    },
  )
  return path
}
