/** What one scale is measured against: the content's features, the styles' blended moments. */

import { throwIfCancelled } from '../errors.ts'
import type { StyleImage, StyleRegion } from '../input/regions.ts'
import type { StylizeOptions } from '../options.ts'
import { type PlanarImage, resize, resizeMask, type Size } from '../picture/image.ts'
import { dealt, fitLongEdge } from '../picture/pyramid.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { ofStyle } from '../vgg/features.ts'
import type { MeasuredMoments, StyleTarget, Targets } from './evaluator.ts'
import { contentCoefficient } from './losses/content.ts'
import { gatysGain } from './losses/form.ts'
import { type ObjectiveSpec, styleTerms } from './losses/objective.ts'
import { styleCoefficient, targetSquaredNorm } from './losses/style.ts'
import { firstName, matrixName, secondName, styleTargetGraph } from './losses/style-targets.ts'
import { variationCoefficient } from './losses/total-variation.ts'
import { makeRegionMasks, type RegionMasks } from './region-masks.ts'
import { TINY_AREA } from './style-inputs.ts'
import { measureContentTiled, measureStyleTiled } from './tiles/measure.ts'
import { layerShape } from './tiles/passes.ts'
import { measureContentWhole, measureStyleWhole } from './whole.ts'

interface TargetInput {
  readonly runtime: Runtime
  readonly spec: ObjectiveSpec
  /** At this scale's size, opaque. */
  readonly content: () => PlanarImage
  readonly regions: readonly StyleRegion[]
  readonly longEdge: number
  readonly settings: StylizeOptions
  /** Window in which large images are measured; absent: images are measured whole. */
  readonly tile?: Size
  readonly signal?: AbortSignal
}

/** @throws RuntimeError; CancelledError after `signal`. Nothing is left on the device then. */
export async function measureTargets(input: TargetInput): Promise<Targets> {
  const { runtime, spec, content, regions, tile, signal } = input
  const coverages = regions.flatMap(({ coverage }) => coverage ?? [])
  const masks =
    spec.styleLayers.length > 0 && spec.regions > 0
      ? makeRegionMasks(
          coverages.map((coverage) => resizeMask(coverage, spec.width, spec.height)),
          spec,
        )
      : undefined
  const style = spec.styleLayers.length > 0 ? await styleTargets(input, masks) : new Map()
  if (spec.contentLayers.length === 0) return { content: new Map(), style, masks }
  return {
    content: tile
      ? await measureContentTiled(runtime, spec, content(), tile, signal)
      : await measureContentWhole(runtime, spec, content(), signal),
    style,
    masks,
  }
}

/** How many regions the graphs weight by masks; 0 where a single region covers the whole picture. */
export const regionCount = (regions: readonly StyleRegion[]): number =>
  regions.filter(({ coverage }) => coverage).length

/** One target for each style layer in each region. */
async function styleTargets(
  input: TargetInput,
  masks: RegionMasks | undefined,
): Promise<Targets['style']> {
  const { runtime, spec, regions, signal } = input
  const peak = masks?.peak ?? 1
  const channelsOf = (layer: string): number => layerShape(spec, layer, spec)[1]!
  const graph = styleTargetGraph({ ...spec, channels: channelsOf })
  throwIfCancelled(signal)
  const program = await runtime.compile(graph, { readBack: Object.keys(graph.outputs) })
  const targets = new Map<string, StyleTarget>()
  try {
    for (const [index, { styles }] of regions.entries()) {
      const moments = await blendedMoments(input, styles)
      const { host } = await program.run(
        Object.fromEntries(
          [...moments].flatMap(([layer, { second, mean }]) => [
            [secondName(layer), second],
            ...(mean ? [[firstName(layer), mean] as const] : []),
          ]),
        ),
      )
      for (const { name, layer, region } of styleTerms(spec)) {
        if (region !== index) continue
        const [, channels, height, width] = layerShape(spec, layer, spec)
        const cells = height * width
        const area = masks ? masks.layers.get(layer)!.areas[region]! : cells
        targets.set(name, {
          channels,
          matrix: host[matrixName(layer)]!,
          mean: moments.get(layer)!.mean,
          area,
          share: area > TINY_AREA ? area / (cells * peak) : 0,
        })
      }
    }
  } finally {
    await program.release()
  }
  return targets
}

/**
 * Moments of the styles averaged by weight: those of all of them laid side by side. For Gram
 * matrices Σ w|G − A_i|² and |G − Σ w·A_i|² with Σ w = 1 differ by a constant, so the blend has the
 * gradient of the separate losses.
 */
async function blendedMoments(
  { runtime, spec: { network, ...rest }, longEdge, settings, tile, signal }: TargetInput,
  styles: readonly StyleImage[],
): Promise<ReadonlyMap<string, MeasuredMoments>> {
  const spec = { ...rest, network: ofStyle(network) }
  const total = styles.reduce((sum, { weight }) => sum + weight, 0)
  const blend = new Map<string, MeasuredMoments>()
  for (const { image, weight, scale } of styles) {
    if (weight === 0) continue
    const { width, height } = styleSize({ image, scale }, longEdge, settings)
    const resized = resize(image, width, height)
    const mask = visibleMask(resized, spec)
    const isLarge = tile && width * height > tile.width * tile.height
    const measured = isLarge
      ? await measureStyleTiled(runtime, spec, resized, tile, mask, signal)
      : await measureStyleWhole(runtime, spec, resized, mask, signal)
    for (const [layer, { second, mean }] of measured) {
      const known = blend.get(layer)
      blend.set(layer, {
        second: mixed(known?.second, second, weight / total),
        ...(mean && { mean: mixed(known?.mean, mean, weight / total) }),
      })
    }
  }
  return blend
}

const mixed = (known: Float32Array | undefined, values: Float32Array, share: number) =>
  values.map((value, i) => (known?.[i] ?? 0) + share * value)

/**
 * The alpha of a style image, where it is transparent anywhere. Also undefined where nothing
 * visible reaches a layer's grid, as with a sliver at an edge that poolings drop: then all of it
 * counts.
 */
function visibleMask(
  { width, height, alpha }: PlanarImage,
  { network, styleLayers }: ObjectiveSpec,
): RegionMasks | undefined {
  if (!alpha?.some((value) => value < 1)) return undefined
  const spec = { width, height, network, styleLayers }
  const masks = makeRegionMasks([{ width, height, data: alpha }], spec)
  const isOnEvery = [...masks.layers.values()].every(({ areas }) => areas[0]! > TINY_AREA)
  return isOnEvery ? masks : undefined
}

/** A style smaller than this has no features left in the deep layers, px. */
const MIN_STYLE_EDGE = 32
const MIN_STYLE_SIDE = 16

/** The size at which a style image is looked at, for a picture of this long edge. */
export function styleSize(
  { image, scale = 1 }: { readonly image: Size; readonly scale?: number },
  longEdge: number,
  { styleScale }: Pick<StylizeOptions, 'styleScale'>,
): Size {
  const wished = Math.max(MIN_STYLE_EDGE, longEdge * styleScale * scale)
  const { width, height } = fitLongEdge(image, wished)
  return { width: Math.max(MIN_STYLE_SIDE, width), height: Math.max(MIN_STYLE_SIDE, height) }
}

/**
 * One factor for each term, in the order of `termNames`. That of the overshoot starts at 0; the
 * painter fits it to the loss. Where a scale leaves layers out, the others keep the factors that
 * they have elsewhere.
 */
export function coefficientsFor(
  spec: ObjectiveSpec,
  settings: StylizeOptions,
  targets: Targets,
): Float32Array {
  const { network, form, contentLayers, styleLoss } = spec
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
  for (const { name, layer } of styleTerms(spec)) {
    const { matrix, mean, channels, share } = targets.style.get(name)!
    coefficients.push(
      ((share * settings.styleWeight) / gain ** 4) *
        layerWeight(settings.styleLayers, settings.styleLayerWeights, layer) *
        styleCoefficient(form, {
          kind: styleLoss,
          channels,
          targetSquaredNorm: targetSquaredNorm(styleLoss, { matrix, mean }),
          layerCount: settings.styleLayers.length,
        }),
    )
  }
  const imageShape = [1, 3, spec.height, spec.width]
  coefficients.push(settings.tvWeight * variationCoefficient(form, imageShape))
  if (spec.asShown) coefficients.push(0)
  return Float32Array.from(coefficients)
}

/** The weight at the layer's place in the settings; a layer that stands in for dropped ones has the first. */
function layerWeight(layers: readonly string[], weights: readonly number[], layer: string): number {
  return dealt(weights, Math.max(0, layers.indexOf(layer)))
}
