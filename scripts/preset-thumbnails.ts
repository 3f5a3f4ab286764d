/**
 * Paints icons/presets/<name>.jpg, what the panel shows of each built-in preset, by one command:
 * `npm run thumbnails`. The same small part of a photograph in the same style by each preset's own
 * options, save for size and iterations: with all of them pictures this small would hardly differ in
 * finish. The slow presets, which start from noise, have no picture.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { createRuntime } from '../src/cli/devices.ts'
import { readStyle } from '../src/cli/files/index.ts'
import { loadModel } from '../src/cli/models/store.ts'
import { OPTIONS, resolveOptions, type StylizeOptions } from '../src/engine/options.ts'
import type { PlanarImage } from '../src/engine/picture/image.ts'
import { PRESETS } from '../src/engine/presets.ts'
import { stylize } from '../src/engine/stylize.ts'
import { imageToPlanes } from '../src/psd/samples.ts'
import { cover } from './sheets/cover.ts'

const PHOTOGRAPH = 'samples/mountains.jpg'
const STYLE = 'styles/glass.jpg'
/** px; shown at half the size, for screens of two pixels a point. */
const EDGE_PX = 192
const MAX_BYTES = 12_000
/** Share of each preset's iterations. */
const WORK = 0.08

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

const smaller = (options: Partial<StylizeOptions>): Partial<StylizeOptions> => ({
  ...options,
  size: EDGE_PX,
  minScale: options.minScale ?? EDGE_PX / 2,
  iterations: (options.iterations ?? OPTIONS.iterations.default).map((count) =>
    Math.ceil(count * WORK),
  ),
  // One network for all.
  model: OPTIONS.model.default,
})

/** In the best quality that keeps within the bytes. */
async function smallJpeg(image: PlanarImage): Promise<Buffer> {
  const { color } = imageToPlanes(image, 8)
  const samples = Buffer.alloc(3 * EDGE_PX ** 2)
  for (const [c, plane] of color.entries()) {
    for (const [i, value] of plane.entries()) samples[3 * i + c] = value
  }
  const raw = { width: EDGE_PX, height: EDGE_PX, channels: 3 } as const
  for (let quality = 85; ; quality -= 5) {
    const bytes = await sharp(samples, { raw }).jpeg({ quality, mozjpeg: true }).toBuffer()
    if (bytes.length < MAX_BYTES) return bytes
  }
}

const content = cover(await readStyle(at(PHOTOGRAPH)), { width: EDGE_PX, height: EDGE_PX })
const styles = [{ image: await readStyle(at(STYLE)), weight: 1 }]
const model = await loadModel(OPTIONS.model.default)
const runtime = await createRuntime('cpu')
await mkdir(at('icons/presets'), { recursive: true })
try {
  for (const { name, options } of PRESETS) {
    const settings = resolveOptions(smaller(options))
    const { image, seconds } = await stylize(content, styles, settings, { runtime, model })
    await writeFile(at(`icons/presets/${name}.jpg`), await smallJpeg(image))
    process.stderr.write(`${name}: ${seconds.toFixed(0)} s\n`)
  }
} finally {
  await runtime.release()
}
