/** TensorFlow.js's backends, in a browser and (wasm) in Node. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import '@tensorflow/tfjs-backend-webgpu'
import type { Problem } from '../contender.ts'
import { type ConvolutionGradient, tfjsContender } from './contender.ts'

type TfjsBackend = 'wasm' | 'webgpu' | 'cpu'

/**
 * @param wasmFolder where `tfjs-backend-wasm*.wasm` lie; ends in a slash.
 * @param threads of wasm, in a page that is cross-origin isolated; elsewhere there is one.
 * @returns false where this machine lacks the backend.
 */
export async function startTfjs(
  backend: TfjsBackend,
  wasmFolder: string,
  threads: number,
): Promise<boolean> {
  if (backend === 'wasm' && !isWasmStarted) {
    isWasmStarted = true
    setWasmPaths(wasmFolder)
    setThreadsCount(threads)
  }
  return tf.setBackend(backend)
}
let isWasmStarted = false

/** On the backend that was started last. */
export async function openTfjs(problem: Problem, gradients: ConvolutionGradient) {
  const contender = await tfjsContender(problem, gradients)
  if (tf.getBackend() !== 'wasm') return contender
  const threads = Math.max(1, getThreadsCount())
  return {
    ...contender,
    name: `${contender.name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
  }
}
