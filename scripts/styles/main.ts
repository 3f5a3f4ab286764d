/** Draws the built-in style images: `node --import tsx scripts/styles/main.ts [NAME…]`. */

import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { drawings } from './drawings.ts'

const WIDTH_PX = 1024
const folder = fileURLToPath(new URL('../../styles/', import.meta.url))

const unknown = process.argv.slice(2).filter((name) => !drawings[name])
if (unknown.length > 0) {
  console.error(
    `unknown style ${unknown.join(', ')}; there are ${Object.keys(drawings).join(', ')}`,
  )
  process.exit(2)
}
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(drawings)
await mkdir(folder, { recursive: true })
for (const name of names) {
  const { draw, seed } = drawings[name]!
  const startedMs = performance.now()
  const { width, height, data } = draw(WIDTH_PX, seed)
  const { size } = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
    .toFile(`${folder}${name}.jpg`)
  const seconds = (performance.now() - startedMs) / 1000
  console.log(
    `${name}: ${width}×${height}, ${Math.round(size / 1024)} KiB, ${seconds.toFixed(1)} s`,
  )
}
