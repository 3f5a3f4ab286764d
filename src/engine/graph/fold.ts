/** Data movement on constants, so that a turned weight is made once and not at every evaluation. */

import type { ConstantValues } from './constant.ts'
import { elementCount, type Shape } from './tensor-type.ts'

const strides = (shape: Shape): number[] =>
  shape.map((_, axis) => elementCount(shape.slice(axis + 1)))

/** Reads `data` at every index of `shape`, walking the given stride per axis from `offset`. */
function gather(data: ConstantValues, shape: Shape, steps: readonly number[], offset: number) {
  const count = elementCount(shape)
  const result = data instanceof Float32Array ? new Float32Array(count) : new Uint16Array(count)
  const index = new Array<number>(shape.length).fill(0)
  let position = offset
  for (let i = 0; i < result.length; i++) {
    result[i] = data[position]!
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position += steps[axis]!
      index[axis]!++
      if (index[axis]! < shape[axis]!) break
      position -= index[axis]! * steps[axis]!
      index[axis] = 0
    }
  }
  return result
}

/** Row-major values with axes reordered: result axis i is input axis permutation[i]. */
export function transposeValues(
  data: ConstantValues,
  shape: Shape,
  permutation: readonly number[],
): ConstantValues {
  const from = strides(shape)
  return gather(
    data,
    permutation.map((axis) => shape[axis]!),
    permutation.map((axis) => from[axis]!),
    0,
  )
}

/** Row-major values back to front along `axes`. */
export function reverseValues(
  data: ConstantValues,
  shape: Shape,
  axes: readonly number[],
): ConstantValues {
  const from = strides(shape)
  const steps = from.map((step, axis) => (axes.includes(axis) ? -step : step))
  const offset = axes.reduce((total, axis) => total + (shape[axis]! - 1) * from[axis]!, 0)
  return gather(data, shape, steps, offset)
}
