/** Row-major extents; [] is a scalar. */
export type Shape = readonly number[]
/** Shape of pictures and their features: how many, channels, height, width. */
export type ImageShape = readonly [number, number, number, number]

export type FloatDtype = 'float32' | 'float16'
export type Dtype = FloatDtype | 'bool'

export interface TensorType {
  readonly shape: Shape
  readonly dtype: Dtype
}

export const elementCount = (shape: Shape): number => shape.reduce((a, b) => a * b, 1)

const BYTES: Readonly<Record<Dtype, number>> = { float32: 4, float16: 2, bool: 1 }

/** Bytes that one value takes. */
export const bytesOf = (dtype: Dtype): number => BYTES[dtype]

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis])
