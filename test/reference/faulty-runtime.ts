/** A runtime around another that fails at a chosen call, as devices do. */
import { RuntimeError, type RuntimeFailure } from '../../src/engine/errors.ts'
import type { Program, Runtime } from '../../src/engine/runtime/runtime.ts'

interface Fault {
  /** The call that fails, counted from 1 over everything that the runtime is asked for; 0: none. */
  readonly at: number
  /** `memory` and `other` fail once; after `lost` nothing works any more. */
  readonly failure: RuntimeFailure
}

interface FaultyRuntime extends Runtime {
  calls(): number
}

export function makeFaultyRuntime(runtime: Runtime, fault?: Fault): FaultyRuntime {
  let calls = 0
  const call = (where: string): void => {
    calls++
    if (!fault?.at) return
    if (fault.failure === 'lost' ? calls >= fault.at : calls === fault.at) {
      throw new RuntimeError(`made-up failure (${fault.failure}) at ${where}, call ${calls}`, {
        failure: fault.failure,
      })
    }
  }
  return {
    ...runtime,
    calls: () => calls,
    allocate(shape, dtype) {
      call('allocate')
      return runtime.allocate(shape, dtype)
    },
    upload(data, shape) {
      call('upload')
      return runtime.upload(data, shape)
    },
    async download(tensor) {
      call('download')
      return runtime.download(tensor)
    },
    copyRect(...given) {
      call('copyRect')
      runtime.copyRect(...given)
    },
    async compile(graph, options): Promise<Program> {
      call('compile')
      const program = await runtime.compile(graph, options)
      return {
        ...program,
        async run(inputs, into) {
          call('run')
          return program.run(inputs, into)
        },
      }
    },
  }
}
