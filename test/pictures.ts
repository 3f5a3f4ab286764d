/** The photographs and styles that the project ships, for tests that run in Node. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import type { PlanarImage } from '../src/engine/picture/image.ts'

const root = new URL('../', import.meta.url)
const picturesIn = (folder: string): string[] =>
  readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith('.jpg'))
    .map((name) => `${folder}/${name}`)

/** Paths below the project. */
export const SAMPLES = picturesIn('samples')
export const STYLES = picturesIn('styles')

/** @param longEdge px */
export async function readPicture(path: string, longEdge: number): Promise<PlanarImage> {
  const { data, info } = await sharp(fileURLToPath(new URL(path, root)))
    .resize(longEdge, longEdge, { fit: 'inside' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  const pixels = width * height
  const plane = (channel: number) =>
    Array.from({ length: pixels }, (_, i) => data[i * channels + channel]! / 255)
  return { width, height, data: Float32Array.from([0, 1, 2].flatMap(plane)) }
}
