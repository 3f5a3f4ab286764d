/** Forms that more than one style draws. */

import { clamp } from './canvas.ts'

/** Where a point lies in a leaf: `along` in [0,1] from stalk to tip, `across` in [-1,1] from edge
 *  to edge. */
interface InLeaf {
  readonly along: number
  readonly across: number
}

/** A leaf from `stalk` to `tip`, `width` across at its widest, its spine bent `bend` units aside.
 *  @returns what tells where a point lies in it, undefined outside. */
export function leaf(
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  width: number,
  bend: number,
): (x: number, y: number) => InLeaf | undefined {
  const length = Math.hypot(x1 - x0, y1 - y0)
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length]
  const reach = width / 2 + Math.abs(bend)
  return (x, y) => {
    const [dx, dy] = [x - x0, y - y0]
    const along = (dx * ux + dy * uy) / length
    const side = dy * ux - dx * uy
    if (along <= 0 || along >= 1 || Math.abs(side) > reach) return undefined
    const spine = bend * 4 * along * (1 - along)
    const across = (side - spine) / ((width / 2) * Math.sin(Math.PI * along ** 0.8))
    return Math.abs(across) < 1 ? { along, across } : undefined
  }
}

/** The petal of a flower at an angle (radians): which of `count`, and how far round it in [0,1). */
export function petalAt(angle: number, count: number): { petal: number; round: number } {
  const at = (((angle / (2 * Math.PI)) % 1) + 1) * count
  return { petal: Math.floor(at) % count, round: clamp(at % 1) }
}
