/**
 * One run in a process of its own, so that its peak memory is its own:
 * `memory-run.ts '<options as JSON>' <width> <height>` prints prediction and peak as JSON.
 */
import { loadModel } from '../src/cli/models/store.ts'
import { noiseImage } from '../src/engine/picture/image.ts'
import { createNodeRuntime } from '../src/engine/runtime/ort-node.ts'
import { stylize } from '../src/engine/stylize.ts'
import type { MemoryRun } from './memory.ts'

const [options, width, height] = process.argv.slice(2)
const runtime = createNodeRuntime({ device: 'cpu' })
const { plan } = await stylize(
  noiseImage(Number(width), Number(height), 1),
  [{ image: noiseImage(512, 384, 2), weight: 1 }],
  JSON.parse(options!) as object,
  { runtime, model: await loadModel('vgg16') },
)
await runtime.release()
const { tile, tiles } = plan.scales.at(-1)!
const result: MemoryRun = {
  predictedBytes: plan.predictedBytes,
  // Node reports kilobytes.
  peakBytes: process.resourceUsage().maxRSS * 1024,
  evaluated: tile ? `${tiles} tiles of ${tile.width}×${tile.height}` : 'whole',
}
process.stdout.write(`${JSON.stringify(result)}\n`)
