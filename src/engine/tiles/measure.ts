/** Targets of images that are too large to be measured at once. */
import { throwIfCancelled } from '../errors.ts'
import type { Targets, TileSize } from '../evaluator.ts'
import type { PlanarImage } from '../image.ts'
import { contentTerm, type ObjectiveSpec } from '../losses/objective.ts'
import { makeHolder } from '../runtime/holder.ts'
import type { Corner, DeviceTensor, Runtime } from '../runtime/runtime.ts'
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
  tile: TileSize,
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
    for (const { row, column, corner, masks } of uploadTiles(runtime, layout, holder)) {
      throwIfCancelled(signal)
      const window = cut(image, corner, layout.window)
      const { host } = await program.run({ image: window, ...masks }, parts)
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
 * Gram matrices [C,C] of the style layers over C·M, row by row.
 * @param tile is fitted to a valid window.
 * @throws RuntimeError; CancelledError after `signal`. Nothing is left on the device then.
 */
export async function measureStyleTiled(
  runtime: Runtime,
  spec: Pick<ObjectiveSpec, 'network' | 'styleLayers' | 'precision'>,
  image: PlanarImage,
  tile: TileSize,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Float32Array>> {
  const layout = layoutFor(spec, spec.styleLayers, image, tile)
  const holder = makeHolder()
  try {
    const asItIs = { ...spec, asShown: false }
    const statistics = await makeStatistics(runtime, asItIs, layout, holder)
    const sums = await statistics.sums((corner) => cut(image, corner, layout.window), signal)
    const grams = new Map<string, Float32Array>()
    for (const layer of spec.styleLayers) {
      const count = layerShape(spec, layer, image).reduce((a, b) => a * b, 1)
      const sum = await runtime.download(sums[sumName(layer)]!)
      grams.set(
        layer,
        sum.map((value) => value / count),
      )
    }
    return grams
  } finally {
    await holder.release()
  }
}

/** Forward only, so the margin is that of features. */
function layoutFor(
  { network }: Pick<ObjectiveSpec, 'network'>,
  layers: readonly string[],
  image: TileSize,
  tile: TileSize,
): Layout {
  const margin = featureMargin(network.model.topology, layers)
  return layTiles(image, fitTile(image, tile, margin), margin)
}

/** A window of an image, [1,3,h,w]. */
function cut(image: PlanarImage, { top, left }: Corner, { width, height }: TileSize): Float32Array {
  const window = new Float32Array(3 * height * width)
  for (let row = 0; row < 3 * height; row++) {
    const plane = Math.floor(row / height)
    const start = (plane * image.height + top + (row % height)) * image.width + left
    window.set(image.data.subarray(start, start + width), row * width)
  }
  return window
}
