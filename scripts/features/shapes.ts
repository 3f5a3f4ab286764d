/** Masks drawn for the sample photographs: polygons and discs in fractions of width and height. */
import type { Mask } from '../../src/engine/picture/image.ts'

type Point = readonly [x: number, y: number]

/** Size of the masks; the engine stretches them over the photograph. */
const EDGE = 512

const mask = (value: (x: number, y: number) => number): Mask => {
  const data = new Float32Array(EDGE * EDGE)
  for (let y = 0; y < EDGE; y++) {
    for (let x = 0; x < EDGE; x++) {
      data[y * EDGE + x] = Math.min(1, Math.max(0, value((x + 0.5) / EDGE, (y + 0.5) / EDGE)))
    }
  }
  return { width: EDGE, height: EDGE, data }
}

/** 1 below a line from left to right, 0 above it, soft over `blur` of the height. */
export const below = (line: readonly Point[], blur = 0.01): Mask =>
  mask((x, y) => 0.5 + (y - heightAt(line, x)) / blur)

function heightAt(line: readonly Point[], x: number): number {
  const next = Math.max(
    1,
    line.findIndex(([at]) => at >= x),
  )
  const [[x0, y0], [x1, y1]] = [line[next - 1]!, line[next]!]
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
}

/** 1 within a disc, 0 outside, soft over `blur` of the radius. @param aspect width over height. */
export const disc = ([x0, y0]: Point, radius: number, aspect: number, blur: number): Mask =>
  mask((x, y) => 0.5 + (1 - Math.hypot(x - x0, (y - y0) / aspect) / radius) / blur)

export const inverse = (of: Mask): Mask => ({ ...of, data: of.data.map((value) => 1 - value) })

/** From 0 at the left to 1 at the right. */
export const ramp = (): Mask => mask((x) => x * 1.2 - 0.1)

/** Where the mountains of `autumn.jpg` end, and where its meadow begins. */
export const AUTUMN_FOREST: readonly Point[] = [
  [0, 0.23],
  [0.08, 0.28],
  [0.24, 0.37],
  [0.45, 0.43],
  [0.58, 0.55],
  [0.7, 0.6],
  [0.73, 0.42],
  [0.75, 0.4],
  [0.78, 0.5],
  [0.84, 0.42],
  [0.93, 0.34],
  [1, 0.25],
]
export const AUTUMN_MEADOW: readonly Point[] = [
  [0, 0.605],
  [0.25, 0.605],
  [0.45, 0.645],
  [0.7, 0.695],
  [0.85, 0.735],
  [1, 0.77],
]

/** The flower of `dandelion.jpg`: centre, and radius in widths. */
export const DANDELION = { centre: [0.293, 0.313], radius: 0.165, aspect: 16 / 9 } as const
