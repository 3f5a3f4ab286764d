/** Layers and style files for the engine page to work on. */
import sharp from 'sharp'
import type { Pixels, StyleFile, StylizeJob } from '../../src/bridge/messages.ts'
import type { StylizeOptions } from '../../src/engine/options.ts'

type Form = Omit<Pixels, 'bytes'>

/** Samples without any order, of the whole range. */
function makePixels({ width, height, components, bits }: Form): Pixels {
  const count = width * height * components
  const noise = Float64Array.from({ length: count }, (_, i) => (Math.sin(i * 78.233) * 43758.5) % 1)
  const levels = Array.from(noise, Math.abs)
  const samples = {
    8: () => Uint8Array.from(levels, (level) => Math.round(level * 255)),
    16: () => Uint16Array.from(levels, (level) => Math.round(level * 32768)),
    32: () => Float32Array.from(levels),
  }[bits]()
  const { buffer, byteOffset, byteLength } = samples
  return { width, height, components, bits, bytes: new Uint8Array(buffer, byteOffset, byteLength) }
}

/** A picture file of red and blue stripes, of the format that its name ends in. */
export async function makeStyle(name = 'stripes.png', width = 48, height = 40): Promise<StyleFile> {
  const raw = Buffer.alloc(width * height * 3)
  for (let i = 0; i < width * height; i++) raw[3 * i + ((i >> 2) % 2 ? 0 : 2)] = 255
  const format = name.slice(name.lastIndexOf('.') + 1) as 'png' | 'jpeg' | 'webp' | 'gif' | 'avif'
  const bytes = await sharp(raw, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer()
  return { name, bytes: new Uint8Array(bytes), weight: 1, scale: 1, rotation: 0 }
}

const LAYER = { width: 32, height: 24, components: 4, bits: 8 } as const

export async function makeJob(
  options: Partial<StylizeOptions>,
  form: Form = LAYER,
): Promise<StylizeJob> {
  return {
    run: 1,
    content: makePixels(form),
    styles: [await makeStyle()],
    options: { model: 'auto', size: 32, minScale: 32, iterations: [4], ...options },
    device: 'auto',
  }
}
