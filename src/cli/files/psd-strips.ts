/** What a document's layers and masks are on a band of the canvas, read from the top down. */
import { ImageError } from '../../engine/errors.ts'
import type { Coverage } from '../../psd/compose.ts'
import type { ListedLayer } from '../../psd/document.ts'
import { openLayer, openMask, type Placed } from '../../psd/pixels.ts'
import { createSamples, maxSample } from '../../psd/samples.ts'
import { type Band, overlap } from './bands.ts'
import type { RgbDocument } from './rgb-document.ts'

/** Must be asked for bands one below the other. @throws ImageError where the file is damaged. */
export type Strip<T> = (band: Band) => T

/** Rows above the canvas are skipped so many at a time. */
const SKIPPED_ROWS = 64

/** Opened when the first row is wanted and let go of after the last: documents may have many layers. */
function stripOf<T>(
  extent: Band,
  open: () => { read(rows: number): T } | undefined,
): Strip<{ readonly top: number; readonly rows: T } | undefined> {
  let reader: ReturnType<typeof open>
  let at = extent.top
  return (band) => {
    const wanted = overlap(band, extent)
    if (!wanted) return undefined
    reader ??= open()
    if (!reader) return undefined
    while (at < wanted.top) {
      const skipped = Math.min(SKIPPED_ROWS, wanted.top - at)
      reader.read(skipped)
      at += skipped
    }
    const rows = reader.read(wanted.bottom - wanted.top)
    at = wanted.bottom
    if (at === extent.bottom) reader = { read: () => rows }
    return { top: wanted.top, rows }
  }
}

export function layerStrip(document: RgbDocument, layer: ListedLayer): Strip<Placed | undefined> {
  const strip = stripOf(layer, () => openLayer(document, layer))
  return (band) => {
    const found = strip(band)
    return found && { left: layer.left, top: found.top, planes: found.rows }
  }
}

/** Undefined where the layer has no mask in use. */
export function maskStrip(document: RgbDocument, layer: ListedLayer): Strip<Coverage> | undefined {
  const { mask } = layer
  if (mask === undefined || mask.disabled || !layer.channels.some(({ id }) => id === -2)) {
    return undefined
  }
  const strip = stripOf(mask, () => openMask(document, layer))
  const around = { left: mask.left, right: mask.right, outside: mask.outside / 255 }
  return (band) => {
    const { top, rows: samples } = strip(band) ?? { top: 0, rows: new Uint8Array() }
    const bottom = samples.length > 0 ? top + samples.length / (mask.right - mask.left) : top
    return { ...around, top, bottom, samples, max: maxSample(document.bits) }
  }
}

/** How much of each pixel there is: nothing beyond it. */
export function shapeOf(placed: Placed | undefined): Coverage {
  if (!placed) {
    const nowhere = { left: 0, top: 0, right: 0, bottom: 0 }
    return { ...nowhere, samples: new Uint8Array(), max: 1, outside: 0 }
  }
  const { left, top, planes } = placed
  const { width, height, bits } = planes
  const max = maxSample(bits)
  const samples = planes.alpha ?? createSamples(bits, width * height).fill(max)
  return { left, top, right: left + width, bottom: top + height, samples, max, outside: 0 }
}

/** Undefined from where something is damaged: only a preview would suffer. */
export function lenient<T>(strip: Strip<T>): Strip<T | undefined> {
  let isDamaged = false
  return (band) => {
    if (isDamaged) return undefined
    try {
      return strip(band)
    } catch (error) {
      if (!(error instanceof ImageError)) throw error
      isDamaged = true
      return undefined
    }
  }
}
