/** How much of a photograph's structure a painting keeps. */
import { toGray } from '../src/engine/picture/color.ts'
import { type PlanarImage, resize } from '../src/engine/picture/image.ts'
import { fitLongEdge } from '../src/engine/picture/pyramid.ts'

/** Long edge at which edges are compared, px. */
const LONG_EDGE = 256

/**
 * Pearson's correlation of the Sobel gradient magnitudes of both pictures' luma at 256 px: 1 where
 * all edges are where they were, 0 where they have nothing to do with each other.
 */
export function structure(painted: PlanarImage, photograph: PlanarImage): number {
  const size = fitLongEdge(photograph, LONG_EDGE)
  return correlation(edges(painted, size), edges(photograph, size))
}

function edges(image: PlanarImage, { width, height }: { width: number; height: number }): number[] {
  const { data } = toGray(resize(image, width, height))
  const at = (x: number, y: number): number => data[y * width + x]!
  const magnitudes: number[] = []
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const along = (dx: number, dy: number): number =>
        [-1, 0, 1].reduce((sum, i) => {
          const [ahead, behind] = [
            at(x + dx + i * dy, y + dy + i * dx),
            at(x - dx + i * dy, y - dy + i * dx),
          ]
          return sum + (i === 0 ? 2 : 1) * (ahead - behind)
        }, 0)
      magnitudes.push(Math.hypot(along(1, 0), along(0, 1)))
    }
  }
  return magnitudes
}

export function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i]! - meanA, b[i]! - meanB]
    ab += da * db
    aa += da * da
    bb += db * db
  }
  return ab / Math.sqrt(aa * bb)
}
