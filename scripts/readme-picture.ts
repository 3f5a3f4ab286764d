/** Sets the demo's painting beside its photograph and style: docs/demo.jpg. Run the demo first. */
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { openContent, readStyle, writeRaster } from '../src/cli/files/index.ts'
import { type PlanarImage, resize, type Size } from '../src/engine/picture/image.ts'

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const WIDTH = 512
const HEIGHT = 384
const GAP = 8
/** Size of photograph and style, which stand one above the other, px. */
const SMALL_HEIGHT = (HEIGHT - GAP) / 2
const SMALL_WIDTH = Math.round((SMALL_HEIGHT * WIDTH) / HEIGHT)

const small = { width: SMALL_WIDTH, height: SMALL_HEIGHT }
const painted = { left: SMALL_WIDTH + GAP, top: 0 }
const pictures: readonly [PlanarImage, Size, { left: number; top: number }][] = [
  [(await openContent(at('out/mountains.psd'))).image, small, { left: 0, top: 0 }],
  [await readStyle(at('styles/oil.jpg')), small, { left: 0, top: SMALL_HEIGHT + GAP }],
  [
    (await openContent(at('out/mountains-oil.psd'))).image,
    { width: WIDTH, height: HEIGHT },
    painted,
  ],
]
const tiles = await Promise.all(
  pictures.map(async ([picture, { width, height }, place], i) => {
    const path = at(`out/tile-${i}.png`)
    await writeRaster(resize(picture, width, height), path)
    return { input: path, ...place }
  }),
)
await sharp({
  create: { width: painted.left + WIDTH, height: HEIGHT, channels: 3, background: '#fff' },
})
  .composite(tiles)
  .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
  .toFile(at('docs/demo.jpg'))
