import { ShapeError } from '../errors.ts'
import { elementCount, type Shape } from './node.ts'

/**
 * Values known before the graph runs. The key names the values: equal keys mean equal values, so
 * that a runtime can hand the same bytes to every session, whatever the image size. What is folded
 * from a constant is computed on first use and kept with it.
 */
export class Constant {
  readonly key: string
  readonly shape: Shape
  private values: Float32Array | (() => Float32Array)
  private readonly derived = new Map<string, Constant>()

  constructor(key: string, shape: Shape, values: Float32Array | (() => Float32Array)) {
    this.key = key
    this.shape = shape
    this.values = values
  }

  /** Row-major values, float32. */
  get data(): Float32Array {
    if (typeof this.values === 'function') this.values = this.values()
    if (this.values.length !== elementCount(this.shape)) {
      throw new ShapeError(
        `${this.key}: expected ${elementCount(this.shape)} values for [${this.shape}], got ${this.values.length}`,
      )
    }
    return this.values
  }

  /** The constant that `step` makes of this one; asked twice, computed once. */
  derive(step: string, shape: Shape, compute: (data: Float32Array) => Float32Array): Constant {
    const known = this.derived.get(step)
    if (known) return known
    const constant = new Constant(`${this.key}|${step}`, shape, () => compute(this.data))
    this.derived.set(step, constant)
    return constant
  }
}

/** One number, keyed by its value. */
export const scalarConstant = (value: number): Constant =>
  new Constant(`scalar ${Math.fround(value)}`, [], Float32Array.of(value))
