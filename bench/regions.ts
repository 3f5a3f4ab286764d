/** Two styles side by side: whether each half takes its own, and how far they cross the seam. */

import { openContent, writeRaster } from '../src/cli/files/index.ts'
import { loadModel } from '../src/cli/models/store.ts'
import type { StyleImage } from '../src/engine/input/regions.ts'
import { type Mask, noiseImage, type PlanarImage, resize } from '../src/engine/picture/image.ts'
import { createNodeRuntime } from '../src/engine/runtime/ort-node.ts'
import { stylize } from '../src/engine/stylize.ts'
import { cut } from '../src/webview/thin.ts'
import { figure } from './numbers.ts'
import type { BenchPart } from './part.ts'

const SIZE = 512
/** Few, coarse to fine: the seam is drawn early. */
const ITERATIONS = [80, 25, 10]
const COLOURS = [
  [0.8, 0.2, 0.15],
  [0.1, 0.3, 0.75],
] as const
/** Distances from the seam, px. */
const DISTANCES = [1, 4, 8, 16, 32, 64]

export const regions: BenchPart = {
  name: 'regions',
  title: 'Two flat-coloured styles, half a picture each',
  async run({ folder, print, table }) {
    const runtime = createNodeRuntime({ device: 'cpu' })
    const model = await loadModel('vgg16')
    const content = await readSquare('samples/mountains.jpg')
    const paint = async (name: string, styles: readonly StyleImage[]): Promise<PlanarImage> => {
      // A flat colour has no covariance to go by.
      const options = { size: SIZE, iterations: ITERATIONS, styleLoss: 'gram' } as const
      const { image } = await stylize(content, styles, options, { runtime, model })
      await writeRaster(image, `${folder}/regions-${name}.png`)
      return image
    }
    const [red, blue] = COLOURS.map((colour) => ({ image: flat(colour), weight: 1 }))
    const left = await paint('left', [red!])
    const right = await paint('right', [blue!])
    const both = await paint('both', [
      { ...red!, mask: half(0) },
      { ...blue!, mask: half(1) },
    ])
    await runtime.release()

    print(
      `${SIZE}×${SIZE} px, ${ITERATIONS.join(' + ')} iterations. Each half against the same half of a picture that is all in its style: mean colours, and by distance from the seam how much of the other style a column has, where it is a blend of both and of the photograph.`,
    )
    const seam = SIZE / 2
    table(
      ['half', 'mean colour', 'all in its style', ...DISTANCES.map((px) => `${px} px`)],
      [
        { name: 'left', own: left, other: right, from: 0, column: (px: number) => seam - px },
        {
          name: 'right',
          own: right,
          other: left,
          from: seam,
          column: (px: number) => seam + px - 1,
        },
      ].map(({ name, own, other, from, column }) => [
        name,
        meanColour(both, from),
        meanColour(own, from),
        ...DISTANCES.map((px) =>
          figure(foreignShare(both, { own, other, content }, column(px)), 2),
        ),
      ]),
    )
  },
}

async function readSquare(path: string): Promise<PlanarImage> {
  const { image } = await openContent(path)
  const edge = Math.min(image.width, image.height)
  const left = Math.floor((image.width - edge) / 2)
  return resize(cut(image, { left, top: 0, width: edge, height: edge }), SIZE, SIZE)
}

function flat(colour: readonly number[]): PlanarImage {
  const image = noiseImage(256, 256, 1)
  return { ...image, data: image.data.map((_, i) => colour[Math.floor(i / 256 ** 2)]!) }
}

/** A mask as large as the picture, so that no resizing softens its edge. */
const half = (side: number): Mask => ({
  width: SIZE,
  height: SIZE,
  data: Float32Array.from({ length: SIZE ** 2 }, (_, i) =>
    Math.floor((2 * (i % SIZE)) / SIZE) === side ? 1 : 0,
  ),
})

interface Blend {
  readonly own: PlanarImage
  readonly other: PlanarImage
  readonly content: PlanarImage
}

/** Of the half from a column on. */
function meanColour({ width, height, data }: PlanarImage, from: number): string {
  const means = [0, 1, 2].map((channel) => {
    let sum = 0
    for (let y = 0; y < height; y++) {
      const row = (channel * height + y) * width
      for (let x = from; x < from + width / 2; x++) sum += data[row + x]!
    }
    return sum / height / (width / 2)
  })
  return means.map((mean) => figure(mean, 2)).join(' ')
}

/**
 * How much a column has of the other style where it is a blend of three pictures: all in its own
 * style, all in the other, and the photograph, which neither has painted. Least squares.
 */
function foreignShare(
  picture: PlanarImage,
  { own, other, content }: Blend,
  column: number,
): number {
  const { width, height } = picture
  const sums = { uu: 0, uv: 0, vv: 0, tu: 0, tv: 0 }
  for (let row = 0; row < 3 * height; row++) {
    const i = row * width + column
    const from = own.data[i]!
    const u = other.data[i]! - from
    const v = content.data[i]! - from
    const t = picture.data[i]! - from
    sums.uu += u * u
    sums.uv += u * v
    sums.vv += v * v
    sums.tu += t * u
    sums.tv += t * v
  }
  const { uu, uv, vv, tu, tv } = sums
  return (tu * vv - tv * uv) / (uu * vv - uv ** 2)
}
