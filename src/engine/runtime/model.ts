/** A graph in the form that a provider takes, which can also be sent to another thread. */

import type { Graph } from '../graph/node.ts'
import { toOnnx } from '../graph/onnx.ts'
import type { Shape } from '../graph/tensor-type.ts'
import type { Program, Runtime, TensorDtype } from './runtime.ts'

/** Large constants by the names that the model has for them. Equal names mean equal values. */
export type Constants = ReadonlyMap<string, { readonly bytes: Uint8Array }>

export interface Model {
  /** ONNX, without its large constants. */
  readonly bytes: Uint8Array
  readonly inputs: Readonly<Record<string, Shape>>
  readonly outputs: Readonly<Record<string, { readonly shape: Shape; readonly dtype: TensorDtype }>>
  /** Outputs that a run returns to the host. */
  readonly readBack: readonly string[]
}

/** A runtime whose programs need no graph. */
export interface ModelRuntime extends Runtime {
  /** What `compile` does with a graph. */
  open(model: Model, constants: Constants): Promise<Program>
}

export function toModel(
  graph: Graph,
  readBack: readonly string[] = [],
): { readonly model: Model; readonly constants: Constants } {
  const { bytes, external } = toOnnx(graph)
  return {
    model: {
      bytes,
      inputs: Object.fromEntries(
        graph.inputs.map(({ attributes, shape }) => [attributes.name, shape]),
      ),
      outputs: Object.fromEntries(
        Object.entries(graph.outputs).map(([name, { shape, dtype }]) => [
          name,
          { shape, dtype: dtype as TensorDtype },
        ]),
      ),
      readBack,
    },
    constants: new Map(external.map(({ path, constant }) => [path, constant])),
  }
}
