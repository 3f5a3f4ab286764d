import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noiseProblem, ourContender } from '../../bench/contender.ts'
import { loadTfjs, wasmFolder } from '../../bench/peer-tfjs/node.ts'
import { createNodeRuntime } from '../../src/engine/runtime/ort-node.ts'
import { memorySource } from '../../src/engine/vgg/byte-source.ts'
import { readVgg } from '../../src/engine/vgg/read-vgg.ts'

test('the TensorFlow.js peer computes our loss and our gradient, both ways', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'impasto-tfjs-'))
  try {
    const bytes = await readFile('test/golden/vgg19-tiny.safetensors')
    const problem = noiseProblem(await readVgg(memorySource('vgg19-tiny', bytes)), 32)
    const ours = await ourContender(createNodeRuntime({ device: 'cpu', threads: 1 }), problem)
    const { total } = await ours.evaluate()
    const gradient = await ours.gradient!()
    const { startTfjs, openTfjs } = await loadTfjs(folder)
    expect(await startTfjs('wasm', wasmFolder, 1)).toBe(true)
    for (const gradients of ['stock', 'turned'] as const) {
      const peer = await openTfjs(problem, gradients)
      const evaluation = await peer.evaluate()
      expect(Math.abs(evaluation.total - total) / total).toBeLessThan(1e-4)
      expect(relativeDistance(await peer.gradient!(), gradient)).toBeLessThan(1e-3)
      await peer.release()
    }
    await ours.release()
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** |a − b|₂ / |b|₂ */
function relativeDistance(a: Float32Array, b: Float32Array): number {
  let difference = 0
  let norm = 0
  b.forEach((value, i) => {
    difference += (a[i]! - value) ** 2
    norm += value ** 2
  })
  return Math.sqrt(difference / norm)
}
