/**
 * The picture moved against the grid of the poolings. A pooling hands one gradient to all that it
 * pools, so neighbours within a cell end up more alike than those across its border: a lattice of two
 * pixels. On the picture moved by one pixel borders and insides change places, and steps that are
 * painted there level what the others left.
 */
import type { Beyond, PlanarImage } from './image.ts'

/** Fewer steps do not pay for the optimiser's new start. */
const MIN_STEPS = 10

/** How many of a scale's steps, its last ones, are painted on the moved picture. */
export function shiftedSteps(iterations: number, share: number): number {
  const steps = Math.round(iterations * share)
  return steps < MIN_STEPS ? 0 : steps
}

/** The picture one pixel to the left and up; at its end comes what lies beyond its edge. */
export function shifted({ width, height, data }: PlanarImage, beyond: Beyond): PlanarImage {
  const moved = new Float32Array(data.length)
  const isJoined = beyond === 'opposite'
  for (let row = 0; row < 3 * height; row++) {
    const isLast = row % height === height - 1
    const first = (isLast ? (isJoined ? row - height + 1 : row) : row + 1) * width
    moved.set(data.subarray(first + 1, first + width), row * width)
    moved[(row + 1) * width - 1] = data[isJoined ? first : first + width - 1]!
  }
  return { width, height, data: moved }
}

/** Back again; where nothing comes back, in the first row and column, stays what was there `before`. */
export function unshifted(
  { width, height, data }: PlanarImage,
  before: PlanarImage,
  beyond: Beyond,
): PlanarImage {
  const back = new Float32Array(before.data)
  const isJoined = beyond === 'opposite'
  for (let row = 0; row < 3 * height; row++) {
    const isFirst = row % height === 0
    if (isFirst && !isJoined) continue
    const first = (isFirst ? row + height - 1 : row - 1) * width
    back.set(data.subarray(first, first + width - 1), row * width + 1)
    if (isJoined) back[row * width] = data[first + width - 1]!
  }
  return { width, height, data: back }
}
