/** What one scale is measured against: the content's features, the styles' blended Gram matrices. */
import type { Targets, TileSize } from './evaluator.ts'
import { type PlanarImage, resize } from './image.ts'
import { contentCoefficient } from './losses/content.ts'
import { gatysGain } from './losses/form.ts'
import type { ObjectiveSpec } from './losses/objective.ts'
import { styleCoefficient } from './losses/style.ts'
import { variationCoefficient } from './losses/total-variation.ts'
import type { StylizeOptions } from './options.ts'
import { dealt, fitLongEdge } from './pyramid.ts'
import type { Runtime } from './runtime/runtime.ts'
import type { StyleImage } from './stylize.ts'
import { measureContentTiled, measureStyleTiled } from './tiles/measure.ts'
import { measureContentWhole, measureStyleWhole } from './whole.ts'

export interface TargetInput {
  readonly runtime: Runtime
  readonly spec: ObjectiveSpec
  /** At this scale's size, opaque. */
  readonly content: () => PlanarImage
  readonly styles: readonly StyleImage[]
  readonly longEdge: number
  readonly settings: StylizeOptions
  /** Absent: at once. */
  readonly tile?: TileSize
  readonly signal?: AbortSignal
}

/** @throws RuntimeError; CancelledError after `signal`. Nothing is left on the device then. */
export async function measureTargets(input: TargetInput): Promise<Targets> {
  const { runtime, spec, content, tile, signal } = input
  const style = spec.styleLayers.length > 0 ? await blendedGrams(input) : new Map()
  if (spec.contentLayers.length === 0) return { content: new Map(), style }
  return {
    content: tile
      ? await measureContentTiled(runtime, spec, content(), tile, signal)
      : await measureContentWhole(runtime, spec, content(), signal),
    style,
  }
}

/**
 * The styles' Gram matrices, averaged by weight. Σ w|G − A_i|² and |G − Σ w·A_i|² with Σ w = 1
 * differ by a constant, so the blend has the gradient of the separate losses.
 */
async function blendedGrams(input: TargetInput): Promise<Targets['style']> {
  const { runtime, spec, styles, longEdge, settings, tile, signal } = input
  const total = styles.reduce((sum, { weight }) => sum + weight, 0)
  const blend = new Map<string, Float32Array>()
  for (const { image, weight } of styles) {
    if (weight === 0) continue
    const { width, height } = styleSize(image, longEdge, settings)
    const resized = resize(image, width, height)
    const isLarge = tile && width * height > tile.width * tile.height
    const grams = isLarge
      ? await measureStyleTiled(runtime, spec, resized, tile, signal)
      : await measureStyleWhole(runtime, spec, resized, signal)
    for (const [layer, gram] of grams) {
      const known = blend.get(layer) ?? new Float32Array(gram.length)
      gram.forEach((value, i) => {
        known[i] = known[i]! + (weight / total) * value
      })
      blend.set(layer, known)
    }
  }
  return new Map(
    [...blend].map(([layer, gram]) => [layer, { gram, channels: Math.sqrt(gram.length) }]),
  )
}

/** A style smaller than this has no features left in the deep layers, px. */
const MIN_STYLE_EDGE = 32
const MIN_STYLE_SIDE = 16

/** Size at which a style image is looked at, for a picture of this long edge. */
export function styleSize(
  image: { readonly width: number; readonly height: number },
  longEdge: number,
  { styleScale }: Pick<StylizeOptions, 'styleScale'>,
): { width: number; height: number } {
  const { width, height } = fitLongEdge(image, Math.max(MIN_STYLE_EDGE, longEdge * styleScale))
  return { width: Math.max(MIN_STYLE_SIDE, width), height: Math.max(MIN_STYLE_SIDE, height) }
}

/**
 * One factor a term, in the order of `termNames`; that of the overshoot, which the painter fits to
 * the loss, starts at 0. A scale that leaves layers out gives the others what they have elsewhere.
 */
export function coefficientsFor(
  spec: ObjectiveSpec,
  settings: StylizeOptions,
  targets: Targets,
): Float32Array {
  const { network, form, contentLayers, styleLayers } = spec
  const gain = settings.lossForm === 'gatys' ? gatysGain(network.model.preprocessing) : 1
  const coefficients: number[] = []
  for (const layer of contentLayers) {
    const { features, squaredNorm } = targets.content.get(layer)!
    coefficients.push(
      (settings.contentWeight / gain ** 2) *
        layerWeight(settings.contentLayers, settings.contentLayerWeights, layer) *
        contentCoefficient(form, {
          shape: features.shape,
          targetSquaredNorm: squaredNorm,
          layerCount: settings.contentLayers.length,
        }),
    )
  }
  for (const layer of styleLayers) {
    const { gram, channels } = targets.style.get(layer)!
    coefficients.push(
      (settings.styleWeight / gain ** 4) *
        layerWeight(settings.styleLayers, settings.styleLayerWeights, layer) *
        styleCoefficient(form, {
          channels,
          targetSquaredNorm: gram.reduce((total, value) => total + value * value, 0),
          layerCount: settings.styleLayers.length,
        }),
    )
  }
  const imageShape = [1, 3, spec.height, spec.width]
  coefficients.push(settings.tvWeight * variationCoefficient(form, imageShape))
  if (spec.asShown) coefficients.push(0)
  return Float32Array.from(coefficients)
}

/** The weight at the layer's place in the settings; a stand-in for dropped layers has the first. */
function layerWeight(layers: readonly string[], weights: readonly number[], layer: string): number {
  return dealt(weights, Math.max(0, layers.indexOf(layer)))
}
