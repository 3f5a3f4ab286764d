/** A runtime around another that knows which tensors and programs were never released. */
import type { DeviceTensor, Runtime } from '../../src/engine/runtime/runtime.ts'

export interface CountingRuntime extends Runtime {
  liveTensors(): number
  livePrograms(): number
  /** Runs of programs that have an output named `gradient`: evaluations of an objective. */
  evaluations(): number
}

export function makeCountingRuntime(runtime: Runtime): CountingRuntime {
  const tensors = new Set<DeviceTensor>()
  let programs = 0
  let evaluations = 0
  const count = (tensor: DeviceTensor): DeviceTensor => {
    if (tensors.has(tensor)) return tensor
    const counted: DeviceTensor = {
      ...tensor,
      release() {
        tensors.delete(counted)
        tensor.release()
      },
    }
    tensors.add(counted)
    return counted
  }
  const checkLive = (used: readonly (DeviceTensor | Float32Array)[]): void => {
    for (const value of used) {
      if (!(value instanceof Float32Array) && !tensors.has(value)) {
        throw new Error('a released tensor is used')
      }
    }
  }
  return {
    ...runtime,
    liveTensors: () => tensors.size,
    livePrograms: () => programs,
    evaluations: () => evaluations,
    allocate: (shape, dtype) => count(runtime.allocate(shape, dtype)),
    upload: (data, shape) => count(runtime.upload(data, shape)),
    copyRect(from, fromCorner, to, toCorner, size) {
      checkLive([from, to])
      runtime.copyRect(from, fromCorner, to, toCorner, size)
    },
    async compile(graph, options) {
      const program = await runtime.compile(graph, options)
      programs++
      return {
        async run(inputs, into = {}) {
          checkLive([...Object.values(inputs), ...Object.values(into)])
          if ('gradient' in graph.outputs) evaluations++
          const { host, device } = await program.run(inputs, into)
          return {
            host,
            device: Object.fromEntries(
              Object.entries(device).map(([name, tensor]) => [name, count(tensor)]),
            ),
          }
        },
        async release() {
          programs--
          await program.release()
        },
      }
    },
  }
}
