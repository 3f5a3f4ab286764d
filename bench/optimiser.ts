/**
 * Loss against evaluations and seconds, ours and PyTorch's L-BFGS and Adam on the same images,
 * weights and objective; and the loss of the saved 8-bit picture as PyTorch judges it.
 */
import { createRuntime } from '../src/cli/devices.ts'
import { openContent, writeRaster } from '../src/cli/files/index.ts'
import { loadModel } from '../src/cli/models/store.ts'
import { type PlanarImage, resize } from '../src/engine/picture/image.ts'
import { fitLongEdge } from '../src/engine/picture/pyramid.ts'
import { stylize } from '../src/engine/stylize.ts'
import type { VggModel } from '../src/engine/vgg/model.ts'
import { lineChart } from './chart.ts'
import { figure, ratio } from './numbers.ts'
import type { Bench, BenchPart } from './part.ts'
import { runPeer } from './peer.ts'

const SIZE = 256
const EVALUATIONS = 200
const CHECKPOINTS = [25, 50, 100, 200]
/** torch.optim.LBFGS's default history. */
const MEMORY = 100
const WEIGHTS_FILE = 'models/vgg16.safetensors'
/** Without total variation, so that both sides' terms are the same to the letter. */
const OBJECTIVES = {
  'neural-style': { contentWeight: 5, styleWeight: 100 },
  normalised: { contentWeight: 1, styleWeight: 50 },
} as const
type Objective = keyof typeof OBJECTIVES
const OPTIMIZERS = { lbfgs: 'L-BFGS', adam: 'Adam' } as const
type Optimizer = keyof typeof OPTIMIZERS

/** A run of one side. */
interface Run {
  readonly name: string
  /** After each evaluation. */
  readonly losses: readonly number[]
  readonly seconds: readonly number[]
  readonly reported: number
  /** Loss of the saved picture by the peer's judgement. */
  readonly saved?: number
}

export const optimiser: BenchPart = {
  name: 'optimiser',
  title: `Loss by evaluation and by second, ${SIZE} px, CPU`,
  async run(bench) {
    const model = await loadModel('vgg16')
    const content = await atSize('samples/mountains.jpg', `${bench.folder}/content.png`)
    const style = await atSize('styles/oil.jpg', `${bench.folder}/style.png`)
    bench.print(
      `VGG16, samples/mountains.jpg and styles/oil.jpg, from the content, average pooling, no total variation, one scale, L-BFGS memory ${MEMORY} on both sides, PyTorch's Adam at its learning rate of ${TORCH_ADAM_RATE}, ours at its default. PyTorch minimises the unclamped image, ours the picture as shown.`,
    )
    for (const objective of Object.keys(OBJECTIVES) as Objective[]) {
      const runs: Run[] = []
      for (const optimizer of Object.keys(OPTIMIZERS) as Optimizer[]) {
        runs.push(await runOurs(bench, objective, optimizer, model, content, style))
        const peer = runTorch(bench, objective, optimizer)
        if (peer) runs.push(peer)
      }
      await report(bench, objective, runs)
    }
  },
}

const TORCH_ADAM_RATE = 0.02

async function report(bench: Bench, objective: Objective, runs: readonly Run[]): Promise<void> {
  bench.print(`### The ${objective} objective`)
  const peerOf = ({ name }: Run): Run | undefined =>
    runs.find((run) => run.name === name.replace('ours', 'PyTorch'))
  const ours = runs.filter(({ name }) => name.startsWith('ours'))
  bench.table(
    [
      'evaluations',
      ...ours.flatMap(({ name }) => [name, name.replace('ours', 'PyTorch'), 'ratio']),
    ],
    CHECKPOINTS.map((evaluations) => [
      evaluations,
      ...ours.flatMap((run) => {
        const [loss, theirs] = [run.losses[evaluations - 1], peerOf(run)?.losses[evaluations - 1]]
        return [figure(loss, 4), figure(theirs, 4), ratio(loss, theirs)]
      }),
    ]),
  )
  bench.table(
    ['run', 'seconds', 'reported loss', 'loss of the saved picture', 'saved / reported'],
    runs.map(({ name, seconds, reported, saved }) => [
      name,
      figure(seconds.at(-1)),
      figure(reported, 4),
      figure(saved, 4),
      ratio(saved, reported),
    ]),
  )
  for (const [by, label] of [
    ['evaluations', 'evaluations'],
    ['seconds', 's'],
  ] as const) {
    const title = `Loss by ${by}, ${objective} objective, ${SIZE} px, ${bench.threads} threads`
    const series = runs.map(({ name, losses, seconds }) => ({
      name,
      isDashed: name.startsWith('PyTorch'),
      points: losses.map((loss, i) => [by === 'seconds' ? seconds[i]! : i + 1, loss] as const),
    }))
    // PyTorch's first steps may lead so far away that nothing else could be seen.
    const y = { label: 'loss', isLog: true, max: 2 * runs[0]!.losses[0]! }
    const chart = { title, x: { label }, y, series }
    await bench.picture(`optimiser-${objective}-${by}`, title, lineChart(chart))
  }
}

const nameOf = (side: 'ours' | 'PyTorch', optimizer: Optimizer): string =>
  `${side}, ${OPTIMIZERS[optimizer]}`

async function runOurs(
  { folder, threads }: Bench,
  objective: Objective,
  optimizer: Optimizer,
  model: VggModel,
  content: PlanarImage,
  style: PlanarImage,
): Promise<Run> {
  const runtime = await createRuntime('cpu', String(threads))
  const seconds: number[] = []
  const result = await stylize(
    content,
    [{ image: style, weight: 1 }],
    {
      size: SIZE,
      minScale: SIZE,
      iterations: [EVALUATIONS],
      shiftShare: 0,
      ...OBJECTIVES[objective],
      lossForm: objective,
      styleLoss: 'gram',
      tvWeight: 0,
      styleLayerWeights: [1],
      styleDepth: [5],
      pooling: 'average',
      padding: 'zeros',
      precision: 'float32',
      optimizer,
      lbfgsMemory: MEMORY,
    },
    { runtime, model, onProgress: (progress) => void seconds.push(progress.seconds) },
  )
  await runtime.release()
  const picture = `${folder}/optimiser-ours-${objective}-${optimizer}.png`
  await writeRaster(result.image, picture)
  const judged = runPeer(['judge', ...pictures(folder), '--picture', picture, ...flags(objective)])
  return {
    name: nameOf('ours', optimizer),
    losses: result.evaluations.map(({ total }) => total),
    seconds,
    reported: result.total,
    saved: judged && Number(judged.total),
  }
}

function runTorch(
  { folder, threads }: Bench,
  objective: Objective,
  optimizer: Optimizer,
): Run | undefined {
  const run = runPeer([
    ...['optimise', ...pictures(folder), ...flags(objective), '--optimizer', optimizer],
    ...['--init', 'content', '--evaluations', String(EVALUATIONS), '--memory', String(MEMORY)],
    ...['--threads', String(threads)],
    ...(optimizer === 'adam' ? ['--lr', String(TORCH_ADAM_RATE)] : []),
  ]) as
    | {
        readonly loss_per_evaluation: readonly number[]
        readonly seconds_until_evaluation: readonly number[]
        readonly picture: { readonly total: number }
      }
    | undefined
  return (
    run && {
      name: nameOf('PyTorch', optimizer),
      losses: run.loss_per_evaluation,
      seconds: run.seconds_until_evaluation,
      reported: run.loss_per_evaluation.at(-1)!,
      saved: run.picture.total,
    }
  )
}

const pictures = (folder: string): string[] => [
  ...['--weights', WEIGHTS_FILE, '--content', `${folder}/content.png`],
  ...['--style', `${folder}/style.png`],
]

const flags = (objective: Objective): string[] => {
  const { contentWeight, styleWeight } = OBJECTIVES[objective]
  return [
    ...['--objective', objective, '--content-weight', String(contentWeight)],
    ...['--style-weight', String(styleWeight), '--tv-weight', '0'],
    ...['--pooling', 'avg', '--padding', 'zeros'],
  ]
}

/** The picture at 256 px as both sides read it: written as PNG, read back. */
async function atSize(path: string, out: string): Promise<PlanarImage> {
  const { image } = await openContent(path)
  const { width, height } = fitLongEdge(image, SIZE)
  await writeRaster(resize(image, width, height), out)
  return (await openContent(out)).image
}
