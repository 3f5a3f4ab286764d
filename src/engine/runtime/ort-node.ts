/** ONNX Runtime in Node: its CPU provider, and WebGPU where the machine has a GPU. */
import { cpus } from 'node:os'
import * as ort from 'onnxruntime-node'
import { OptionError } from '../errors.ts'
import { hostMemory, makeOrtRuntime } from './ort.ts'
import type { Runtime } from './runtime.ts'

export interface NodeRuntimeOptions {
  readonly device: 'cpu' | 'webgpu'
  /** Threads within an operator; default: one a core. */
  readonly threads?: number
}

export function createNodeRuntime({ device, threads }: NodeRuntimeOptions): Runtime {
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
      intraOpNumThreads: threads ?? 0,
      logSeverityLevel: 3,
    },
    memory: hostMemory(ort),
  })
}
