/** The first pass on a runtime: sums of F·Fᵀ over a whole picture, tile by tile. */
import { throwIfCancelled } from '../errors.ts'
import { elementCount, type Shape } from '../graph/node.ts'
import type { ObjectiveSpec } from '../losses/objective.ts'
import type { Holder } from '../runtime/holder.ts'
import type { Corner, DeviceTensor, Runtime } from '../runtime/runtime.ts'
import { beforeName, statisticsGraph, sumName } from './graphs.ts'
import type { Layout } from './layout.ts'
import { type Tensors, uploadTiles } from './tile.ts'

export interface Statistics {
  /**
   * Sums over every tile.
   * @param windowAt the picture's [1,3,h,w] at a corner; asked for one tile after the other.
   * @returns `sum.<layer>` [C,C] per style layer; the next call overwrites them.
   * @throws CancelledError, RuntimeError.
   */
  sums(
    windowAt: (corner: Corner) => DeviceTensor | Float32Array,
    signal?: AbortSignal,
  ): Promise<Tensors>
}

/** @param holder is given all that this needs on the device. */
export async function makeStatistics(
  runtime: Runtime,
  spec: Pick<ObjectiveSpec, 'network' | 'styleLayers' | 'asShown' | 'precision'>,
  layout: Layout,
  holder: Holder,
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
  const before = (sums: Tensors): Tensors =>
    Object.fromEntries(spec.styleLayers.map((layer) => [beforeName(layer), sums[sumName(layer)]!]))

  return {
    async sums(windowAt, signal) {
      let sums = zeros
      for (const [i, { corner, masks }] of tiles.entries()) {
        throwIfCancelled(signal)
        const next = sets[i % 2]!
        await program.run({ image: windowAt(corner), ...masks, ...before(sums) }, next)
        sums = next
      }
      return sums
    },
  }
}
