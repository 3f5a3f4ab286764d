/**
 * Loss by evaluation against PyTorch's L-BFGS on the same images, weights and objective, and the
 * loss of the saved 8-bit picture as PyTorch judges it.
 */
import { mkdir } from 'node:fs/promises'
import { openContent, writeRaster } from '../src/cli/files/index.ts'
import { fitLongEdge, resize } from '../src/engine/image.ts'
import { createNodeRuntime } from '../src/engine/runtime/ort-node.ts'
import { stylize } from '../src/engine/stylize.ts'
import type { VggModel } from '../src/engine/vgg/model.ts'
import { runPeer } from './peer.ts'

export interface OptimiserResult {
  readonly rows: readonly { evaluations: number; ours: number; peer?: number }[]
  readonly reported: number
  /** Loss of the saved picture by the peer's judgement. */
  readonly saved?: number
  readonly peerReported?: number
  readonly peerSaved?: number
}

const SIZE = 256
const EVALUATIONS = 200
const CHECKPOINTS = [25, 50, 100, 200]
/** torch.optim.LBFGS's default history. */
const MEMORY = 100
/** Without total variation, so that both sides' terms are the same to the letter. */
const OBJECTIVES = {
  'neural-style': { contentWeight: 5, styleWeight: 100 },
  normalised: { contentWeight: 1, styleWeight: 50 },
} as const
export type Objective = keyof typeof OBJECTIVES
export const BENCH_OBJECTIVES = Object.keys(OBJECTIVES) as Objective[]

const peerFlags = (objective: Objective): string[] => {
  const { contentWeight, styleWeight } = OBJECTIVES[objective]
  return [
    ...['--objective', objective, '--content-weight', String(contentWeight)],
    ...['--style-weight', String(styleWeight), '--tv-weight', '0', '--pooling', 'avg'],
    ...['--padding', 'zeros'],
  ]
}

export async function compareOptimisers(
  objective: Objective,
  model: VggModel,
  weights: string,
  folder: string,
  threads: number,
): Promise<OptimiserResult> {
  await mkdir(folder, { recursive: true })
  const content = await atSize('samples/mountains.jpg', `${folder}/content.png`)
  const style = await atSize('styles/oil.jpg', `${folder}/style.png`)
  const runtime = createNodeRuntime({ device: 'cpu', threads })
  const result = await stylize(
    content,
    [{ image: style, weight: 1 }],
    {
      size: SIZE,
      minScale: SIZE,
      iterations: [EVALUATIONS],
      ...OBJECTIVES[objective],
      lossForm: objective,
      tvWeight: 0,
      styleLayerWeights: [1],
      pooling: 'average',
      padding: 'zeros',
      lbfgsMemory: MEMORY,
    },
    { runtime, model },
  )
  await writeRaster(result.image, `${folder}/result.png`)
  const files = [
    '--weights',
    weights,
    '--content',
    `${folder}/content.png`,
    '--style',
    `${folder}/style.png`,
  ]
  const peer = runPeer([
    ...['optimise', ...files, ...peerFlags(objective), '--optimizer', 'lbfgs', '--init', 'content'],
    ...[
      '--evaluations',
      String(EVALUATIONS),
      '--memory',
      String(MEMORY),
      '--threads',
      String(threads),
    ],
  ]) as { loss_per_evaluation: number[]; picture: { total: number } } | undefined
  const judged = runPeer([
    'judge',
    ...files,
    '--picture',
    `${folder}/result.png`,
    ...peerFlags(objective),
  ])
  return {
    rows: CHECKPOINTS.map((evaluations) => ({
      evaluations,
      ours: result.evaluations[evaluations - 1]!.total,
      peer: peer?.loss_per_evaluation[evaluations - 1],
    })),
    reported: result.total,
    saved: judged && Number(judged.total),
    peerReported: peer?.loss_per_evaluation.at(-1),
    peerSaved: peer?.picture.total,
  }
}

/** The picture at 256 px as both sides read it: written as PNG, read back. */
async function atSize(path: string, out: string) {
  const { image } = await openContent(path)
  const { width, height } = fitLongEdge(image, SIZE)
  await writeRaster(resize(image, width, height), out)
  return (await openContent(out)).image
}
