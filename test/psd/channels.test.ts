import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ImageError } from '../../src/engine/errors.ts'
import { decodeChannel, decodePlanes, encodeChannel, encodePlanes } from '../../src/psd/channels.ts'

const shapes = fc.record({
  width: fc.integer({ min: 1, max: 300 }),
  height: fc.integer({ min: 1, max: 4 }),
  bits: fc.constantFrom(8 as const, 16 as const),
  large: fc.boolean(),
})

/** Planes with long and short runs, as run lengths have their edges at 2, 3, 127, 128 and 129. */
const planes = shapes.chain((shape) =>
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: 2 ** shape.bits - 1 }), fc.integer({ max: 140 })), {
      minLength: 1,
      maxLength: 40,
    })
    .map((runs) => {
      const size = shape.width * shape.height
      const samples = shape.bits === 16 ? new Uint16Array(size) : new Uint8Array(size)
      let at = 0
      for (let i = 0; at < size; i++) {
        const [value, length] = runs[i % runs.length]!
        samples.fill(value, at, at + Math.max(1, length))
        at += Math.max(1, length)
      }
      return { shape, samples }
    }),
)

const whole = (bytes: Uint8Array) => ({ start: 0, end: bytes.length })

describe('channels of a PSD', () => {
  test('any channel comes back from its encoding', () => {
    fc.assert(
      fc.property(planes, ({ shape, samples }) => {
        const bytes = encodeChannel(samples, shape)
        expect(decodeChannel('a.psd', bytes, whole(bytes), shape)).toEqual(samples)
        const both = encodePlanes([samples, samples], shape)
        expect(decodePlanes('a.psd', both, whole(both), shape, 2)).toEqual([samples, samples])
      }),
      { seed: 7, numRuns: 150 },
    )
  })

  test('a channel that is cut short or altered is refused, never read beyond its end', () => {
    fc.assert(
      fc.property(planes, fc.double({ min: 0, max: 0.999, noNaN: true }), (plane, part) => {
        const bytes = encodeChannel(plane.samples, plane.shape)
        const cut = bytes.subarray(0, Math.floor(bytes.length * part))
        expect(() => decodeChannel('a.psd', cut, whole(cut), plane.shape)).toThrow(ImageError)
      }),
      { seed: 8, numRuns: 100 },
    )
  })

  test('a compression outside the four is named', () => {
    const shape = { width: 1, height: 1, bits: 8, large: false } as const
    const bytes = Buffer.from([0, 9, 0])
    expect(() => decodeChannel('a.psd', bytes, whole(bytes), shape)).toThrow(
      /a compression from 0 to 3 and not 9 at byte 0/,
    )
  })

  test('zipped bytes may not unpack to more than the channel holds', () => {
    const shape = { width: 300, height: 4, bits: 16, large: false } as const
    const bytes = encodeChannel(new Uint16Array(1200), shape)
    expect(() => decodeChannel('a.psd', bytes, whole(bytes), { ...shape, height: 3 })).toThrow(
      ImageError,
    )
  })
})

test('a size that the packed bytes cannot hold is refused before it is allocated', () => {
  const shape = { width: 20_000, height: 20_000, bits: 8, large: false } as const
  const bytes = Buffer.alloc(2 + 2 * 20_000 + 500)
  bytes[1] = 1
  expect(() => decodeChannel('a.psd', bytes, whole(bytes), shape)).toThrow(/packed bytes/)
})
