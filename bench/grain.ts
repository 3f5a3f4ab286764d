/** How crisp a picture is, and how noisy: what its finest octaves hold. */
import { luma } from '../src/engine/picture/color.ts'
import { type Mask, type PlanarImage, resizeMask } from '../src/engine/picture/image.ts'

/** Power of the luma above a quarter of the sampling rate, which is its finest octave. */
export const crispness = (image: PlanarImage): number => finePower(planeOf(image, luma(image)), 2)

/** Power of the colour differences R − Y and B − Y in the two finest octaves. */
export function chromaNoise(image: PlanarImage): number {
  const brightness = luma(image)
  // Halved and around 0.5, as resizing keeps planes between 0 and 1.
  const halved = (channel: number): Mask =>
    planeOf(
      image,
      brightness.map((y, i) => 0.5 + (image.data[channel * brightness.length + i]! - y) / 2),
    )
  return 4 * (finePower(halved(0), 4) + finePower(halved(2), 4))
}

const planeOf = ({ width, height }: PlanarImage, data: Float32Array): Mask => ({
  width,
  height,
  data,
})

/** Mean square of what a plane loses when it is made so many times as small, and large again. */
function finePower(plane: Mask, times: number): number {
  const { width, height, data } = plane
  const small = resizeMask(plane, Math.round(width / times), Math.round(height / times))
  const coarse = resizeMask(small, width, height).data
  return data.reduce((sum, value, i) => sum + (value - coarse[i]!) ** 2, 0) / data.length
}
