/** How much of each pixel of a layer the selection or the layer's mask covers. */

import { type Bounds, DocumentError } from '../document.ts'
import { problem } from './active-layer.ts'
import { play, referenceOf } from './commands.ts'
import type { Photoshop, PsDocument, PsLayer } from './photoshop-types.ts'
import { areaOf, canvasOf, intersection, place } from './rects.ts'
import { coverageOf } from './samples.ts'
import { disposing } from './scope.ts'

type MaskResult = Awaited<ReturnType<Photoshop['imaging']['getSelection']>>

/** @returns coverage 0 … 255 of every pixel in `bounds`; undefined without a selection. */
export async function readSelection(
  { imaging }: Photoshop,
  document: PsDocument,
  bounds: Bounds,
): Promise<Uint8Array | undefined> {
  if (!document.selection.bounds) return undefined
  const sourceBounds = intersection(bounds, canvasOf(document))
  if (!sourceBounds) throw selectionOutside()
  const getSelection = async (): Promise<MaskResult> => {
    try {
      return await imaging.getSelection({ documentID: document.id, sourceBounds })
    } catch (error) {
      // What Photoshop answers for an area where nothing is selected is not documented.
      throw selectionOutside(error)
    }
  }
  const coverage = await placed(await getSelection(), bounds)
  if (coverage.every((value) => value === 0)) throw selectionOutside()
  return coverage
}

const selectionOutside = (cause?: unknown): DocumentError =>
  new DocumentError(
    'selection-outside',
    'The selection does not touch the layer’s pixels; select over them, or deselect.',
    [],
    { cause },
  )

/**
 * Reads the layer's user mask over `bounds`. Photoshop hands over only a part of it; the rest has
 * the mask's default.
 * @param made the default, where it is known because we made the mask.
 */
export async function readLayerMask(
  photoshop: Photoshop,
  document: PsDocument,
  layer: PsLayer,
  bounds: Bounds,
  made?: number,
): Promise<Uint8Array> {
  const within = await maskPart(photoshop, document, layer, bounds)
  if (within && isWithin(bounds, within.bounds)) return place(within.bytes, within.bounds, bounds)
  const part = await maskPart(photoshop, document, layer)
  if (!part && !(await hasMask(photoshop, document, layer))) throw problem('no-layer-mask')
  const elsewhere =
    (await askedDefault(photoshop, document, layer, part)) ?? made ?? judgedDefault(part)
  if (elsewhere === undefined) throw problem('no-layer-mask')
  return part
    ? place(part.bytes, part.bounds, bounds, { fill: elsewhere })
    : new Uint8Array(areaOf(bounds)).fill(elsewhere)
}

/** Undefined where Photoshop cannot say. */
export async function hasMask(
  photoshop: Photoshop,
  document: PsDocument,
  layer: PsLayer,
): Promise<boolean | undefined> {
  try {
    const [found] = await play(photoshop, {
      _obj: 'get',
      _target: [{ _property: 'hasUserMask' }, ...referenceOf(document.id, layer.id)],
    })
    return Boolean(found?.hasUserMask)
  } catch {
    return undefined
  }
}

interface MaskPart {
  /** 0 … 255. */
  readonly bytes: Uint8Array
  readonly bounds: Bounds
}

/** Undefined without a mask, or where it differs nowhere from its default. */
async function maskPart(
  { imaging }: Photoshop,
  document: PsDocument,
  layer: PsLayer,
  sourceBounds?: Bounds,
): Promise<MaskPart | undefined> {
  let result: MaskResult
  try {
    result = await imaging.getLayerMask({
      documentID: document.id,
      layerID: layer.id,
      kind: 'user',
      ...(sourceBounds && { sourceBounds }),
    })
  } catch {
    return undefined
  }
  const { left, top, right, bottom } = result.sourceBounds
  const bounds = { left, top, right, bottom }
  const bytes = await coverageIn(result)
  return bytes.length > 0 ? { bytes, bounds } : undefined
}

/**
 * Finds a mask's default, which no property tells, by the histogram of its channel: every pixel of
 * the canvas outside `part` has it. A selection limits the histogram, which then may not tell.
 */
async function askedDefault(
  photoshop: Photoshop,
  document: PsDocument,
  layer: PsLayer,
  part: MaskPart | undefined,
): Promise<number | undefined> {
  let levels: unknown
  try {
    const [channel] = await play(photoshop, {
      _obj: 'get',
      _target: [
        { _property: 'histogram' },
        { _ref: 'channel', _enum: 'channel', _value: 'mask' },
        ...referenceOf(document.id, layer.id),
      ],
    })
    levels = channel?.histogram
  } catch {
    return undefined
  }
  if (!Array.isArray(levels) || levels.length !== 256) return undefined
  const shared = part && intersection(part.bounds, canvasOf(document))
  const known = shared ? place(part.bytes, part.bounds, shared) : new Uint8Array(0)
  const beyond = (level: number): number =>
    levels[level] - known.reduce((count, value) => count + (value === level ? 1 : 0), 0)
  const [black, white] = [beyond(0), beyond(255)]
  if (black <= 0 && white <= 0) return undefined
  return black > white ? 0 : 255
}

/** Guesses the default by the corners of the part; where all of the part is one value, the opposite. */
function judgedDefault(part: MaskPart | undefined): number | undefined {
  if (!part) return undefined
  const { bytes, bounds } = part
  const width = bounds.right - bounds.left
  const first = bytes[0]!
  if (bytes.every((value) => value === first)) return first < 128 ? 255 : 0
  const corners = [0, width - 1, bytes.length - width, bytes.length - 1].map((i) => bytes[i]!)
  return corners.reduce((sum, value) => sum + value) < 4 * 128 ? 0 : 255
}

const isWithin = (inner: Bounds, outer: Bounds): boolean =>
  inner.left >= outer.left &&
  inner.top >= outer.top &&
  inner.right <= outer.right &&
  inner.bottom <= outer.bottom

async function placed(result: MaskResult, bounds: Bounds): Promise<Uint8Array> {
  return place(await coverageIn(result), result.sourceBounds, bounds)
}

function coverageIn({ imageData }: MaskResult): Promise<Uint8Array> {
  return disposing(imageData, async () => {
    if (imageData.width * imageData.height === 0) return new Uint8Array(0)
    const data = await imageData.getData({ chunky: true, fullRange: false })
    return coverageOf(data, imageData.componentSize)
  })
}
