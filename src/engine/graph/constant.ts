import { ShapeError } from '../errors.ts'
import { decodeFloat16, encodeFloat16 } from './half.ts'
import { elementCount, type FloatDtype, type Shape } from './tensor-type.ts'

/** Row-major float32 values, or the bits of float16 ones. */
export type ConstantValues = Float32Array | Uint16Array

/**
 * Values known before the graph runs. The key names the values: equal keys mean equal values, so
 * that a runtime can hand the same bytes to every session, whatever the image size. What is folded
 * from a constant is computed on first use and kept with it.
 */
export class Constant {
  readonly key: string
  readonly shape: Shape
  readonly dtype: FloatDtype
  /** The constant that it was derived from, and the step that did it. */
  readonly origin?: { readonly constant: Constant; readonly step: string }
  private known: ConstantValues | (() => ConstantValues)
  private readonly derived = new Map<string, Constant>()

  /** @param values float16 numbers as their bits, in a Uint16Array. */
  constructor(
    key: string,
    shape: Shape,
    values: ConstantValues | (() => ConstantValues),
    dtype: FloatDtype = 'float32',
    origin?: Constant['origin'],
  ) {
    this.key = key
    this.shape = shape
    this.known = values
    this.dtype = dtype
    this.origin = origin
  }

  /** As stored. */
  get values(): ConstantValues {
    if (typeof this.known === 'function') this.known = this.known()
    if (this.known.length !== elementCount(this.shape)) {
      throw new ShapeError(
        `${this.key}: expected ${elementCount(this.shape)} values for [${this.shape}], got ${this.known.length}`,
      )
    }
    return this.known
  }

  /** As numbers; those of a float16 constant are decoded anew at each call. */
  get data(): Float32Array {
    const { values } = this
    return values instanceof Float32Array ? values : decodeFloat16(values)
  }

  /** As stored, little-endian: 4 bytes a float32, 2 a float16. */
  get bytes(): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.values
    return new Uint8Array(buffer, byteOffset, byteLength)
  }

  /** The constant that `step` makes of this one. It is computed once, however often it is asked for. */
  derive(
    step: string,
    shape: Shape,
    compute: (values: ConstantValues) => ConstantValues,
    dtype: FloatDtype = this.dtype,
  ): Constant {
    const known = this.derived.get(step)
    if (known) return known
    const origin = { constant: this, step }
    const constant = new Constant(
      `${this.key}|${step}`,
      shape,
      () => compute(this.values),
      dtype,
      origin,
    )
    this.derived.set(step, constant)
    return constant
  }

  /** Gives the constant its values, which were not known when it was made. */
  settle(values: Float32Array): void {
    this.known = values
  }

  /** Rounded to float16, or widened from it. */
  as(dtype: FloatDtype): Constant {
    if (dtype === this.dtype) return this
    const convert = () => (dtype === 'float16' ? encodeFloat16(this.data) : this.data)
    return this.derive(dtype, this.shape, convert, dtype)
  }
}

/** One number, keyed by its value and dtype. */
export const scalarConstant = (value: number, dtype: FloatDtype): Constant =>
  new Constant(`scalar ${Math.fround(value)}`, [], Float32Array.of(value)).as(dtype)
