/** ONNX Runtime in Node: its CPU provider, and WebGPU where the machine has a GPU. */
import './no-telemetry.ts'
import { constants } from 'node:buffer'
import { cpus } from 'node:os'
import * as ort from 'onnxruntime-node'
import { OptionError } from '../errors.ts'
import type { ModelRuntime } from './model.ts'
import { hostMemory, makeOrtRuntime } from './ort.ts'

interface NodeRuntimeOptions {
  readonly device: 'cpu' | 'webgpu'
  /** Threads within an operator; default: one a core. */
  readonly threads?: number
}

/**
 * Microseconds that a graph's threads wait for work before they sleep. By default they wait for tens
 * of milliseconds, on cores that the next graph and JavaScript then lack: an L-BFGS iteration at
 * 512 px (two threads, two cores) took 1.88 s of processor time in place of 1.6.
 */
const SPIN_US = '200'

export function createNodeRuntime({ device, threads }: NodeRuntimeOptions): ModelRuntime {
  const known = ort.listSupportedBackends().map(({ name }) => name)
  if (!known.includes(device)) {
    throw new OptionError(`device "${device}": onnxruntime-node here offers ${known.join(', ')}`)
  }
  const [processor] = cpus()
  return makeOrtRuntime({
    device,
    description: `onnxruntime-node ${ort.env.versions.node ?? ''} ${device}, ${processor?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores`,
    ort,
    sessionOptions: {
      executionProviders: [device],
      graphOptimizationLevel: 'all',
      // With a memory pattern, that of the first run would be kept as one block beside the chunks
      // it was learnt from: a third more memory, no time gained. Without an arena a run takes a
      // quarter longer.
      enableMemPattern: false,
      intraOpNumThreads: threads ?? 0,
      extra: { session: { intra_op: { spin_duration_us: SPIN_US } } },
      logSeverityLevel: 3,
    },
    float16: device === 'cpu' ? 'slow' : 'none',
    memory: hostMemory(ort, constants.MAX_LENGTH),
  })
}
