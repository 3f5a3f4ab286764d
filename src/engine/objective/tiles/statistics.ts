/** The first pass on a runtime: sums of features' moments over a whole picture, tile by tile. */

import { throwIfCancelled } from '../../errors.ts'
import { elementCount, type Shape } from '../../graph/tensor-type.ts'
import type { Holder } from '../../runtime/holder.ts'
import type { Corner, DeviceTensor, Runtime } from '../../runtime/runtime.ts'
import { maskWindows, type RegionMasks } from '../region-masks.ts'
import { beforeName, statisticsGraph, sumName, sumNames } from './graphs.ts'
import type { Layout } from './layout.ts'
import { type Tensors, uploadTiles } from './tile.ts'

interface Statistics {
  /**
   * Sums over every tile.
   * @param windowAt the picture's [1,3,h,w] at a corner; asked for one tile after the other.
   * @returns `sum.<sum>` of each; the next call overwrites them.
   * @throws CancelledError, RuntimeError.
   */
  sums(
    windowAt: (corner: Corner) => DeviceTensor | Float32Array,
    signal?: AbortSignal,
  ): Promise<Tensors>
}

/**
 * @param holder is given all that this needs on the device.
 * @param masks of the whole picture, where the spec has regions.
 */
export async function makeStatistics(
  runtime: Runtime,
  spec: Parameters<typeof statisticsGraph>[0],
  layout: Layout,
  holder: Holder,
  masks?: RegionMasks,
): Promise<Statistics> {
  const graph = statisticsGraph(spec, layout.window)
  const program = holder.hold(await runtime.compile(graph))
  const tiles = uploadTiles(runtime, layout, holder)
  const set = (make: (shape: Shape) => DeviceTensor): Tensors =>
    Object.fromEntries(
      Object.entries(graph.outputs).map(([name, { shape }]) => [name, holder.hold(make(shape))]),
    )
  const zeros = set((shape) => runtime.upload(new Float32Array(elementCount(shape)), shape))
  // A graph cannot write to what it reads, so two sets take turns.
  const sets = [
    set((shape) => runtime.allocate(shape)),
    set((shape) => runtime.allocate(shape)),
  ] as const
  const names = sumNames(spec)
  const before = (sums: Tensors): Tensors =>
    Object.fromEntries(names.map((name) => [beforeName(name), sums[sumName(name)]!]))

  return {
    async sums(windowAt, signal) {
      let sums = zeros
      for (const [i, { corner, core }] of tiles.entries()) {
        throwIfCancelled(signal)
        const next = sets[i % 2]!
        const regions = masks && maskWindows(masks, corner, layout.window)
        const inputs = { image: windowAt(corner), ...core, ...regions, ...before(sums) }
        await program.run(inputs, next)
        sums = next
      }
      return sums
    },
  }
}
