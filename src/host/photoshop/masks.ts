/** The part of the imaging module for layer masks and the selection, which have one gray component. */
import type { Depth, DocumentState, MaskState, Rect, Samples } from '../state.ts'
import { convertSamples } from './depth.ts'
import { checkDepth, checkImageData, PhotoshopImageData } from './image-data.ts'
import type { Platform } from './platform.ts'
import type {
  GetLayerMaskOptions,
  GetSelectionOptions,
  ImagingModule,
  MaskResult,
  PutLayerMaskOptions,
  PutSelectionOptions,
} from './real.ts'
import { readArea, resizePlanes, targetOf } from './regions.ts'
import { areaOf, fullOf, paste, rectAt, reframe, trim, unite } from './samples.ts'
import { changeLayer, findLayer } from './tree.ts'

const PROFILE = 'Gray Gamma 2.2'

export function makeMaskCalls(
  platform: Platform,
): Pick<ImagingModule, 'getLayerMask' | 'putLayerMask' | 'getSelection' | 'putSelection'> {
  return {
    getLayerMask: (options) =>
      platform.readPixels('getLayerMask', () => getLayerMask(platform, options)),
    putLayerMask: (options) =>
      platform.writeLater('putLayerMask', () => putLayerMask(platform, options)),
    getSelection: (options) =>
      platform.readPixels('getSelection', () => getSelection(platform, options)),
    putSelection: (options) =>
      platform.writeLater('putSelection', () => putSelection(platform, options)),
  }
}

function maskedLayer(call: string, state: DocumentState, layerId: number) {
  if (!Number.isInteger(layerId)) throw new TypeError(`${call}: expected a layerID, got ${layerId}`)
  const layer = findLayer(state.layers, layerId)
  if (!layer) throw new Error(`${call}: the document has no layer with the id ${layerId}`)
  return layer
}

function getLayerMask(platform: Platform, options: GetLayerMaskOptions): MaskResult {
  const { state } = platform.document(options?.documentID)
  const layer = maskedLayer('getLayerMask', state, options?.layerID)
  if (options.kind === 'vector') throw new Error(`getLayerMask: “${layer.name}” has no vector mask`)
  const { mask } = layer
  const extent = mask && extentOf(mask, state, platform.switches.layerMasksAreTrimmed)
  const area = extent && readArea('getLayerMask', options.sourceBounds, extent)
  if (!mask || !area || areaOf(area) === 0)
    throw new Error(`getLayerMask: “${layer.name}” has no mask there`)
  return grayResult(platform, {
    samples: reframe(mask.samples, mask.bounds, area, mask.outside),
    bounds: area,
    depth: state.depth,
    size: options.targetSize,
    call: 'getLayerMask',
  })
}

function extentOf(mask: MaskState, state: DocumentState, isTrimmed: boolean): Rect | undefined {
  const { bounds, samples, outside } = mask
  if (isTrimmed)
    return trim(
      samples.map((value) => (value === outside ? 0 : 1)),
      bounds,
    )
  // A mask that shows what lies beyond its samples reaches over the canvas at least.
  return outside > 0 ? unite(bounds, rectAt(0, 0, state.width, state.height)) : bounds
}

function getSelection(platform: Platform, options: GetSelectionOptions): MaskResult {
  const { state } = platform.document(options?.documentID)
  const { selection } = state
  const area = selection && readArea('getSelection', options.sourceBounds, selection.bounds)
  const coverage = selection && area && reframe(selection.coverage, selection.bounds, area)
  const bounds = coverage && trim(coverage, area)
  if (!bounds && platform.switches.getSelectionRejects)
    throw new Error('getSelection: there is no selection')
  return grayResult(platform, {
    samples: bounds
      ? convertSamples(reframe(coverage, area, bounds), 8, state.depth, false)
      : new Uint8Array(0),
    bounds: bounds ?? rectAt(0, 0, 0, 0),
    depth: bounds ? state.depth : 8,
    size: bounds && options.targetSize,
    call: 'getSelection',
  })
}

function grayResult(
  platform: Platform,
  {
    samples,
    bounds,
    depth,
    size,
    call,
  }: {
    readonly samples: Samples
    readonly bounds: Rect
    readonly depth: Depth
    readonly size: GetSelectionOptions['targetSize']
    readonly call: string
  },
): MaskResult {
  const { planes, width, height } = resizePlanes(call, [samples], bounds, size)
  const imageData = new PhotoshopImageData(
    {
      width,
      height,
      colorSpace: 'Grayscale',
      colorProfile: PROFILE,
      depth: depth === 1 ? 8 : depth,
      planes,
    },
    platform,
  )
  return { imageData, sourceBounds: bounds }
}

function checkGray(call: string, value: unknown): PhotoshopImageData {
  const image = checkImageData(call, value)
  if (image.colorSpace !== 'Grayscale' || image.components !== 1)
    throw new TypeError(
      `${call}: expected 1 component of Grayscale, got ${image.components} of ${image.colorSpace}`,
    )
  return image
}

function putLayerMask(platform: Platform, options: PutLayerMaskOptions): void {
  const image = checkGray('putLayerMask', options?.imageData)
  const document = platform.document(options.documentID)
  const { state } = document
  const layer = maskedLayer('putLayerMask', state, options.layerID)
  if (options.kind !== undefined && options.kind !== 'user')
    throw new TypeError(`putLayerMask: expected kind user, got ${options.kind}`)
  if (layer.isBackground) throw new Error(`putLayerMask: the background can have no mask`)
  if (!layer.mask && !platform.switches.putLayerMaskCreates)
    throw new Error(`putLayerMask: “${layer.name}” has no mask; make one first`)
  if (platform.switches.putNeedsDepth) checkDepth('putLayerMask', image, state)
  const bounds = targetOf('putLayerMask', image, options.targetBounds)
  const [plane] = image.planes
  const samples = convertSamples(plane!, image.componentSize, state.depth, false)
  const { maskWrites } = platform.switches
  if (maskWrites === 'lost') return
  if (maskWrites === 'black-turns-white') whitenBlocks(samples, bounds, state.depth)
  const isKept = options.replace === false && layer.mask !== undefined
  const mask: MaskState = isKept
    ? laidInto(layer.mask, samples, bounds)
    : { bounds, samples, outside: layer.mask?.outside ?? 0, isEnabled: true }
  platform.store.change(document, options.commandName ?? 'Put Layer Mask', (before) => ({
    ...before,
    layers: changeLayer(before.layers, layer.id, (found) => ({ ...found, mask })),
  }))
}

/** Length of the blocks' sides, px; nobody has said what it is in Photoshop. */
const BLOCK = 4

function whitenBlocks(samples: Samples, { left, top, right, bottom }: Rect, depth: Depth): void {
  const [width, height] = [right - left, bottom - top]
  for (let y = 0; y + BLOCK <= height; y += BLOCK)
    for (let x = 0; x + BLOCK <= width; x += BLOCK) {
      const rows = Array.from({ length: BLOCK }, (_, row) => (y + row) * width + x)
      if (rows.every((row) => samples.subarray(row, row + BLOCK).every((value) => value === 0)))
        for (const row of rows) samples.fill(fullOf(depth), row, row + BLOCK)
    }
}

function laidInto(mask: MaskState, samples: Samples, bounds: Rect): MaskState {
  const union = unite(mask.bounds, bounds)
  const result = reframe(mask.samples, mask.bounds, union, mask.outside)
  paste(result, union, samples, bounds)
  return { ...mask, bounds: union, samples: result }
}

function putSelection(platform: Platform, options: PutSelectionOptions): void {
  const image = checkGray('putSelection', options?.imageData)
  const document = platform.document(options.documentID)
  const { selection } = document.state
  const bounds = targetOf('putSelection', image, options.targetBounds)
  const [plane] = image.planes
  const coverage = Uint8Array.from(convertSamples(plane!, image.componentSize, 8, false))
  const union = options.replace === false && selection ? unite(selection.bounds, bounds) : bounds
  const result = new Uint8Array((union.right - union.left) * (union.bottom - union.top))
  if (selection && options.replace === false)
    paste(result, union, selection.coverage, selection.bounds)
  paste(result, union, coverage, bounds)
  platform.store.change(document, options.commandName ?? 'Put Selection', (before) => ({
    ...before,
    selection: { bounds: union, coverage: result },
  }))
}
