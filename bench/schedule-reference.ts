/**
 * `PYTHON=… node --import tsx bench/schedule-reference.ts [pair …]`: makes the pictures and losses
 * that schedule.ts compares with, by PyTorch's L-BFGS under the default objective. Hours on a CPU.
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { resolveOptions } from '../src/engine/options.ts'
import { OBJECTIVE, PAIRS, preparePair } from './pairs.ts'
import { runPeer } from './peer.ts'
import type { Reference } from './schedule.ts'

const FOLDER = 'bench/schedule'
const FILE = `${FOLDER}/reference.json`
const EVALUATIONS = 500
const CHECKPOINTS = [25, 50, 75, 100, 150, 200, 300, 400, 500]
const MEMORY = 100

const wanted = process.argv.slice(2)
await mkdir(FOLDER, { recursive: true })
for (const pair of PAIRS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const { contentFile, styleFile } = await preparePair(pair, 'out/bench/schedule')
  const out = `out/bench/schedule/${pair.name}-pytorch.png`
  const result = runPeer([
    ...['optimise', '--weights', 'models/vgg16.safetensors', '--out', out],
    ...['--content', contentFile, '--style', styleFile, ...objectiveFlags()],
    ...['--evaluations', String(EVALUATIONS), '--memory', String(MEMORY)],
  ]) as { loss_per_evaluation: number[]; settings: { torch: string } } | undefined
  if (!result) throw new Error('PYTHON: expected a Python that has PyTorch')
  const reference: Reference = {
    pair: pair.name,
    torch: result.settings.torch,
    evaluations: EVALUATIONS,
    losses: Object.fromEntries(
      CHECKPOINTS.map((count) => [count, result.loss_per_evaluation[count - 1]!]),
    ),
  }
  await copyFile(out, `${FOLDER}/${pair.name}-pytorch.png`)
  const others = ((await readFile(FILE, 'utf8').then(JSON.parse, () => [])) as Reference[]).filter(
    ({ pair: name }) => name !== pair.name,
  )
  await writeFile(FILE, `${JSON.stringify([...others, reference], null, 2)}\n`)
}

/** The objective in the peer's words. */
function objectiveFlags(): string[] {
  const options = resolveOptions(OBJECTIVE)
  const { styleLayers, styleLayerWeights, contentLayers } = options
  const layers = styleLayers.map(
    (layer, i) => `${layer}:${styleLayerWeights[Math.min(i, styleLayerWeights.length - 1)]}`,
  )
  return [
    ...['--objective', options.lossForm, '--pooling', 'avg', '--padding', options.padding],
    ...['--content-weight', String(options.contentWeight)],
    ...['--style-weight', String(options.styleWeight), '--tv-weight', String(options.tvWeight)],
    ...['--content-layers', contentLayers.join(), '--style-layers', layers.join()],
  ]
}
