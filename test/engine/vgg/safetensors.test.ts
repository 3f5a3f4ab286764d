import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ModelError } from '../../../src/engine/errors.ts'
import { type ByteSource, memorySource, sha256Of } from '../../../src/engine/vgg/byte-source.ts'
import {
  openSafetensors,
  readTensor,
  writeSafetensors,
} from '../../../src/engine/vgg/safetensors.ts'
import { rawFile } from './synthetic-vgg.ts'

const tensorArbitrary = fc
  .record({
    name: fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__'),
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
  })
  .chain(({ name, shape }) => {
    const length = shape.reduce((product, extent) => product * extent, 1)
    return fc
      .float32Array({ minLength: length, maxLength: length, noNaN: true, noDefaultInfinity: true })
      .map((data) => ({ name, shape, data }))
  })
const tensorsArbitrary = fc.uniqueArray(tensorArbitrary, {
  selector: ({ name }) => name,
  maxLength: 6,
})

const open = (header: unknown, dataBytes: number | Uint8Array) =>
  openSafetensors(rawFile(header, dataBytes))

describe('safetensors', () => {
  it('reads back every tensor and text that was written', async () => {
    await fc.assert(
      fc.asyncProperty(
        tensorsArbitrary,
        fc.dictionary(fc.string(), fc.string()),
        async (tensors, metadata) => {
          const bytes = writeSafetensors(tensors, { dtype: 'F32', metadata })
          const file = await openSafetensors(memorySource('some', bytes))
          expect(Object.fromEntries(file.metadata)).toEqual({ ...metadata })
          expect([...file.tensors.keys()].sort()).toEqual(tensors.map(({ name }) => name).sort())
          for (const { name, shape, data } of tensors) {
            expect(file.tensors.get(name)!.shape).toEqual(shape)
            expect(await readTensor(file, name)).toEqual(data)
          }
        },
      ),
      { seed: 1, numRuns: 100 },
    )
  })

  it('answers damage with a ModelError or what still makes sense, never another error', async () => {
    const whole = writeSafetensors(
      [
        { name: 'a', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
        { name: 'b', shape: [3], data: Float32Array.of(5, 6, 7) },
      ],
      { dtype: 'F16', metadata: { scale: '255' } },
    )
    const damages = fc.record({
      length: fc.nat(whole.length),
      changes: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(damages, async ({ length, changes }) => {
        const bytes = whole.slice()
        for (const [at, value] of changes) bytes[at] = value
        try {
          const file = await openSafetensors(memorySource('some', bytes.subarray(0, length)))
          for (const name of file.tensors.keys()) await readTensor(file, name)
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError)
        }
      }),
      { seed: 2, numRuns: 1000 },
    )
  })

  it('reads only the header and the tensor that is asked for', async () => {
    const bytes = writeSafetensors(
      [
        { name: 'a', shape: [1000], data: new Float32Array(1000) },
        { name: 'b', shape: [2], data: Float32Array.of(8, 9) },
      ],
      { dtype: 'F32' },
    )
    const memory = memorySource('some', bytes)
    let bytesRead = 0
    const counted: ByteSource = {
      ...memory,
      read(offset, length) {
        bytesRead += length
        return memory.read(offset, length)
      },
    }
    const file = await openSafetensors(counted)
    expect([...(await readTensor(file, 'b'))]).toEqual([8, 9])
    expect(bytesRead).toBe(bytes.length - 4000)
  })

  it('decodes F32, F16 and BF16', async () => {
    const file = await open(
      {
        f32: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
        f16: { dtype: 'F16', shape: [2], data_offsets: [4, 8] },
        bf16: { dtype: 'BF16', shape: [1], data_offsets: [8, 10] },
      },
      Uint8Array.of(0x00, 0x00, 0xc0, 0x3f, 0x00, 0x3c, 0x00, 0xc0, 0x49, 0x40),
    )
    expect([...(await readTensor(file, 'f32'))]).toEqual([1.5])
    expect([...(await readTensor(file, 'f16'))]).toEqual([1, -2])
    expect([...(await readTensor(file, 'bf16'))]).toEqual([3.140625])
  })

  it('allows a gap between tensors, and other dtypes until they are read as weights', async () => {
    const file = await open(
      {
        count: { dtype: 'I64', shape: [], data_offsets: [0, 8] },
        mask: { dtype: 'U8', shape: [3], data_offsets: [16, 19] },
      },
      20,
    )
    await expect(readTensor(file, 'count')).rejects.toThrow(
      'vgg.safetensors: count: expected weights of F32, F16, BF16, got I64; save them as F32',
    )
    await expect(readTensor(file, 'absent')).rejects.toThrow(
      'absent: is missing; the file has count, mask',
    )
  })

  it.each<[string, unknown, number, string]>([
    ['an unclosed header', '{"a":', 0, 'its header is not JSON'],
    ['a header that is a list', [], 0, 'header: expected a JSON object, got []'],
    [
      'metadata that is not text',
      { __metadata__: { a: 1 } },
      0,
      '__metadata__: expected an object of texts, got {"a":1}',
    ],
    ['an entry that is a number', { a: 1 }, 0, 'a: expected dtype, shape and data_offsets, got 1'],
    [
      'an unknown dtype',
      { a: { dtype: 'F31', shape: [], data_offsets: [0, 4] } },
      4,
      'a: dtype: expected one of BOOL,',
    ],
    [
      'an inherited name as dtype',
      { a: { dtype: 'toString', shape: [], data_offsets: [0, 4] } },
      4,
      'got "toString"',
    ],
    [
      'a negative extent',
      { a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } },
      4,
      'a: shape: expected a list of whole numbers, got [-1]',
    ],
    [
      'a fraction as extent',
      { a: { dtype: 'F32', shape: [1.5], data_offsets: [0, 6] } },
      6,
      'got [1.5]',
    ],
    [
      'one offset',
      { a: { dtype: 'F32', shape: [], data_offsets: [0] } },
      4,
      'a: data_offsets: expected [begin, end], got [0]',
    ],
    [
      'an end before its beginning',
      { a: { dtype: 'F32', shape: [], data_offsets: [4, 0] } },
      4,
      'expected [begin, end], got [4,0]',
    ],
    [
      'a shape of another size',
      { a: { dtype: 'F16', shape: [3, 2], data_offsets: [0, 10] } },
      10,
      'a: expected 12 bytes for F16 [3,2], got 10 in data_offsets [0,10]',
    ],
    [
      'a shape beyond all numbers',
      { a: { dtype: 'F16', shape: [2 ** 52, 2 ** 52, 2 ** 52], data_offsets: [0, 10] } },
      10,
      'a: expected ',
    ],
    [
      'data behind the end',
      { a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } },
      4,
      'is cut short: a ends at byte',
    ],
    [
      'tensors that overlap',
      {
        a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
        b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      },
      8,
      'within a (',
    ],
  ])('refuses %s', async (_, header, dataBytes, message) => {
    const opened = open(header, dataBytes)
    await expect(opened).rejects.toThrow(ModelError)
    await expect(opened).rejects.toThrow(message)
  })

  it.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'is not a safetensors file: has 0 bytes'],
    [
      'text',
      new TextEncoder().encode('<!DOCTYPE html>'),
      'is not a safetensors file: its header would have 5789751444030890000 bytes, at most 10000000',
    ],
    [
      'a header longer than the file',
      Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0x7b),
      'is cut short: its header ends at byte 17, the file has 9',
    ],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(openSafetensors(memorySource('some', bytes))).rejects.toThrow(message)
  })
})

describe('the safetensors writer', () => {
  const write = (value: number, dtype: 'F16' | 'F32') => () =>
    writeSafetensors([{ name: 'conv', shape: [2], data: Float32Array.of(0, value) }], { dtype })

  it('refuses what float16 cannot hold, naming the tensor', () => {
    expect(write(65519, 'F16')).not.toThrow()
    expect(write(65520, 'F16')).toThrow(
      'conv: value 1 is 65520, expected finite numbers within ±65504, the range of float16',
    )
    expect(write(65520, 'F32')).not.toThrow()
  })

  it('refuses values that are not finite', () => {
    expect(write(Number.NaN, 'F32')).toThrow('conv: value 1 is NaN, expected finite numbers')
    expect(write(Number.NEGATIVE_INFINITY, 'F16')).toThrow('conv: value 1 is -Infinity')
  })

  it('aligns the data and ends with them', () => {
    const bytes = writeSafetensors([{ name: 'a', shape: [], data: Float32Array.of(1) }], {
      dtype: 'F32',
    })
    const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    expect(headerBytes % 8).toBe(0)
    expect(bytes.length).toBe(8 + headerBytes + 4)
    expect([...bytes.subarray(-4)]).toEqual([0, 0, 0x80, 0x3f])
  })
})

describe('a byte source', () => {
  it('refuses a range that is not within it', async () => {
    const source = memorySource('some', new Uint8Array(4))
    for (const [offset, length] of [
      [0, 5],
      [4, 1],
      [-1, 2],
      [0, -1],
      [0.5, 1],
    ] as const) {
      await expect(source.read(offset, length)).rejects.toThrow(
        `some: is cut short: expected ${length} bytes at byte ${offset}, the file has 4`,
      )
    }
    expect(await source.read(4, 0)).toHaveLength(0)
  })

  it('hashes as the standard does', async () => {
    // FIPS 180-4's example.
    const source = memorySource('abc', new TextEncoder().encode('abc'))
    expect(await sha256Of(source)).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })

  it('hashes a file of several reads as one', async () => {
    const { createHash } = await import('node:crypto')
    const bytes = Uint8Array.from({ length: 4 * 2 ** 20 + 3 }, (_, i) => i * 7)
    expect(await sha256Of(memorySource('large', bytes))).toBe(
      createHash('sha256').update(bytes).digest('hex'),
    )
  })
})
