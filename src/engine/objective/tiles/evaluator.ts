/**
 * The objective evaluated tile by tile: the same losses and gradient as at once, in the memory of
 * one window. Style losses need sums over the whole picture, so the first pass sums moments of
 * features and the second takes each tile's gradient against the result.
 */

import { throwIfCancelled } from '../../errors.ts'
import type { ImageShape } from '../../graph/tensor-type.ts'
import type { Size } from '../../picture/image.ts'
import { readWindow, writeWindow } from '../../runtime/bands.ts'
import { type Holder, makeHolder } from '../../runtime/holder.ts'
import type { Corner, DeviceTensor, Runtime } from '../../runtime/runtime.ts'
import type { Evaluator, Targets } from '../evaluator.ts'
import { contentTerm, type ObjectiveSpec, styleTerms } from '../losses/objective.ts'
import { maskWindows } from '../region-masks.ts'
import { uploadStyleTargets } from '../style-inputs.ts'
import { slopesGraph, tileGradientGraph } from './graphs.ts'
import { strideOf } from './margins.ts'
import { type Passes, tilePasses } from './passes.ts'
import { makeStatistics } from './statistics.ts'
import { type Tensors, uploadTiles } from './tile.ts'

/**
 * @param spec of the whole picture.
 * @param tile is fitted to a valid window: at most this, at least what the margins need.
 * @throws OptionError, ModelError for layers that the network lacks; RuntimeError. Nothing is left
 * on the device then.
 */
export const makeTiledEvaluator = (
  runtime: Runtime,
  spec: ObjectiveSpec,
  targets: Targets,
  tile: Size,
): Promise<Evaluator> => makePassesEvaluator(runtime, spec, targets, tilePasses(spec, tile))

/** Takes passes of the caller's own; it is exact only where their margins suffice. */
export async function makePassesEvaluator(
  runtime: Runtime,
  spec: ObjectiveSpec,
  targets: Targets,
  passes: Passes,
): Promise<Evaluator> {
  const holder = makeHolder()
  try {
    return await prepare(runtime, spec, targets, passes, holder)
  } catch (error) {
    await holder.release()
    throw error
  }
}

async function prepare(
  runtime: Runtime,
  spec: ObjectiveSpec,
  targets: Targets,
  passes: Passes,
  holder: Holder,
): Promise<Evaluator> {
  const { hold } = holder
  const { window } = passes
  const { masks } = targets
  const graph = tileGradientGraph(spec, window)
  const program = hold(await runtime.compile(graph, { readBack: ['terms'] }))
  const tiles = uploadTiles(runtime, passes.gradient.layout, holder)
  const image = hold(runtime.allocate([1, 3, window.height, window.width]))
  const tileGradient = hold(runtime.allocate(image.shape))
  const content = spec.contentLayers.map((layer) => {
    const { features } = targets.content.get(layer)!
    const input = graph.inputs.find(({ attributes }) => attributes.name === contentTerm(layer))!
    return {
      features,
      stride: strideOf(spec.network.model.topology, layer),
      part: hold(runtime.allocate(input.shape, features.dtype)),
    }
  })
  const contentParts: Tensors = Object.fromEntries(
    spec.contentLayers.map((layer, i) => [contentTerm(layer), content[i]!.part]),
  )
  const style = await prepareStyle(runtime, spec, targets, passes, holder)
  const [contentCount, styleCount] = [spec.contentLayers.length, styleTerms(spec).length]

  return {
    async evaluate(iterate, gradient, coefficients, signal) {
      const windowAt = (corner: Corner): DeviceTensor => {
        readWindow(runtime, iterate, corner, image)
        return image
      }
      const ofStyle = coefficients.slice(contentCount, contentCount + styleCount)
      const { terms: styleTerms, slopes } = await style(windowAt, ofStyle, signal)
      const ofTiles = Float32Array.of(
        ...coefficients.subarray(0, contentCount),
        ...coefficients.subarray(contentCount + styleCount),
      )
      // In float64, as there may be many tiles.
      const tileTerms = new Float64Array(ofTiles.length)
      for (const { row, column, corner, core } of tiles) {
        throwIfCancelled(signal)
        for (const { features, stride, part } of content) {
          const [, , height, width] = part.shape as ImageShape
          const from = { top: corner.top / stride, left: corner.left / stride }
          runtime.copyRect(features, from, part, { top: 0, left: 0 }, { height, width })
        }
        const regions = masks && maskWindows(masks, corner, window)
        const inputs = { ...core, ...regions, ...contentParts, ...slopes, coefficients: ofTiles }
        const { host } = await program.run(
          { image: windowAt(corner), ...inputs },
          { gradient: tileGradient },
        )
        host.terms!.forEach((term, i) => {
          tileTerms[i]! += term
        })
        writeWindow(
          runtime,
          tileGradient,
          { top: row.from - row.start, left: column.from - column.start },
          gradient,
          { top: row.from, left: column.from },
          { height: row.to - row.from, width: column.to - column.from },
        )
      }
      return Float32Array.of(
        ...tileTerms.subarray(0, contentCount),
        ...styleTerms,
        ...tileTerms.subarray(contentCount),
      )
    },
    release: holder.release,
  }
}

/** First pass and the step behind it. */
type StylePass = (
  windowAt: (corner: Corner) => DeviceTensor,
  coefficients: Float32Array,
  signal?: AbortSignal,
) => Promise<{ readonly terms: Float32Array; readonly slopes: Tensors }>

async function prepareStyle(
  runtime: Runtime,
  spec: ObjectiveSpec,
  targets: Targets,
  passes: Passes,
  holder: Holder,
): Promise<StylePass> {
  const { hold } = holder
  if (spec.styleLayers.length === 0) return async () => ({ terms: new Float32Array(), slopes: {} })
  const { layout } = passes.statistics
  const statistics = await makeStatistics(runtime, spec, layout, holder, targets.masks)
  const graph = slopesGraph(spec)
  const program = hold(await runtime.compile(graph, { readBack: ['terms'] }))
  const inputs = uploadStyleTargets(runtime, spec, targets, hold)
  const slopes: Record<string, DeviceTensor> = {}
  for (const [name, { shape }] of Object.entries(graph.outputs)) {
    if (name !== 'terms') slopes[name] = hold(runtime.allocate(shape))
  }
  return async (windowAt, coefficients, signal) => {
    const sums = await statistics.sums(windowAt, signal)
    const { host } = await program.run({ ...sums, ...inputs, coefficients }, slopes)
    return { terms: host.terms!, slopes }
  }
}
