/** What an operator rule says of its ONNX form; `onnx.ts` turns it into protobuf. */
export type EmittedAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string }

export interface Emission {
  readonly opType: string
  readonly attributes?: Readonly<Record<string, EmittedAttribute>>
  /**
   * The ONNX inputs: a number is the index of a node input, 'absent' an optional input left out,
   * `int64s` / `float32s` a small 1-D constant that only ONNX needs.
   */
  readonly inputs?: readonly EmittedInput[]
}

export type EmittedInput =
  | number
  | 'absent'
  | { readonly int64s: readonly number[] }
  | { readonly float32s: readonly number[] }
