import fc from 'fast-check'
import { zlibSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { base64Length, fromBase64, toBase64 } from '../../src/bridge/base64.ts'
import { adler32 } from '../../src/bridge/checksum.ts'
import { holesOf, pack, unpack } from '../../src/bridge/pack.ts'
import { someBytes } from './ends.ts'

const someLength = fc.oneof(fc.nat(10), fc.nat(60_000))

describe('base64', () => {
  test('is that of Node', () => {
    fc.assert(
      fc.property(someLength, fc.nat(), (length, seed) => {
        const bytes = someBytes(length, seed)
        const text = toBase64(bytes)
        expect(text === Buffer.from(bytes).toString('base64')).toBe(true)
        expect(text).toHaveLength(base64Length(length))
        const back = new Uint8Array(length)
        expect(fromBase64(text, back)).toBe(true)
        expect(Buffer.compare(back, bytes)).toBe(0)
      }),
      { seed: 1 },
    )
  })

  test.each([
    ['other characters', 'AA?A', 3],
    ['too few bytes', 'AAAA', 4],
    ['too many bytes', 'AAAA', 2],
    ['no text', '', 1],
  ])('%s are refused', (_, text, length) => {
    expect(fromBase64(text, new Uint8Array(length))).toBe(false)
  })
})

test('the checksum is that at the end of a zlib stream, however the bytes are split', () => {
  fc.assert(
    fc.property(someLength, someLength, fc.nat(), (length, split, seed) => {
      const bytes = someBytes(length, seed)
      const parts = [bytes.subarray(0, split), bytes.subarray(split)]
      const stream = zlibSync(bytes, { level: 0 })
      const expected = new DataView(stream.buffer, stream.byteOffset).getUint32(stream.length - 4)
      expect(parts.reduce(adler32, 1)).toBe(expected)
    }),
    { seed: 2 },
  )
})

test('a message is whole again after its byte arrays were taken out', () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.uint8Array({ maxLength: 5 }),
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.string({ maxLength: 5 }), tie('tree'), {
        noNullPrototype: true,
        maxKeys: 4,
      }),
    ),
  }))
  fc.assert(
    fc.property(tree, (message) => {
      const { body, arrays } = pack(message)
      const travelled: unknown = JSON.parse(JSON.stringify(body))
      expect(holesOf(travelled)).toEqual(arrays.map(({ length }) => length))
      expect(JSON.stringify(unpack(travelled, arrays))).toBe(JSON.stringify(message))
    }),
    { seed: 3 },
  )
})
