import { expect, test } from 'vitest'
import { adam } from '../../../src/engine/optim/adam.ts'
import { makeArrayVectors } from '../../reference/array-vectors.ts'

test('moves as algorithm 1 of Kingma & Ba says', async () => {
  const space = makeArrayVectors()
  const optimizer = adam(space, { learningRate: 0.02 })
  let state = await optimizer.init(space.make([1, -2, 0.5]))
  const x = [1, -2, 0.5]
  const [m, v] = [
    [0, 0, 0],
    [0, 0, 0],
  ]
  for (let t = 1; t <= 8; t++) {
    const gradient = x.map((value, i) => 2 * value + i * Math.cos(t))
    state = await optimizer.update(state, { loss: 0, gradient: space.make(gradient) })
    gradient.forEach((g, i) => {
      m[i] = 0.9 * m[i]! + 0.1 * g
      v[i] = 0.999 * v[i]! + 0.001 * g * g
      const [mean, square] = [m[i]! / (1 - 0.9 ** t), v[i]! / (1 - 0.999 ** t)]
      x[i] = x[i]! - (0.02 * mean) / (Math.sqrt(square) + 1e-8)
    })
    state.iterate.forEach((value, i) => {
      // Float64; the bias is taken out in another order.
      expect(value, `step ${t}`).toBeCloseTo(x[i]!, 12)
    })
  }
  expect(state.time).toBe(8)
})

test('the first step has the length of the learning rate in every entry', async () => {
  const space = makeArrayVectors()
  const optimizer = adam(space, { learningRate: 0.25 })
  const state = await optimizer.init(space.make([1, 1, 1]))
  const { iterate } = await optimizer.update(state, {
    loss: 0,
    gradient: space.make([1e-3, -50, 7]),
  })
  // ε shortens the step along the smallest gradient by a hundred-thousandth.
  ;[0.75, 1.25, 0.75].forEach((value, i) => {
    expect(iterate[i]).toBeCloseTo(value, 5)
  })
})

test('holds three vectors and frees them at the end', async () => {
  const space = makeArrayVectors()
  const optimizer = adam(space, { learningRate: 0.02 })
  let state = await optimizer.init(space.make([1, 2]))
  for (let i = 0; i < 5; i++) {
    expect(space.liveCount()).toBe(3)
    state = await optimizer.update(state, { loss: 0, gradient: space.make([1, 2]) })
  }
  optimizer.free(state)
  expect(space.liveCount()).toBe(0)
})
