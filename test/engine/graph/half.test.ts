import { describe, expect, it } from 'vitest'
import {
  decodeBfloat16,
  decodeFloat16,
  encodeFloat16,
  readFloat32s,
  readUint16s,
} from '../../../src/engine/graph/half.ts'

const ALL_BITS = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits)
const INFINITY_BITS = 0x7c00

/** By scanning digits: what the bits say, written as in IEEE 754 §3.4. */
function valueOfDigits(bits: number): number {
  const digits = bits.toString(2).padStart(16, '0')
  const sign = (-1) ** Number(digits[0])
  const exponent = Number.parseInt(digits.slice(1, 6), 2)
  const fraction = Number.parseInt(digits.slice(6), 2) / 2 ** 10
  if (exponent === 31) return fraction === 0 ? sign / 0 : Number.NaN
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15))
}

/** The next float32 away from zero. */
function nextUp(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)
  bits[0]! += 1
  return new Float32Array(bits.buffer)[0]!
}

/** The next float32 towards zero. */
function nextDown(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)
  bits[0]! -= 1
  return new Float32Array(bits.buffer)[0]!
}

const encode = (...values: number[]): number[] => [...encodeFloat16(Float32Array.from(values))]

describe('float16', () => {
  it('decodes every bit pattern as IEEE 754 says', () => {
    const values = decodeFloat16(ALL_BITS)
    for (const bits of ALL_BITS) {
      const expected = valueOfDigits(bits)
      if (!Object.is(values[bits], expected)) expect(values[bits], `bits ${bits}`).toBe(expected)
    }
  })

  it('encodes every float16 value as itself, with NaN staying NaN', () => {
    const encoded = encodeFloat16(decodeFloat16(ALL_BITS))
    for (const bits of ALL_BITS) {
      const isNan = (bits & 0x7fff) > INFINITY_BITS
      const expected = isNan ? (bits & 0x8000) | 0x7e00 : bits
      if (encoded[bits] !== expected && !isNan) expect(encoded[bits], `bits ${bits}`).toBe(expected)
      if (isNan) expect(encoded[bits]! & 0x7fff).toBe(0x7e00)
    }
  })

  it('rounds to the nearest and halves to the even, between every two neighbours', () => {
    for (let bits = 0; bits < INFINITY_BITS; bits++) {
      const low = valueOfDigits(bits)
      // What the next value would be if the exponent had no end.
      const high = bits === INFINITY_BITS - 1 ? 2 ** 16 : valueOfDigits(bits + 1)
      const half = (low + high) / 2
      const even = bits % 2 === 0 ? bits : bits + 1
      const got = encode(nextDown(half), half, nextUp(half), -half)
      const expected = [bits, even, bits + 1, even | 0x8000]
      if (got.join() !== expected.join())
        expect(got, `between ${low} and ${high}`).toEqual(expected)
    }
  })

  it('takes float32 subnormals to signed zero and huge values to infinity', () => {
    expect(encode(1e-45, -1e-45, 3e38, -3e38)).toEqual([0, 0x8000, 0x7c00, 0xfc00])
  })
})

describe('bfloat16', () => {
  it('decodes every bit pattern as the upper half of a float32', () => {
    const values = decodeBfloat16(ALL_BITS)
    const view = new DataView(new ArrayBuffer(4))
    for (const bits of ALL_BITS) {
      view.setUint16(0, bits)
      const expected = view.getFloat32(0)
      if (!Object.is(values[bits], expected)) expect(values[bits], `bits ${bits}`).toBe(expected)
    }
  })
})

it('reads little-endian numbers from an odd address', () => {
  const bytes = Uint8Array.of(0xff, 0x00, 0x00, 0x80, 0x3f).subarray(1)
  expect([...readFloat32s(bytes)]).toEqual([1])
  expect([...readUint16s(bytes)]).toEqual([0, 0x3f80])
})
