import { afterAll, describe, expect, test } from 'vitest'
import { readWindow, writeWindow } from '../../../src/engine/runtime/bands.ts'
import { makeGraphVectors } from '../../../src/engine/runtime/graph-vectors.ts'
import { createNodeRuntime } from '../../../src/engine/runtime/ort-node.ts'

const runtime = createNodeRuntime({ device: 'cpu', threads: 1 })
afterAll(() => runtime.release())

const [HEIGHT, WIDTH] = [11, 6]
/** Each pixel of each plane is a number of its own. */
const picture = Float32Array.from({ length: 3 * HEIGHT * WIDTH }, (_, i) => i + 1)
const at = (plane: number, y: number, x: number): number => (plane * HEIGHT + y) * WIDTH + x

const windows = [
  { top: 0, left: 0, height: HEIGHT, width: WIDTH },
  { top: 3, left: 2, height: 5, width: 3 },
  { top: 4, left: 0, height: 1, width: 6 },
  { top: 9, left: 5, height: 2, width: 1 },
]

describe.each([1, 3, 4, 11])('of bands of %i rows', (bandRows) => {
  const space = makeGraphVectors(runtime, { width: WIDTH, height: HEIGHT, bandRows })

  test.each(windows)('a window of $width×$height at $left,$top is read', async (given) => {
    const { top, left, height, width } = given
    const window = runtime.allocate([1, 3, height, width])
    readWindow(runtime, space.upload(picture), { top, left }, window)
    const expected: number[] = []
    for (let plane = 0; plane < 3; plane++) {
      for (let y = top; y < top + height; y++) {
        for (let x = left; x < left + width; x++) expected.push(picture[at(plane, y, x)]!)
      }
    }
    expect([...(await runtime.download(window))]).toEqual(expected)
  })

  test.each(windows)(
    'a window of $width×$height at $left,$top is written, the rest left alone',
    async (given) => {
      const { top, left, height, width } = given
      // One pixel of margin on each side, which must not be copied.
      const shape = [1, 3, height + 2, width + 2]
      const values = Float32Array.from({ length: 3 * (height + 2) * (width + 2) }, (_, i) => -1 - i)
      const vector = space.upload(picture)
      const size = { height, width }
      writeWindow(
        runtime,
        runtime.upload(values, shape),
        { top: 1, left: 1 },
        vector,
        { top, left },
        size,
      )
      const expected = picture.slice()
      for (let plane = 0; plane < 3; plane++) {
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            expected[at(plane, top + y, left + x)] =
              values[(plane * (height + 2) + y + 1) * (width + 2) + x + 1]!
          }
        }
      }
      expect(await space.download(vector)).toEqual(expected)
    },
  )
})
