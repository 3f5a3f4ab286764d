/** Seconds per evaluation: one forward and backward pass of the objective on VGG16. */

import { elementCount } from '../src/engine/graph/node.ts'
import { noiseImage } from '../src/engine/image.ts'
import {
  type ObjectiveSpec,
  objectiveGraph,
  targetGraph,
  termNames,
} from '../src/engine/losses/objective.ts'
import { createNodeRuntime } from '../src/engine/runtime/ort-node.ts'
import { makeNetwork } from '../src/engine/vgg/features.ts'
import type { VggModel } from '../src/engine/vgg/model.ts'
import { median } from './numbers.ts'
import { runPeer } from './peer.ts'

export interface TimeRow {
  readonly width: number
  readonly height: number
  /** Multiplications and additions of the convolutions, forward and backward. */
  readonly gigaflops: number
  readonly oursSeconds: number
  readonly peerSeconds?: number
}

const WARM_UP = 2
const ROUNDS = 3

/** Ours and the peer take turns, so that a drift of the machine's speed meets both. */
export async function timeEvaluations(
  model: VggModel,
  weights: string,
  sizes: readonly (readonly [number, number])[],
  threads: number,
  evaluations: number,
): Promise<TimeRow[]> {
  const rows: TimeRow[] = []
  for (const [width, height] of sizes) {
    const ours: number[] = []
    const peer: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(...(await timeOurs(model, width, height, threads, evaluations)))
      const measured = runPeer([
        ...['time', '--weights', weights, '--width', String(width), '--height', String(height)],
        ...['--evaluations', String(evaluations), '--threads', String(threads)],
      ])
      if (measured) peer.push(Number(measured.seconds_per_evaluation))
    }
    rows.push({
      width,
      height,
      gigaflops: convolutionFlops(model, width, height) / 1e9,
      oursSeconds: median(ours),
      peerSeconds: peer.length > 0 ? median(peer) : undefined,
    })
  }
  return rows
}

async function timeOurs(
  model: VggModel,
  width: number,
  height: number,
  threads: number,
  count: number,
) {
  const runtime = createNodeRuntime({ device: 'cpu', threads })
  const spec: ObjectiveSpec = {
    width,
    height,
    network: makeNetwork(model, 'average', 'zeros'),
    form: 'neural-style',
    contentLayers: ['relu4_2'],
    styleLayers: ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1'],
    asShown: true,
  }
  const shape = [1, 3, height, width]
  const measure = await runtime.compile(targetGraph(spec))
  const { norms: _, ...targets } = (
    await measure.run({ image: runtime.upload(noiseImage(width, height, 1).data, shape) })
  ).device
  await measure.release()
  const program = await runtime.compile(objectiveGraph(spec), { readBack: ['terms'] })
  const image = runtime.upload(noiseImage(width, height, 2).data, shape)
  const coefficients = new Float32Array(termNames(spec).length).fill(1)
  const into = { gradient: runtime.upload(new Float32Array(elementCount(shape)), shape) }
  const seconds: number[] = []
  for (let i = -WARM_UP; i < count; i++) {
    const started = performance.now()
    await program.run({ image, ...targets, coefficients }, into)
    if (i >= 0) seconds.push((performance.now() - started) / 1000)
  }
  await program.release()
  return seconds
}

/** 2·k²·C_in·C_out·H·W per convolution, twice: forward, and backward to its input. */
function convolutionFlops(model: VggModel, width: number, height: number): number {
  let total = 0
  for (const [name, { shape }] of model.parameters) {
    const halvings = Number(name[4]) - 1
    const pixels = Math.floor(width / 2 ** halvings) * Math.floor(height / 2 ** halvings)
    total += 2 * 2 * shape.reduce((a, b) => a * b, 1) * pixels
  }
  return total
}
