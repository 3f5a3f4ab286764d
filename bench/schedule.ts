/**
 * What the schedules of the presets reach for what they cost, on three pairs, against
 * PyTorch's L-BFGS at a single scale. PyTorch's 500 evaluations take an hour a pair: they are kept
 * in schedule/, made by schedule-reference.ts.
 */
import { readFile } from 'node:fs/promises'
import { openContent, writeRaster } from '../src/cli/files/index.ts'
import { loadModel } from '../src/cli/models/store.ts'
import type { StylizeOptions } from '../src/engine/options.ts'
import type { PlanarImage } from '../src/engine/picture/image.ts'
import { PRESETS } from '../src/engine/presets.ts'
import { createNodeRuntime } from '../src/engine/runtime/ort-node.ts'
import type { Runtime } from '../src/engine/runtime/runtime.ts'
import { stylize } from '../src/engine/stylize.ts'
import type { VggModel } from '../src/engine/vgg/model.ts'
import { lattice } from './lattice.ts'
import { OBJECTIVE, PAIRS, type Pair, type PairImages, preparePair } from './pairs.ts'
import type { BenchPart } from './part.ts'

/** A line of schedule/reference.json, one for each pair. */
export interface Reference {
  readonly pair: string
  readonly torch: string
  readonly evaluations: number
  /** Loss of the iterate after so many evaluations. */
  readonly losses: Readonly<Record<string, number>>
}

const FOLDER = 'bench/schedule'
const COMPARED = ['fast', 'default']

export const scheduleBench: BenchPart = {
  name: 'schedule',
  title: 'Schedules, against 500 evaluations of PyTorch',
  async run({ table, print, folder, threads }) {
    const model = await loadModel('vgg16')
    const runtime = createNodeRuntime({ device: 'cpu', threads })
    const references = JSON.parse(
      await readFile(`${FOLDER}/reference.json`, 'utf8'),
    ) as readonly Reference[]
    const rows: (string | number)[][] = []
    for (const pair of PAIRS) {
      const images = await preparePair(pair, `${folder}/schedule`)
      const reference = references.find((candidate) => candidate.pair === pair.name)
      const peer = reference && (await openContent(`${FOLDER}/${pair.name}-pytorch.png`)).image
      const peerLoss = peer && (await judge(peer, pair, images, runtime, model))
      if (reference && peer && peerLoss !== undefined) {
        const iterate = reference.losses[reference.evaluations]!
        rows.push([
          `${pair.name}, ${pair.size} px`,
          `PyTorch L-BFGS, ${reference.evaluations} evaluations`,
          reference.evaluations,
          peerLoss.toFixed(3),
          (peerLoss / iterate).toFixed(3),
          1,
          lattice(peer, 2).toFixed(3),
        ])
      }
      for (const name of COMPARED) {
        const preset = PRESETS.find((candidate) => candidate.name === name)!
        const run = await paint(pair, images, preset.options, runtime, model)
        await writeRaster(run.image, `${folder}/schedule/${pair.name}-${name}.png`)
        const loss = await judge(run.image, pair, images, runtime, model)
        const iterate = reference?.losses[reference.evaluations]
        rows.push([
          `${pair.name}, ${pair.size} px`,
          name,
          run.cost.toFixed(0),
          loss.toFixed(3),
          iterate ? (loss / iterate).toFixed(3) : '–',
          peerLoss ? (loss / peerLoss).toFixed(3) : '–',
          lattice(run.image, 2).toFixed(3),
        ])
      }
    }
    await runtime.release()
    table(
      [
        'pair',
        'schedule',
        'cost in full-size evaluations',
        'loss of the picture',
        '/ PyTorch’s iterate',
        '/ PyTorch’s picture',
        'lattice, period 2',
      ],
      rows,
    )
    print(
      'Losses are those of the 8-bit picture under the default objective with Gram matrices and a total variation weight of 60. PyTorch’s iterate leaves the range of colours, so that its picture, clamped, has a higher loss than it reports.',
    )
  },
}

async function paint(
  { size }: Pair,
  { content, style }: PairImages,
  options: Partial<StylizeOptions>,
  runtime: Runtime,
  model: VggModel,
) {
  const settings = { ...options, styleLoss: OBJECTIVE.styleLoss, size }
  const result = await stylize(content, [{ image: style, weight: 1 }], settings, { runtime, model })
  const { scales, work } = result.plan
  // The finest scale compares every layer.
  return { image: result.image, cost: work / scales.at(-1)!.work }
}

/** Loss of a picture as it is, at full size with every layer. */
async function judge(
  picture: PlanarImage,
  { size }: Pair,
  { content, style }: PairImages,
  runtime: Runtime,
  model: VggModel,
): Promise<number> {
  const { evaluations } = await stylize(
    content,
    [{ image: style, weight: 1 }],
    { ...OBJECTIVE, size, minScale: size, iterations: [1], init: 'image' },
    { runtime, model, initImage: eightBit(picture) },
  )
  return evaluations[0]!.total
}

const eightBit = ({ width, height, data }: PlanarImage): PlanarImage => ({
  width,
  height,
  data: data.map((value) => Math.round(value * 255) / 255),
})
