/** Inside Chromium: ours and TensorFlow.js on one backend, racing; and what ours asks of the GPU. */
import type { StylizeOptions } from '../src/engine/options.ts'
import { createWasmRuntime } from '../src/engine/runtime/ort-wasm.ts'
import { createWebRuntime } from '../src/engine/runtime/ort-web.ts'
import type { Runtime } from '../src/engine/runtime/runtime.ts'
import { stylize } from '../src/engine/stylize.ts'
import { memorySource } from '../src/engine/vgg/byte-source.ts'
import type { VggModel } from '../src/engine/vgg/model.ts'
import { readVgg } from '../src/engine/vgg/read-vgg.ts'
import { startWorkers } from '../src/webview/workers.ts'
import { countGpu, type GpuCounts } from '../test/browser/count-gpu.ts'
import {
  type Contender,
  type Evaluation,
  noiseProblem,
  ourContender,
  type Problem,
} from './contender.ts'
import { openTfjs, startTfjs } from './peer-tfjs/backend.ts'
import { type Rounds, race, type Seconds } from './race.ts'

export type Provider = 'wasm' | 'webgpu'
/** A weights file that the page is served. */
export type NetworkFile = 'vgg16' | 'vgg19-tiny'

export interface Adapter {
  readonly name: string
  /** Computes on the processor. */
  readonly isSoftware: boolean
}

/** What one iteration asked of the GPU, and the buffers that it left. */
interface IterationTraffic extends GpuCounts {
  readonly iteration: number
}

const fetchBytes = async (path: string): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(path)).arrayBuffer())

const readNetwork = async (network: NetworkFile): Promise<VggModel> =>
  readVgg(memorySource(network, await fetchBytes(`/${network}.safetensors`)))

const runtimes: { [P in Provider]?: Runtime } = {}
async function runtimeOn(device: Provider): Promise<Runtime> {
  runtimes[device] ??=
    device === 'wasm'
      ? await createWasmRuntime(await fetchBytes('/ort-worker.wasm'))
      : await createWebRuntime({ wasmBinary: await fetchBytes('/ort.wasm') })
  return runtimes[device]
}

const opened = new Map<number, { readonly contender: Contender; readonly runtime?: Runtime }>()

export const evaluationPage = {
  async adapter(): Promise<Adapter | undefined> {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' })
    if (!adapter) return undefined
    const { vendor, architecture, device, description } = adapter.info
    const name = [vendor, architecture, device, description].filter(Boolean).join(' ') || 'unnamed'
    return { name, isSoftware: /swiftshader|llvmpipe|basic render/i.test(name) }
  },

  /** Seconds per evaluation of those contenders that are named. */
  async race(
    provider: Provider,
    network: NetworkFile,
    size: number,
    names: { readonly ours?: string; readonly stock?: string; readonly turned?: string },
    rounds: Rounds,
  ): Promise<Seconds> {
    const problem: Problem = noiseProblem(await readNetwork(network), size)
    const contenders: Record<string, Contender> = {}
    if (names.ours) contenders[names.ours] = await ourContender(await runtimeOn(provider), problem)
    await startTfjs(provider, '/', 1)
    if (names.stock) contenders[names.stock] = await openTfjs(problem, 'stock')
    if (names.turned) contenders[names.turned] = await openTfjs(problem, 'turned')
    return race(contenders, rounds)
  },

  /** Opens ours in that many workers, or TensorFlow.js, tuned, to take turns with others elsewhere. */
  async open(workers: number, network: NetworkFile, size: number): Promise<void> {
    const problem = noiseProblem(await readNetwork(network), size)
    if (workers === 0) {
      await startTfjs('wasm', '/', 1)
      opened.set(workers, { contender: await openTfjs(problem, 'turned') })
      return
    }
    const wasm = await WebAssembly.compile(
      (await fetchBytes('/ort-worker.wasm')) as Uint8Array<ArrayBuffer>,
    )
    const runtime = await startWorkers({ wasm, script: await fetchBytes('/worker.js') }, workers)
    opened.set(workers, { contender: await ourContender(runtime, problem), runtime })
  },
  evaluate: (workers: number): Promise<Evaluation> => opened.get(workers)!.contender.evaluate(),
  async release(workers: number): Promise<void> {
    const { contender, runtime } = opened.get(workers)!
    opened.delete(workers)
    await contender.release()
    await runtime?.release()
  },

  /** Of every iteration of a run at one scale. */
  async traffic(
    network: NetworkFile,
    size: number,
    optimizer: StylizeOptions['optimizer'],
    iterations: number,
  ): Promise<IterationTraffic[]> {
    const { model, content, style } = noiseProblem(await readNetwork(network), size)
    const runtime = await runtimeOn('webgpu')
    const counter = countGpu()
    const taken: IterationTraffic[] = []
    try {
      await stylize(
        content,
        [{ image: style, weight: 1 }],
        { size, minScale: size, iterations: [iterations], optimizer, lbfgsMemory: 3 },
        {
          runtime,
          model,
          onProgress({ iteration }) {
            taken.push({ iteration, ...counter.take() })
          },
        },
      )
    } finally {
      counter.stop()
    }
    return taken
  },
}

Object.assign(globalThis, { evaluationPage })
