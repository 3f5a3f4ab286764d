import type { FloatDtype } from './tensor-type.ts'

/** What an operator rule says of its ONNX form; `onnx.ts` turns it into protobuf. */
export type EmittedAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string }

export interface Emission {
  readonly opType: string
  /** Set for an operator of ONNX Runtime's own; absent: ONNX's. */
  readonly domain?: 'com.microsoft'
  readonly attributes?: Readonly<Record<string, EmittedAttribute>>
  /**
   * The ONNX inputs. A number is the index of a node input, 'absent' an optional input left out;
   * `int64s` and `floats` are small 1-D constants that only ONNX needs, a single float being a
   * scalar.
   */
  readonly inputs?: readonly EmittedInput[]
}

export type EmittedInput =
  | number
  | 'absent'
  | { readonly int64s: readonly number[] }
  | { readonly floats: readonly number[]; readonly dtype: FloatDtype }
