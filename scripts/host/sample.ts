/** The document behind "Open sample": a photograph with a signature on a layer above it. */
import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { photographDocument, plainLayer } from '../../src/host/photograph.ts'
import { writePsd } from '../../src/host/psd-file.ts'
import type { Raster } from '../../src/host/state.ts'

const LONG_EDGE = 1200
const SIGNATURE = { width: 260, height: 64, margin: 28 }

/** A PSD file. */
export async function sampleDocument(): Promise<Uint8Array> {
  const photograph = await readFile(new URL('../../samples/mountains.jpg', import.meta.url))
  const { data, info } = await sharp(photograph)
    .resize(LONG_EDGE, LONG_EDGE, { fit: 'inside' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const state = photographDocument(info.width, info.height, new Uint8Array(data))
  const signature = {
    ...plainLayer(2, 'Signature', await drawSignature(info.width, info.height)),
    opacity: 85,
  }
  return writePsd({ ...state, layers: [signature, ...state.layers] })
}

/** A mountain's outline in the right bottom corner: drawn, so that no font is needed. */
async function drawSignature(canvasWidth: number, canvasHeight: number): Promise<Raster> {
  const { width, height, margin } = SIGNATURE
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <path d="M6 54 L52 18 L78 38 L118 8 L168 50 Q200 58 254 46" fill="none" stroke="#fff"
      stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/></svg>`
  const rgba = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer()
  const plane = (component: number): Uint8Array =>
    Uint8Array.from({ length: width * height }, (_, i) => rgba[i * 4 + component] ?? 0)
  const left = canvasWidth - margin - width
  const top = canvasHeight - margin - height
  return {
    bounds: { left, top, right: left + width, bottom: top + height },
    color: [plane(0), plane(1), plane(2)],
    alpha: plane(3),
  }
}
