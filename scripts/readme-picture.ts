/** Sets the demo's photograph, style and painting side by side: docs/demo.jpg. Run the demo first. */
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { openContent, readStyle, writeRaster } from '../src/cli/files/index.ts'
import { type PlanarImage, resize } from '../src/engine/image.ts'

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const WIDTH = 384
const HEIGHT = 288
const GAP = 8

const pictures: PlanarImage[] = [
  (await openContent(at('out/mountains.psd'))).image,
  await readStyle(at('styles/oil.jpg')),
  (await openContent(at('out/mountains-oil.psd'))).image,
]
const tiles = await Promise.all(
  pictures.map(async (picture, i) => {
    const path = at(`out/tile-${i}.png`)
    await writeRaster(resize(picture, WIDTH, HEIGHT), path)
    return { input: path, left: i * (WIDTH + GAP), top: 0 }
  }),
)
await sharp({
  create: { width: 3 * WIDTH + 2 * GAP, height: HEIGHT, channels: 3, background: '#fff' },
})
  .composite(tiles)
  .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
  .toFile(at('docs/demo.jpg'))
