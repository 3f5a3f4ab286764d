import { expect, test } from 'vitest'
import { lattice } from '../../../bench/lattice.ts'
import {
  noiseImage,
  type PlanarImage,
  resize,
  resizeEvenly,
} from '../../../src/engine/picture/image.ts'
import { enlarge } from '../../../src/engine/scale/start.ts'

const SIZE = { width: 168, height: 168 }
const COARSE = 84

/** Away from black and white, where a sum would be clamped. */
const soft = (edge: number): PlanarImage => {
  const image = resizeEvenly(noiseImage(24, 24, 5), edge, edge)
  return { ...image, data: image.data.map((value) => 0.3 + 0.4 * value) }
}

test('a picture that began as noise is enlarged without the raster of its samples', () => {
  const picture = soft(COARSE)
  const { data } = enlarge(picture, undefined, SIZE, 'edge')
  expect(data).toEqual(resizeEvenly(picture, SIZE.width, SIZE.height).data)
})

test('so is one that began as the content', () => {
  const content = soft(SIZE.width)
  const enlarged = enlarge(soft(COARSE), content, SIZE, 'edge')
  expect(lattice(enlarged, 2)).toBeLessThan(1.02)
})

test('what the content holds beyond the coarser scale is added', () => {
  const data = noiseImage(SIZE.width, SIZE.height, 7).data.map((value) => 0.4 + 0.2 * value)
  const content = { ...SIZE, data }
  const enlarged = enlarge(resize(content, COARSE, COARSE), content, SIZE, 'edge')
  enlarged.data.forEach((value, i) => {
    expect(value).toBeCloseTo(data[i]!, 6)
  })
})

test('neither picture nor content is written to', () => {
  const [picture, content] = [soft(COARSE), soft(SIZE.width)]
  enlarge(picture, content, SIZE, 'edge')
  expect(picture).toEqual(soft(COARSE))
  expect(content).toEqual(soft(SIZE.width))
})
