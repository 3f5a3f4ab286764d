import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ImageError } from '../../src/engine/errors.ts'
import {
  channelWriter,
  encodeChannel,
  encodePlanes,
  openPlanes,
  type PlaneShape,
} from '../../src/psd/channels.ts'
import { inMemory, memorySink } from '../../src/psd/stored.ts'

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

const decodePlanes = (bytes: Uint8Array, shape: PlaneShape, count: number) =>
  openPlanes('a.psd', bytes, whole(bytes), shape, count).map(({ read }) => read(shape.height))
const decodeChannel = (bytes: Uint8Array, shape: PlaneShape) => decodePlanes(bytes, shape, 1)[0]

describe('channels of a PSD', () => {
  test('any channel comes back from its encoding', () => {
    fc.assert(
      fc.property(planes, ({ shape, samples }) => {
        const bytes = encodeChannel(samples, shape)
        expect(decodeChannel(bytes, shape)).toEqual(samples)
        const both = encodePlanes([samples, samples], shape)
        expect(decodePlanes(both, shape, 2)).toEqual([samples, samples])
      }),
      { seed: 7, numRuns: 150 },
    )
  })

  test('rows are written and read one by one as all at once', () => {
    fc.assert(
      fc.property(planes, ({ shape, samples }) => {
        const { width, height } = shape
        const rowOf = (y: number) => samples.subarray(y * width, (y + 1) * width)
        const writer = channelWriter(shape, memorySink)
        for (let y = 0; y < height; y++) writer.write(rowOf(y))
        const bytes = inMemory(writer.end())
        expect(bytes).toEqual(encodeChannel(samples, shape))
        const [reader] = openPlanes('a.psd', bytes, whole(bytes), shape, 1)
        for (let y = 0; y < height; y++) expect(reader!.read(1)).toEqual(rowOf(y))
      }),
      { seed: 9, numRuns: 100 },
    )
  })

  test.each([
    ['raw', 0, (raw: Buffer) => raw],
    ['zipped', 2, (raw: Buffer) => deflateSync(raw)],
  ] as const)('a %s channel is read row by row', (_, compression, pack) => {
    const shape = { width: 3, height: 40, bits: 16, large: false } as const
    const samples = Uint16Array.from({ length: 120 }, (_, i) => i * 517)
    const raw = Buffer.alloc(240)
    for (const [i, value] of samples.entries()) raw.writeUInt16BE(value, 2 * i)
    const bytes = Buffer.concat([Buffer.from([0, compression]), pack(raw)])
    const [reader] = openPlanes('a.psd', bytes, whole(bytes), shape, 1)
    const rows = Array.from({ length: 40 }, () => [...reader!.read(1)]).flat()
    expect(rows).toEqual([...samples])
  })

  test('a channel that is cut short or altered is refused, never read beyond its end', () => {
    fc.assert(
      fc.property(planes, fc.double({ min: 0, max: 0.999, noNaN: true }), (plane, part) => {
        const bytes = encodeChannel(plane.samples, plane.shape)
        const cut = bytes.subarray(0, Math.floor(bytes.length * part))
        expect(() => decodeChannel(cut, plane.shape)).toThrow(ImageError)
      }),
      { seed: 8, numRuns: 100 },
    )
  })

  test('a compression outside the four is named', () => {
    const shape = { width: 1, height: 1, bits: 8, large: false } as const
    const bytes = Buffer.from([0, 9, 0])
    expect(() => decodeChannel(bytes, shape)).toThrow(
      /a compression from 0 to 3 and not 9 at byte 0/,
    )
  })

  test('zipped bytes may not unpack to more than the channel holds', () => {
    const shape = { width: 300, height: 4, bits: 16, large: false } as const
    const bytes = encodeChannel(new Uint16Array(1200), shape)
    expect(() => decodeChannel(bytes, { ...shape, height: 3 })).toThrow(ImageError)
  })
})

test('a size that the packed bytes cannot hold is refused before it is allocated', () => {
  const shape = { width: 20_000, height: 20_000, bits: 8, large: false } as const
  const bytes = Buffer.alloc(2 + 2 * 20_000 + 500)
  bytes[1] = 1
  expect(() => decodeChannel(bytes, shape)).toThrow(/packed bytes/)
})
