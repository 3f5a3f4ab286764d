/**
 * Moves the picture against the grid of the poolings. A pooling hands one gradient to all that it
 * pools, so that neighbours within a cell end up more alike than neighbours on both sides of its
 * border: a lattice of two pixels. On the picture moved by one pixel borders and insides change
 * places, and steps that are painted there level what the others left.
 */

import { type Beyond, placeWithin, type Size } from '../picture/image.ts'

/** height·width values, or several such planes one after the other. */
export interface Planes extends Size {
  readonly data: Float32Array
}

/** Moved a pixel to the left and up; at the end stands what lies beyond the edge. */
export const shifted = (planes: Planes, beyond: Beyond): Planes => moved(planes, 1, beyond)

/** Moved back again. Where edges are repeated, the first row and column are copies of those beside them. */
export const unshifted = (planes: Planes, beyond: Beyond): Planes => moved(planes, -1, beyond)

/** @param by how far to the right and below the pixel lies that gets to a place. */
function moved({ width, height, data }: Planes, by: 1 | -1, beyond: Beyond): Planes {
  const result = new Float32Array(data.length)
  for (let row = 0; row < data.length / width; row++) {
    const y = row % height
    const from = (row - y + placeWithin(y + by, height, beyond)) * width
    const to = row * width
    if (by > 0) result.set(data.subarray(from + 1, from + width), to)
    else result.set(data.subarray(from, from + width - 1), to + 1)
    const edge = by > 0 ? width - 1 : 0
    result[to + edge] = data[from + placeWithin(edge + by, width, beyond)]!
  }
  return { width, height, data: result }
}
