/** Numbers as they stand in weight files: float16, bfloat16 and float32, little-endian. */

const FLOAT16_VALUES = new Float32Array(2 ** 16)
for (let bits = 0; bits < FLOAT16_VALUES.length; bits++) FLOAT16_VALUES[bits] = float16Value(bits)

/** IEEE 754 binary16: 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits. */
function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (0x400 + fraction) * 2 ** (exponent - 25)
}

/** Exact: every float16 is a float32. */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  const values = new Float32Array(bits.length)
  for (let i = 0; i < values.length; i++) values[i] = FLOAT16_VALUES[bits[i]!]!
  return values
}

/** Exact: a bfloat16 is the upper half of a float32. */
export function decodeBfloat16(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length)
  for (let i = 0; i < words.length; i++) words[i] = bits[i]! << 16
  return new Float32Array(words.buffer)
}

/**
 * The nearest float16 to each value, ties to the even fraction (IEEE 754 roundTiesToEven).
 * Magnitudes of 65520 and more become infinite, NaN stays NaN.
 */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const bits = new Uint16Array(values.length)
  for (let i = 0; i < bits.length; i++) bits[i] = float16Bits(words[i]!)
  return bits
}

function float16Bits(float32Bits: number): number {
  const sign = (float32Bits >>> 16) & 0x8000
  const exponent = (float32Bits >>> 23) & 0xff
  const fraction = float32Bits & 0x7fffff
  if (exponent === 0xff) return sign | (fraction ? 0x7e00 : 0x7c00)
  // Below half the smallest subnormal float16, 2^-25, whatever the fraction.
  if (exponent < 102) return sign
  // Normal float16 drop 13 of the fraction's bits; subnormal ones drop more and show the leading 1.
  const isNormal = exponent >= 113
  const dropped = isNormal ? 13 : 126 - exponent
  const kept = isNormal ? ((exponent - 112) << 23) | fraction : 0x800000 | fraction
  const truncated = kept >>> dropped
  const rest = kept & ((1 << dropped) - 1)
  const half = 1 << (dropped - 1)
  const roundsUp = rest > half || (rest === half && (truncated & 1) === 1)
  // A carry out of the fraction rightly raises the exponent.
  return sign | Math.min(truncated + (roundsUp ? 1 : 0), 0x7c00)
}

/** The 16-bit words in `bytes`, which may start at any address. */
export function readUint16s(bytes: Uint8Array): Uint16Array {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const words = new Uint16Array(bytes.length / 2)
  for (let i = 0; i < words.length; i++) words[i] = data.getUint16(2 * i, true)
  return words
}

/** The float32 values in `bytes`, which may start at any address. */
export function readFloat32s(bytes: Uint8Array): Float32Array {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Float32Array(bytes.length / 4)
  for (let i = 0; i < values.length; i++) values[i] = data.getFloat32(4 * i, true)
  return values
}
