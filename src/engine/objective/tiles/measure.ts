/** Targets of images that are too large to be measured at once. */

import { throwIfCancelled } from '../../errors.ts'
import type { PlanarImage, Size } from '../../picture/image.ts'
import { makeHolder } from '../../runtime/holder.ts'
import type { DeviceTensor, Runtime } from '../../runtime/runtime.ts'
import type { MeasuredMoments, Targets } from '../evaluator.ts'
import { contentTerm, meanName, type ObjectiveSpec, styleTerms } from '../losses/objective.ts'
import { needsMean } from '../losses/style.ts'
import { cutPlanes, type RegionMasks } from '../region-masks.ts'
import { contentGraph, sumName } from './graphs.ts'
import { fitTile, type Layout, layTiles } from './layout.ts'
import { featureMargin, strideOf } from './margins.ts'
import { layerShape } from './passes.ts'
import { makeStatistics } from './statistics.ts'
import { uploadTiles } from './tile.ts'

/**
 * Features of the content layers, [1,C,h,w] each, and their Σ P². The caller owns the features.
 * @param image of `spec`'s size.
 * @param tile is fitted to a valid window.
 * @throws RuntimeError; CancelledError after `signal`. Nothing is left on the device then.
 */
export async function measureContentTiled(
  runtime: Runtime,
  spec: ObjectiveSpec,
  image: PlanarImage,
  tile: Size,
  signal?: AbortSignal,
): Promise<Targets['content']> {
  const layout = layoutFor(spec, spec.contentLayers, image, tile)
  const holder = makeHolder()
  const features = new Map<string, DeviceTensor>()
  try {
    const graph = contentGraph(spec, layout.window)
    const program = holder.hold(await runtime.compile(graph, { readBack: ['norms'] }))
    const parts: Record<string, DeviceTensor> = {}
    for (const layer of spec.contentLayers) {
      const { shape, dtype } = graph.outputs[contentTerm(layer)]!
      const type = dtype === 'float16' ? dtype : 'float32'
      parts[contentTerm(layer)] = holder.hold(runtime.allocate(shape, type))
      features.set(layer, runtime.allocate(layerShape(spec, layer, image), type))
    }
    const norms = new Float64Array(spec.contentLayers.length)
    for (const { row, column, corner, core } of uploadTiles(runtime, layout, holder)) {
      throwIfCancelled(signal)
      const window = cutPlanes(image, corner, layout.window)
      const { host } = await program.run({ image: window, ...core }, parts)
      host.norms!.forEach((norm, i) => {
        norms[i]! += norm
      })
      for (const [layer, whole] of features) {
        const stride = strideOf(spec.network.model.topology, layer)
        const cells = (pixels: number): number => Math.floor(pixels / stride)
        runtime.copyRect(
          parts[contentTerm(layer)]!,
          { top: cells(row.from - row.start), left: cells(column.from - column.start) },
          whole,
          { top: cells(row.from), left: cells(column.from) },
          {
            height: cells(row.to) - cells(row.from),
            width: cells(column.to) - cells(column.from),
          },
        )
      }
    }
    return new Map(
      spec.contentLayers.map((layer, i) => [
        layer,
        { features: features.get(layer)!, squaredNorm: norms[i]! },
      ]),
    )
  } catch (error) {
    for (const tensor of features.values()) tensor.release()
    throw error
  } finally {
    await holder.release()
  }
}

/**
 * Moments of the style layers' features.
 * @param tile is fitted to a valid window.
 * @param mask of one region, of the image: what of it counts; absent: all.
 * @throws RuntimeError; CancelledError after `signal`. Nothing is left on the device then.
 */
export async function measureStyleTiled(
  runtime: Runtime,
  spec: Pick<ObjectiveSpec, 'network' | 'styleLayers' | 'styleLoss' | 'precision'>,
  image: PlanarImage,
  tile: Size,
  mask?: RegionMasks,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, MeasuredMoments>> {
  const layout = layoutFor(spec, spec.styleLayers, image, tile)
  const holder = makeHolder()
  try {
    const asItIs = { ...spec, asShown: false, regions: mask ? 1 : 0 }
    const statistics = await makeStatistics(runtime, asItIs, layout, holder, mask)
    const sums = await statistics.sums((corner) => cutPlanes(image, corner, layout.window), signal)
    const moments = new Map<string, MeasuredMoments>()
    for (const { name, layer } of styleTerms(asItIs)) {
      const [, , height, width] = layerShape(spec, layer, image)
      const area = mask ? mask.layers.get(layer)!.areas[0]! : height * width
      const fetch = async (sum: string): Promise<Float32Array> =>
        (await runtime.download(sums[sumName(sum)]!)).map((value) => value / area)
      moments.set(layer, {
        second: await fetch(name),
        ...(needsMean(spec.styleLoss) && { mean: await fetch(meanName(name)) }),
      })
    }
    return moments
  } finally {
    await holder.release()
  }
}

/** Forward only, so the margin is that of features. */
function layoutFor(
  { network }: Pick<ObjectiveSpec, 'network'>,
  layers: readonly string[],
  image: Size,
  tile: Size,
): Layout {
  const margin = featureMargin(network.model.topology, layers)
  return layTiles(image, fitTile(image, tile, margin), margin)
}
