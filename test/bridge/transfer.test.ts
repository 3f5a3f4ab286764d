import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Chunk, makeReceiving, makeSending } from '../../src/bridge/transfer.ts'
import { areEqual, CHUNK, makeRandom, someBytes } from './ends.ts'

const WINDOW = 4

const lengths = fc.array(
  fc.oneof(fc.nat(9), fc.constantFrom(CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK), fc.nat(4 * CHUNK)),
  { minLength: 1, maxLength: 3 },
)

test('a transfer fills its arrays in whatever order and however often chunks come', () => {
  fc.assert(
    fc.property(lengths, fc.nat(), (sizes, seed) => {
      const random = makeRandom(seed)
      const arrays = sizes.map((length, i) => someBytes(length, i))
      const targets = sizes.map((length) => new Uint8Array(length))
      const receiving = makeReceiving(targets)
      const underWay: Chunk[] = []
      const sending = makeSending(arrays, (chunk) => underWay.push(chunk))
      sending.acknowledge(0)
      while (underWay.length > 0) {
        expect(underWay.length).toBeLessThanOrEqual(WINDOW)
        const [chunk] = underWay.splice(Math.floor(random() * underWay.length), 1)
        receiving.take(chunk!)
        expect(receiving.take(chunk!)).toBe('repeated')
        sending.acknowledge(receiving.next)
      }
      expect(targets.every((target, i) => areEqual(target, arrays[i]!))).toBe(true)
    }),
    { seed: 1, numRuns: 30 },
  )
})

test('acknowledgements of what was not sent and chunks beyond the window are refused', () => {
  const arrays = [someBytes(9 * CHUNK)]
  const chunks: Chunk[] = []
  const sending = makeSending(arrays, (chunk) => chunks.push(chunk))
  expect(sending.acknowledge(1)).toBe('out-of-order')
  expect(sending.acknowledge(0)).toBe('taken')
  expect(sending.acknowledge(0)).toBe('repeated')
  expect(chunks).toHaveLength(2)
  const receiving = makeReceiving([new Uint8Array(9 * CHUNK)])
  expect(receiving.take({ ...chunks[0]!, index: WINDOW })).toBe('out-of-order')
  expect(receiving.take(chunks[0]!)).toBe('taken')
})
