/**
 * Seconds per evaluation, one forward and backward pass of the objective on VGG16, against PyTorch
 * and TensorFlow.js on the same weights, images and losses.
 */
import { createRuntime } from '../src/cli/devices.ts'
import { writeRaster } from '../src/cli/files/index.ts'
import { loadModel } from '../src/cli/models/store.ts'
import type { VggModel } from '../src/engine/vgg/model.ts'
import { findChromium } from '../test/browser/chromium.ts'
import { lineChart } from './chart.ts'
import { type Contender, noiseProblem, ourContender, type Problem, WEIGHTS } from './contender.ts'
import { openEvaluationBrowser } from './evaluation-browser.ts'
import type { NetworkFile, evaluationPage as Page, Provider } from './evaluation-page.ts'
import { figure, ratio } from './numbers.ts'
import type { Bench, BenchPart } from './part.ts'
import { peerContender } from './peer.ts'
import { loadTfjs, wasmFolder } from './peer-tfjs/node.ts'
import { race, raceAtSizes, type SizeRow } from './race.ts'

declare const evaluationPage: typeof Page

export const SIZES = [256, 512, 768, 1024]
/** WebAssembly is some ten times slower. */
const WASM_SIZES = [128, 256, 384, 512]
/** WebGPU in software is some hundred times slower still. */
const SOFTWARE_SIZES = [32, 64]
/** Small sizes get more tries, because other work disturbs short evaluations the most. */
const ROUNDS = { maxRounds: 30, budgetSeconds: 40 }

export const OURS = 'ours'
const PYTORCH = 'PyTorch'
const TFJS = 'TensorFlow.js'
const TFJS_TUNED = 'TensorFlow.js, tuned'

export const evaluation: BenchPart = {
  name: 'evaluation',
  title: 'Seconds per evaluation',
  async run(bench) {
    bench.print(
      'Loss and gradient of a square image on VGG16: content relu4_2, style relu1_1 … relu5_1, total variation, normalised. The fastest of equally many tries each, taken in turns; the losses agree within 0.1 %. A dash: it would take more than a minute an evaluation, or is not installed.',
    )
    const model = await loadModel('vgg16')
    await onCpu(bench, model)
    await onWasmInNode(bench, model)
    if (findChromium()) {
      await inWorkers(bench, model)
      await inChromium(bench)
    } else {
      bench.print('No Chromium was found, so nothing was measured in a browser.')
    }
  },
}

async function onCpu(bench: Bench, model: VggModel): Promise<void> {
  const runtime = await createRuntime('cpu', String(bench.threads))
  const rows = await raceAtSizes(SIZES, [OURS, PYTORCH], (size, names) => {
    const problem = noiseProblem(model, size)
    return raceOf(names, {
      [OURS]: () => ourContender(runtime, problem),
      [PYTORCH]: async () =>
        peerContender(await peerArguments(problem, bench.folder, 'cpu', bench.threads)),
    })
  })
  await runtime.release()
  await report(bench, `CPU in Node, ${bench.threads} threads`, 'evaluation-cpu', [PYTORCH], rows)
  const speeds = rows.flatMap(({ size, seconds }) =>
    seconds[OURS]
      ? [`${(convolutionFlops(model, size) / seconds[OURS] / 1e9).toFixed(0)} at ${size} px`]
      : [],
  )
  bench.print(`Ours in GFLOP/s, convolutions alone counted: ${speeds.join(', ')}.`)
}

async function onWasmInNode(bench: Bench, model: VggModel): Promise<void> {
  const { startTfjs, openTfjs } = await loadTfjs(bench.folder)
  await startTfjs('wasm', wasmFolder, 1)
  const wasm = await createRuntime('wasm')
  const cpu = await createRuntime('cpu', String(bench.threads))
  const onCpu = `ours on cpu, ${bench.threads} threads`
  const rows = await raceAtSizes(WASM_SIZES, [OURS, TFJS, TFJS_TUNED, onCpu], (size, names) => {
    const problem = noiseProblem(model, size)
    return raceOf(names, {
      [OURS]: () => ourContender(wasm, problem),
      [TFJS]: () => openTfjs(problem, 'stock'),
      [TFJS_TUNED]: () => openTfjs(problem, 'turned'),
      [onCpu]: () => ourContender(cpu, problem),
    })
  })
  await wasm.release()
  await cpu.release()
  const heading = 'WebAssembly in Node, 1 thread each'
  await report(bench, heading, 'evaluation-wasm-node', [TFJS, TFJS_TUNED], rows)
  bench.print(
    'The best that either offers in Node (TensorFlow.js has no threads there, and its native package downloads a library when it is installed):',
  )
  bench.table(
    ['px', `${onCpu} s`, `${onCpu} / ${TFJS}`, `${onCpu} / ${TFJS_TUNED}`],
    rows.map(({ size, seconds }) => [
      size,
      figure(seconds[onCpu]),
      ratio(seconds[onCpu], seconds[TFJS]),
      ratio(seconds[onCpu], seconds[TFJS_TUNED]),
    ]),
  )
}

/** As the panel paints on the processor: a page without cross-origin isolation, a worker a core. */
async function inWorkers(bench: Bench, model: VggModel): Promise<void> {
  const { page, close } = await openEvaluationBrowser()
  const cpu = await createRuntime('cpu', String(bench.threads))
  const [one, all, onCpu] = [
    '1 worker',
    `${bench.threads} workers`,
    `cpu, ${bench.threads} threads`,
  ]
  const inPage = async (workers: number, size: number): Promise<Contender> => {
    await page.evaluate((given) => evaluationPage.open(...given), [workers, 'vgg16', size] as const)
    return {
      name: `${workers} workers`,
      evaluate: () => page.evaluate((count) => evaluationPage.evaluate(count), workers),
      release: () => page.evaluate((count) => evaluationPage.release(count), workers),
    }
  }
  try {
    const rows = await raceAtSizes([256, 512], [all, one, onCpu, TFJS_TUNED], (size, names) =>
      raceOf(names, {
        [all]: () => inPage(bench.threads, size),
        [one]: () => inPage(1, size),
        [onCpu]: () => ourContender(cpu, noiseProblem(model, size)),
        [TFJS_TUNED]: () => inPage(0, size),
      }),
    )
    bench.print('### Workers in Chromium, without shared memory')
    const peers = [one, onCpu, TFJS_TUNED]
    bench.table(
      ['px', `${all} s`, ...peers.flatMap((peer) => [`${peer} s`, 'ratio'])],
      rows.map(({ size, seconds }) => [
        size,
        figure(seconds[all]),
        ...peers.flatMap((peer) => [figure(seconds[peer]), ratio(seconds[all], seconds[peer])]),
      ]),
    )
  } finally {
    await cpu.release()
    await close()
  }
}

async function inChromium(bench: Bench): Promise<void> {
  const { page, adapter, close } = await openEvaluationBrowser()
  const raceOn = (provider: Provider, network: NetworkFile, sizes: readonly number[]) =>
    raceAtSizes(sizes, [OURS, TFJS, TFJS_TUNED], (size, able) => {
      const [ours, stock, turned] = [OURS, TFJS, TFJS_TUNED].map((name) =>
        able.includes(name) ? name : undefined,
      )
      return page.evaluate((given) => evaluationPage.race(...given), [
        provider,
        network,
        size,
        { ours, stock, turned },
        ROUNDS,
      ] as const)
    })
  try {
    const heading = 'WebAssembly in Chromium, 1 thread each'
    const onWasm = await raceOn('wasm', 'vgg16', WASM_SIZES)
    await report(bench, heading, 'evaluation-wasm', [TFJS, TFJS_TUNED], onWasm)
    if (!adapter) {
      bench.print('Chromium offers no WebGPU adapter here, not even in software.')
      return
    }
    const onGpu = adapter.isSoftware
      ? await raceOn('webgpu', 'vgg19-tiny', SOFTWARE_SIZES)
      : await raceOn('webgpu', 'vgg16', SIZES)
    const gpuHeading = `WebGPU in Chromium, ${adapter.name}`
    await report(bench, gpuHeading, 'evaluation-webgpu', [TFJS, TFJS_TUNED], onGpu)
    if (adapter.isSoftware) {
      bench.print(
        'This adapter computes in software, on the thin VGG19 of test/golden: it shows that both sides run and agree, not how fast a GPU is.',
      )
    }
  } finally {
    await close()
  }
}

/** A table with a ratio per peer, and the seconds as a picture. */
export async function report(
  bench: Bench,
  heading: string,
  picture: string,
  peers: readonly string[],
  rows: readonly SizeRow[],
): Promise<void> {
  bench.print(`### ${heading}`)
  bench.table(
    ['px', 'ours s', ...peers.flatMap((peer) => [`${peer} s`, `ours / ${peer}`])],
    rows.map(({ size, seconds }) => [
      size,
      figure(seconds[OURS]),
      ...peers.flatMap((peer) => [figure(seconds[peer]), ratio(seconds[OURS], seconds[peer])]),
    ]),
  )
  const series = [OURS, ...peers].map((name) => ({
    name,
    points: rows.flatMap(({ size, seconds }) =>
      seconds[name] ? [[size, seconds[name]] as const] : [],
    ),
  }))
  const title = `Seconds per evaluation: ${heading}`
  await bench.picture(
    picture,
    title,
    lineChart({ title, x: { label: 'px', isLog: true }, y: { label: 's', isLog: true }, series }),
  )
}

/** Opens those that are named, and races them. */
async function raceOf(
  names: readonly string[],
  openers: Readonly<Record<string, () => Promise<Contender | undefined>>>,
) {
  const contenders: Record<string, Contender | undefined> = {}
  for (const name of names) contenders[name] = await openers[name]!()
  return race(contenders, ROUNDS)
}

/** Writes a problem for PyTorch. @returns arguments of `run.py evaluate`. */
export async function peerArguments(
  { content, style, image }: Problem,
  folder: string,
  device: 'cpu' | 'cuda',
  threads: number,
): Promise<string[]> {
  const flags: string[] = []
  for (const [flag, picture] of Object.entries({ content, style, picture: image })) {
    const path = `${folder}/evaluation-${flag}.png`
    await writeRaster(picture, path)
    flags.push(`--${flag}`, path)
  }
  return [
    ...['--weights', 'models/vgg16.safetensors', ...flags],
    ...['--objective', 'normalised', '--content-weight', String(WEIGHTS.content)],
    ...['--style-weight', String(WEIGHTS.style), '--tv-weight', String(WEIGHTS.variation)],
    ...['--device', device, '--threads', String(threads)],
  ]
}

/** 2·k²·C_in·C_out·H·W per convolution, twice: forward, and backward to its input. */
function convolutionFlops(model: VggModel, size: number): number {
  let total = 0
  for (const [name, { shape }] of model.parameters) {
    const pixels = Math.floor(size / 2 ** (Number(name[4]) - 1)) ** 2
    total += 2 * 2 * shape.reduce((a, b) => a * b, 1) * pixels
  }
  return total
}
