/** Turns pictures, and says what size that makes them. */
import type { PlanarImage, Size } from './image.ts'

/** Sine and cosine, exact at quarter turns. */
function directionOf(degrees: number): { readonly sin: number; readonly cos: number } {
  const quarters = degrees / 90
  if (Number.isInteger(quarters)) {
    const turns = ((quarters % 4) + 4) % 4
    return { sin: [0, 1, 0, -1][turns]!, cos: [1, 0, -1, 0][turns]! }
  }
  const radians = (degrees * Math.PI) / 180
  return { sin: Math.sin(radians), cos: Math.cos(radians) }
}

/** The canvas that holds a picture of this size turned by `degrees`, in whole pixels. */
export function rotatedSize({ width, height }: Size, degrees: number): Size {
  const { sin, cos } = directionOf(degrees)
  // Rounding errors of the products are no reason for another row.
  const extent = (a: number, b: number): number => Math.ceil(Math.abs(a) + Math.abs(b) - 1e-6)
  return { width: extent(width * cos, height * sin), height: extent(width * sin, height * cos) }
}

/**
 * Canvas and scale of a style once it is turned. The scale refers to the long edge; it grows with
 * the canvas, so that strokes keep their size.
 */
export function turnedStyle({
  image,
  scale = 1,
  rotation = 0,
}: {
  readonly image: Size
  readonly scale?: number
  readonly rotation?: number
}): { readonly size: Size; readonly scale: number } {
  const size = rotatedSize(image, rotation)
  return { size, scale: (scale * longEdge(size)) / longEdge(image) }
}

const longEdge = ({ width, height }: Size): number => Math.max(width, height)

/**
 * Turns an image clockwise by `degrees` on a canvas that holds all of it, with alpha 0 where
 * nothing of it lies. There the image is mirrored, because the network also sees a little of what
 * does not count. Colours and alpha are interpolated linearly, each for itself: fill what hides
 * under alpha 0 before. Multiples of 90 are exact, and add no alpha to an image that has none.
 */
export function rotate(image: PlanarImage, degrees: number): PlanarImage {
  if (degrees % 360 === 0) return image
  const { width, height } = rotatedSize(image, degrees)
  const { sin, cos } = directionOf(degrees)
  const isQuarter = degrees % 90 === 0
  const data = new Float32Array(3 * width * height)
  const alpha = image.alpha || !isQuarter ? new Float32Array(width * height) : undefined
  const [lastX, lastY] = [image.width - 1, image.height - 1]
  const from = image.width * image.height

  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // Where the pixel's centre lies in the image as it was, in its pixel indices.
      const [dx, dy] = [x - (width - 1) / 2, y - (height - 1) / 2]
      const sourceX = cos * dx + sin * dy + lastX / 2
      const sourceY = cos * dy - sin * dx + lastY / 2
      const [left, top] = [Math.floor(sourceX), Math.floor(sourceY)]
      const [right, down] = [sourceX - left, sourceY - top]
      const to = y * width + x
      for (let corner = 0; corner < 4; corner++) {
        const [stepX, stepY] = [corner & 1, corner >> 1]
        const weight = (stepX ? right : 1 - right) * (stepY ? down : 1 - down)
        if (weight === 0) continue
        const [sampleX, sampleY] = [mirrored(left + stepX, lastX), mirrored(top + stepY, lastY)]
        const i = sampleY * image.width + sampleX
        for (let c = 0; c < 3; c++) {
          const at = c * width * height + to
          data[at] = data[at]! + weight * image.data[c * from + i]!
        }
        const isInside = sampleX === left + stepX && sampleY === top + stepY
        if (alpha && isInside) alpha[to] = alpha[to]! + weight * (image.alpha?.[i] ?? 1)
      }
    }
  }
  return { width, height, data, alpha }
}

/**
 * The index, from 0 to `last`, of what lies at an index of a picture that is followed by its mirror
 * image, that by the picture, and so on.
 */
function mirrored(index: number, last: number): number {
  if (last === 0) return 0
  const position = ((index % (2 * last)) + 2 * last) % (2 * last)
  return Math.min(position, 2 * last - position)
}
