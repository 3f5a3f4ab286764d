import { describe, expect, test } from 'vitest'
import { samplesOf } from '../../../src/bridge/samples.ts'
import type { Rect } from '../../../src/host/state.ts'
import {
  background,
  documentOf,
  errorOf,
  expectClean,
  expectUntouched,
  group,
  INSIDE,
  layer,
  open,
  painted,
  snapshot,
} from './support.ts'

const moved = ({ left, top, right, bottom }: Rect, by: number): Rect => ({
  left: left + by,
  top: top + by,
  right: right + by,
  bottom: bottom + by,
})

const setUp = (by: number, depth: 8 | 16 | 32 = 8, isOpaque = false) => {
  const original = layer({ name: 'Original', raster: painted({ depth, isOpaque }) })
  const bounds = moved(INSIDE, by)
  const result = layer({ name: 'Result', raster: painted({ depth, bounds, isOpaque }) })
  const bench = open(documentOf([result, group([original]), background({ depth })], { depth }))
  return { bench, original, result }
}

describe.each([8, 16, 32] as const)('a layer over another at %i bits', (depth) => {
  test.each([false, true])(
    'in the same place is what it is, opaque or not: %s',
    async (isOpaque) => {
      const { bench, original, result } = setUp(0, depth, isOpaque)
      const before = snapshot(bench)
      const over = await bench.work.read(original.id)
      const own = await bench.work.read(result.id)
      const read = await bench.work.readOver(result.id, over)
      expect(read).toEqual(own.pixels)
      expectUntouched(bench, before)
    },
  )

  test('that was moved is transparent where it is not', async () => {
    const { bench, original, result } = setUp(2, depth)
    const over = await bench.work.read(original.id)
    const own = await bench.work.read(result.id)
    const samples = samplesOf(await bench.work.readOver(result.id, over))
    const at = (x: number, y: number): number[] => {
      const first = (y * 9 + x) * 4
      return Array.from(samples.subarray(first, first + 4))
    }
    expect(at(1, 5)).toEqual([0, 0, 0, 0])
    expect(at(5, 1)).toEqual([0, 0, 0, 0])
    expect(at(2, 2)).toEqual(Array.from(samplesOf(own.pixels).subarray(0, 4)))
    expectClean(bench)
  })
})

test('a layer with no place in common with the other is told of', async () => {
  const { bench, original, result } = setUp(9)
  const over = await bench.work.read(original.id)
  const error = await errorOf(bench.work.readOver(result.id, over))
  expect(error.problem).toBe('layer-moved')
  expectClean(bench)
})

test('all layers of a document are listed from the top down, and none of one that is not there', () => {
  const { bench } = setUp(0)
  const names = bench.work.layers(bench.id).map(({ name }) => name)
  expect(names).toEqual(['Result', expect.any(String), 'Original', 'Background'])
  expect(bench.work.layers(99)).toEqual([])
})
