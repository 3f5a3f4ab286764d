/** What a runtime in another thread is told, and what it answers. Messages keep their order. */

import type { RuntimeFailure } from '../errors.ts'
import type { Shape } from '../graph/tensor-type.ts'
import type { Model } from './model.ts'
import type { Corner, Extent, Runtime, TensorDtype } from './runtime.ts'

/** Tensors and programs go by numbers that the asking side gives them. */
export type Command =
  | {
      readonly do: 'allocate'
      readonly tensor: number
      readonly shape: Shape
      readonly dtype: TensorDtype
    }
  | {
      readonly do: 'upload'
      readonly tensor: number
      readonly shape: Shape
      readonly data: Float32Array
    }
  | { readonly do: 'releaseTensor'; readonly tensor: number }
  | {
      readonly do: 'copyRect'
      readonly from: number
      readonly fromCorner: Corner
      readonly to: number
      readonly toCorner: Corner
      readonly size: Extent
    }
  | { readonly do: 'releaseProgram'; readonly program: number }
  /** Kept for every graph that names it. */
  | { readonly do: 'keepConstant'; readonly name: string; readonly bytes: Uint8Array }

/** Answered, in their order. */
export type Call =
  | { readonly do: 'download'; readonly tensor: number }
  | {
      readonly do: 'open'
      readonly program: number
      readonly model: Model
      readonly constants: readonly string[]
    }
  | {
      readonly do: 'run'
      readonly program: number
      readonly inputs: Readonly<Record<string, number | Float32Array>>
      /** Where device outputs go: into a tensor that is there, or a new one of that number. */
      readonly outputs: Readonly<Record<string, number>>
    }

export type Answer =
  | { readonly result: Float32Array | Readonly<Record<string, Float32Array>> | undefined }
  | { readonly error: { readonly message: string; readonly failure: RuntimeFailure } }

/** The first message of a runtime that has started. */
export type Greeting = Pick<Runtime, 'device' | 'description' | 'float16' | 'maxTensorBytes'>

/** One end of a channel. */
export interface RemotePort {
  postMessage(message: unknown, transfer?: Transferable[]): void
  onmessage: ((event: MessageEvent) => void) | null
}
