/** Row-major extents; [] is a scalar. */
export type Shape = readonly number[]
export type FloatDtype = 'float32' | 'float16'
export type Dtype = FloatDtype | 'bool'

export interface TensorType {
  readonly shape: Shape
  readonly dtype: Dtype
}

export const elementCount = (shape: Shape): number => shape.reduce((a, b) => a * b, 1)

/** Bytes that a value of a float tensor takes. */
export const bytesOf = (dtype: FloatDtype): number => (dtype === 'float16' ? 2 : 4)

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis])
