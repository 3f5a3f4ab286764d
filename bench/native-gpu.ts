/** The WebGPU provider of onnxruntime-node on the machine's GPU, against PyTorch on CUDA. */
import { createRuntime } from '../src/cli/devices.ts'
import { loadModel } from '../src/cli/models/store.ts'
import { type Contender, noiseProblem, ourContender } from './contender.ts'
import { OURS, peerArguments, report, SIZES } from './evaluation.ts'
import type { BenchPart } from './part.ts'
import { peerContender } from './peer.ts'
import { race, raceAtSizes } from './race.ts'

const CUDA = 'PyTorch CUDA'
const ROUNDS = { maxRounds: 20, budgetSeconds: 30 }

export const nativeGpu: BenchPart = {
  name: 'native-gpu',
  title: 'Seconds per evaluation on a GPU without a browser',
  async run(bench) {
    const model = await loadModel('vgg16')
    const runtime = await createRuntime('webgpu')
    try {
      // A provider may exist without a device behind it; the first graph tells.
      await (await ourContender(runtime, noiseProblem(model, 32))).release()
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
      bench.print(`Not measured: no GPU is usable here (${reason}).`)
      await runtime.release()
      return
    }
    const rows = await raceAtSizes(SIZES, [OURS, CUDA], async (size, names) => {
      const problem = noiseProblem(model, size)
      const contenders: Record<string, Contender | undefined> = {
        [OURS]: await ourContender(runtime, problem),
      }
      if (names.includes(CUDA)) {
        const flags = await peerArguments(problem, bench.folder, 'cuda', bench.threads)
        contenders[CUDA] = await peerContender(flags)
      }
      return race(contenders, ROUNDS)
    })
    await report(bench, runtime.description, 'evaluation-native-gpu', [CUDA], rows)
    await runtime.release()
  },
}
