/** The imaging module: pixels of layers and composites. */
import type { ColorMode, DocumentState, Raster, Rect, Samples } from '../state.ts'
import { alphaOf, type Coding, codingOf, convertRaster, flatten, matOnWhite } from './color.ts'
import {
  checkDepth,
  checkImageData,
  imageDataFromBuffer,
  isColorSpace,
  PhotoshopImageData,
} from './image-data.ts'
import { makeMaskCalls } from './masks.ts'
import type { Platform } from './platform.ts'
import { checkProfile, documentProfile, LINEAR_SUFFIX, workingProfile } from './profiles.ts'
import type { GetPixelsOptions, GetPixelsResult, ImagingModule, PutPixelsOptions } from './real.ts'
import { readArea, resizePlanes, targetOf } from './regions.ts'
import { intersect, paste, reframeRaster, trimRaster, unite } from './samples.ts'
import type { OpenDocument } from './store.ts'
import { changeLayer, findLayer } from './tree.ts'

type ColorSpace = PhotoshopImageData['colorSpace']

const MODES = { RGB: 'rgb', Grayscale: 'grayscale', Lab: 'lab' } as const satisfies Record<
  ColorSpace,
  ColorMode
>
const SPACES: Partial<Record<ColorMode, ColorSpace>> = {
  rgb: 'RGB',
  grayscale: 'Grayscale',
  lab: 'Lab',
}
/** Modes whose layers take pixels of other spaces. */
const WRITABLE: ReadonlySet<ColorMode> = new Set(['rgb', 'grayscale', 'lab', 'cmyk'])

export function makeImaging(platform: Platform): ImagingModule {
  return {
    getPixels: (options) => platform.readPixels('getPixels', () => getPixels(platform, options)),
    putPixels: (options) => platform.writeLater('putPixels', () => putPixels(platform, options)),
    ...makeMaskCalls(platform),
    createImageDataFromBuffer: (buffer, options) =>
      platform.readLater('createImageDataFromBuffer', () =>
        imageDataFromBuffer(buffer, options, platform),
      ),
    encodeImageData: (options) =>
      platform.readLater('encodeImageData', () => {
        const image = checkImageData('encodeImageData', options?.imageData)
        if (image.colorSpace !== 'RGB')
          throw new TypeError(`encodeImageData: expected RGB, got ${image.colorSpace}`)
        throw new Error('encodeImageData: the stand-in for Photoshop writes no JPEG')
      }),
  }
}

function getPixels(platform: Platform, options: GetPixelsOptions): GetPixelsResult {
  stumble(platform)
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`getPixels: expected options, got ${typeof options}`)
  const { state } = platform.document(options.documentID)
  const space = SPACES[state.mode]
  if (!space)
    throw new Error(`getPixels: a document in ${state.mode} mode is not supported; convert a copy`)
  const target = targetCoding(platform, state, options)
  const source = sourceRaster(platform, state, options.layerID)
  const pixels = trimRaster(source)
  const area = pixels && readArea('getPixels', options.sourceBounds, pixels)
  const region = area && trimRaster(reframeRaster(source, area))
  if (!region) throw new Error('getPixels: there are no pixels in the requested area')
  const converted = convertRaster(reframeRaster(source, region), codingOf(state), target)
  const raster = options.applyAlpha ? matOnWhite(converted, target.depth) : converted
  const { planes, width, height, level } = resizePlanes(
    'getPixels',
    [...raster.color, ...(raster.alpha ? [raster.alpha] : [])],
    region,
    options.targetSize,
  )
  const colorSpace = SPACES[target.mode] ?? space
  const depth = target.depth === 1 ? 8 : target.depth
  const suffix = depth === 32 && colorSpace === 'RGB' ? LINEAR_SUFFIX : ''
  return {
    imageData: new PhotoshopImageData(
      { width, height, colorSpace, colorProfile: target.profile + suffix, depth, planes },
      platform,
    ),
    sourceBounds: atLevel(region, level),
    level,
  }
}

/** For the switch of the sporadic failure: once a session. */
function stumble({ modality: { session }, switches }: Platform): void {
  if (!switches.getPixelsStumbles || !session || session.hasStumbled) return
  session.hasStumbled = true
  throw new Error('getPixels: Photoshop was not ready')
}

function targetCoding(
  platform: Platform,
  state: DocumentState,
  { colorSpace, colorProfile, componentSize = -1 }: GetPixelsOptions,
): Coding {
  if (colorSpace !== undefined && !isColorSpace(colorSpace))
    throw new TypeError(
      `getPixels: expected the colorSpace RGB, Grayscale or Lab, got ${colorSpace}`,
    )
  if (![-1, 8, 16, 32].includes(componentSize))
    throw new TypeError(`getPixels: expected componentSize -1, 8, 16 or 32, got ${componentSize}`)
  if (platform.switches.refusesNarrowing && componentSize === 8 && state.depth === 16)
    throw new Error('getPixels: componentSize 8 is not supported for a document of 16 bits')
  const mode = colorSpace ? MODES[colorSpace] : state.mode
  const depth = componentSize === -1 ? state.depth : componentSize
  if (colorProfile) {
    checkProfile('getPixels', colorProfile, state)
    return { mode, depth, profile: colorProfile }
  }
  if (state.profile || mode !== state.mode)
    platform.journal.complain('getPixels without a colorProfile gives wrong data on some machines.')
  const own = documentProfile(state).replace(LINEAR_SUFFIX, '')
  return { mode, depth, profile: mode === state.mode ? own : workingProfile(mode) }
}

function sourceRaster(
  platform: Platform,
  state: DocumentState,
  layerId: number | undefined,
): Raster {
  if (layerId === undefined) {
    const composite = flatten(state.layers, state)
    const canvas = { left: 0, top: 0, right: state.width, bottom: state.height }
    const visible = composite && intersect(composite.bounds, canvas)
    if (!visible) throw new Error('getPixels: the document shows no pixels')
    return reframeRaster(composite, visible)
  }
  const layer = findLayer(state.layers, layerId)
  if (!layer) throw new Error(`getPixels: the document has no layer with the id ${layerId}`)
  if (layer.kind !== 'pixel' && platform.switches.getPixelsNeedsPixelLayer)
    throw new Error(`getPixels: “${layer.name}” must be a pixel layer, it is of kind ${layer.kind}`)
  const raster = layer.children ? flatten(layer.children, state) : layer.raster
  if (!raster) throw new Error(`getPixels: “${layer.name}” has no pixels`)
  return raster
}

function atLevel(rect: Rect, level: number): Rect {
  const scale = 2 ** level
  return {
    left: Math.floor(rect.left / scale),
    top: Math.floor(rect.top / scale),
    right: Math.ceil(rect.right / scale),
    bottom: Math.ceil(rect.bottom / scale),
  }
}

function putPixels(platform: Platform, options: PutPixelsOptions): void {
  const image = checkImageData('putPixels', options?.imageData)
  const document = platform.document(options.documentID)
  const { state } = document
  checkTarget(document, options.layerID)
  if (platform.switches.putNeedsDepth) checkDepth('putPixels', image, state)
  if (!WRITABLE.has(state.mode))
    throw new Error(`putPixels: a document in ${state.mode} mode is not supported`)
  const bounds = targetOf('putPixels', image, options.targetBounds)
  const put = convertRaster(rasterOf(image, bounds), codingOfImage(image, state), codingOf(state))
  platform.store.change(document, options.commandName ?? 'Put Pixels', (before) => ({
    ...before,
    layers: changeLayer(before.layers, options.layerID, (layer) => ({
      ...layer,
      raster: layer.isBackground
        ? ontoBackground(put, layer.raster, state)
        : options.replace === false && layer.raster
          ? laidInto(layer.raster, put, state)
          : put,
    })),
  }))
}

function checkTarget(document: OpenDocument, layerId: number): void {
  if (!Number.isInteger(layerId))
    throw new TypeError(`putPixels: expected a layerID, got ${layerId}`)
  const layer = findLayer(document.state.layers, layerId)
  if (!layer) throw new Error(`putPixels: ${document.title} has no layer with the id ${layerId}`)
  if (layer.kind !== 'pixel')
    throw new Error(`putPixels: “${layer.name}” must be a pixel layer, it is of kind ${layer.kind}`)
  if (layer.locks.all || layer.locks.pixels)
    throw new Error(`putPixels: the pixels of “${layer.name}” are locked`)
}

function rasterOf(image: PhotoshopImageData, bounds: Rect): Raster {
  const colors = image.hasAlpha ? image.components - 1 : image.components
  const alpha = image.planes[colors]
  return { bounds, color: image.planes.slice(0, colors), ...(alpha && { alpha }) }
}

/** Data without a profile has that of the document, if the space is the same. */
function codingOfImage(image: PhotoshopImageData, state: DocumentState): Coding {
  const mode = MODES[image.colorSpace]
  const own = mode === state.mode ? codingOf(state).profile : workingProfile(mode)
  if (image.colorProfile !== '') checkProfile('putPixels', image.colorProfile, state)
  return { mode, depth: image.componentSize, profile: image.colorProfile || own }
}

/** What is put replaces what was there, transparent pixels included; the rest of the layer stays. */
function laidInto(below: Raster, put: Raster, state: DocumentState): Raster {
  const bounds = unite(below.bounds, put.bounds)
  const [base, patch] = [below, put].map((raster) => withAlpha(raster, state)) as [Raster, Raster]
  const frame = reframeRaster(base, bounds)
  const lay = (plane: Samples, from: Samples): Samples => {
    paste(plane, bounds, from, put.bounds)
    return plane
  }
  return {
    bounds,
    color: frame.color.map((plane, i) => lay(plane, patch.color[i]!)),
    alpha: lay(frame.alpha!, patch.alpha!),
  }
}

/** A background has no alpha and covers the canvas. */
function ontoBackground(put: Raster, below: Raster | undefined, state: DocumentState): Raster {
  const canvas = { left: 0, top: 0, right: state.width, bottom: state.height }
  const base = below ? laidInto(below, put, state) : withAlpha(put, state)
  return matOnWhite(reframeRaster(base, canvas), state.depth)
}

const withAlpha = (raster: Raster, { depth }: DocumentState): Raster => ({
  ...raster,
  alpha: alphaOf(raster, depth),
})
