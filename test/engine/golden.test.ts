import { afterAll, expect, test } from 'vitest'
import { createNodeRuntime } from '../../src/engine/runtime/ort-node.ts'
import {
  featureDeviations,
  objectiveCases,
  objectiveDeviations,
  trajectoryDeviations,
} from '../golden-cases.ts'
import { readGolden } from '../golden-files.ts'

// The golden values are float64, the runtime computes in float32. Convolutions of up to 4,608
// products keep some 1e-6; the tolerances leave room for another order of summation.
const FEATURES = 1e-3
const LOSSES = 1e-4
// A gradient passes every layer twice, and ReLU and max pooling switch on rounding noise.
const GRADIENT = 1e-3
// Rounding grows from step to step.
const TRAJECTORY = 1e-2

const golden = await readGolden({ withVgg16: true })
const runtime = createNodeRuntime({ device: 'cpu' })
afterAll(() => runtime.release())

test.each(Object.keys(golden.features.features))(
  'features of VGG16 with %s agree with PyTorch',
  async (combination) => {
    const deviations = await featureDeviations(runtime, golden, combination)
    expect(Object.keys(deviations)).toHaveLength(11)
    for (const [relu, statistics] of Object.entries(deviations)) {
      for (const [name, deviation] of Object.entries(statistics)) {
        expect(deviation, `${relu} ${name}`).toBeLessThan(FEATURES)
      }
    }
  },
)

test.each(objectiveCases(golden))('losses and gradient of %s agree with PyTorch', async (name) => {
  const { gradient, ...losses } = await objectiveDeviations(runtime, golden, name)
  for (const [term, deviation] of Object.entries(losses)) {
    expect(deviation, term).toBeLessThan(LOSSES)
  }
  expect(gradient, 'gradient').toBeLessThan(GRADIENT)
})

test.each(Object.keys(golden.objectives.trajectories))(
  'the first ten evaluations of %s follow PyTorch',
  async (name) => {
    const deviations = await trajectoryDeviations(runtime, golden, name, 10)
    expect(deviations).toHaveLength(10)
    for (const [evaluation, deviation] of deviations.entries()) {
      expect(deviation, `evaluation ${evaluation + 1}`).toBeLessThan(TRAJECTORY)
    }
  },
)
