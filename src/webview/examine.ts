/** What the platform offers the page, for the panel's self-test. */

import type { PageFacts } from '../bridge/messages.ts'
import { reasonOf } from '../engine/errors.ts'
import { hostPort } from './port.ts'

/** A file that lies beside the page. */
const SIBLING = 'models.json'
const PATIENCE_MS = 3000

/** Returns a constant vector: valid only where there is SIMD. */
const SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
])

export async function examinePage(): Promise<PageFacts> {
  const { hears = 'nothing', posts = 'nothing' } = hostPort.ways ?? {}
  return {
    hears,
    posts,
    isSecureContext: window.isSecureContext,
    gpu: await told(describeGpu),
    wasm: await told(async () =>
      WebAssembly.validate(SIMD) ? 'WebAssembly with SIMD' : 'WebAssembly without SIMD',
    ),
    worker: await told(runWorker),
    sharedArrayBuffer: typeof SharedArrayBuffer === 'function',
    fetch: await told(async () => {
      const response = await fetch(SIBLING)
      await response.arrayBuffer()
      return 'works'
    }),
    offscreenCanvas: await told(async () => {
      const context = new OffscreenCanvas(2, 2).getContext('2d')
      return context ? 'works' : 'no context'
    }),
    visibility: document.visibilityState,
    longestGapMs: Math.round(longestGapMs),
    userAgent: navigator.userAgent,
  }
}

/** A hidden page's timers may be slowed, or stand still. */
const TICK_MS = 500
let longestGapMs = 0

/** To be called once, when the page begins. */
export function watchTimers(now: () => number = () => performance.now()): void {
  let last = now()
  const tick = (): void => {
    longestGapMs = Math.max(longestGapMs, now() - last)
    last = now()
    setTimeout(tick, TICK_MS)
  }
  setTimeout(tick, TICK_MS)
}

/** Never rejects, and does not wait for ever. */
async function told(ask: () => Promise<string>): Promise<string> {
  const late = new Promise<string>((resolve) =>
    setTimeout(() => resolve(`no answer in ${PATIENCE_MS / 1000} s`), PATIENCE_MS),
  )
  try {
    return await Promise.race([ask(), late])
  } catch (error) {
    return `no: ${reasonOf(error)}`.slice(0, 300)
  }
}

async function describeGpu(): Promise<string> {
  const gpu = (navigator as Partial<Navigator>).gpu
  if (!gpu) return 'no navigator.gpu'
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter) return 'no adapter'
  const { vendor, architecture } = adapter.info
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits
  const features = [...adapter.features].sort().join(' ')
  return `adapter ${vendor} ${architecture}; buffers to ${maxBufferSize}, bound to ${maxStorageBufferBindingSize}; ${features}`
}

function runWorker(): Promise<string> {
  const url = URL.createObjectURL(new Blob(['postMessage(typeof OffscreenCanvas)']))
  return new Promise<string>((resolve, reject) => {
    const worker = new Worker(url)
    worker.onmessage = () => {
      worker.terminate()
      resolve('works')
    }
    worker.onerror = () => reject(new Error('a worker does not start'))
  }).finally(() => URL.revokeObjectURL(url))
}
