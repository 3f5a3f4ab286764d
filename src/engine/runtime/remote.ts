/** A runtime in another thread that looks like one of this: the end that asks. */

import { RuntimeError } from '../errors.ts'
import type { Shape } from '../graph/tensor-type.ts'
import { lowered } from './lowered.ts'
import { toModel } from './model.ts'
import type { Answer, Call, Command, Greeting, RemotePort } from './remote-messages.ts'
import type { DeviceTensor, Program, Runtime, TensorDtype } from './runtime.ts'

interface RemoteTensor extends DeviceTensor {
  readonly id: number
}

/**
 * @param port its other end is given to `serveRuntime`.
 * @param lost settles when the other thread is gone: whoever waits for it is told then, and whoever
 * asks later.
 * @param end ends the other thread.
 * @throws RuntimeError when the runtime does not start.
 */
export async function connectRuntime(
  port: RemotePort,
  lost: Promise<RuntimeError>,
  end: () => void,
): Promise<Runtime> {
  type Result = Extract<Answer, { result: unknown }>['result']
  const waiting: { resolve(result: Result): void; reject(error: RuntimeError): void }[] = []
  /** Names of constants that the other thread has. */
  const sent = new Set<string>()
  let ids = 0
  let failed: RuntimeError | undefined

  const fail = (error: RuntimeError): void => {
    failed ??= error
    for (const { reject } of waiting.splice(0)) reject(failed)
  }
  void lost.then(fail)
  const greeting = await new Promise<Greeting>((resolve, reject) => {
    waiting.push({ resolve: () => {}, reject })
    port.onmessage = ({ data }: MessageEvent<Greeting | Answer>) => {
      const next = waiting.shift()
      if ('error' in data) next?.reject(new RuntimeError(data.error.message, data.error))
      else if ('result' in data) next?.resolve(data.result)
      else resolve(data)
    }
  })
  const tell = (command: Command, transfer?: Transferable[]): void => {
    if (failed) throw failed
    port.postMessage(command, transfer)
  }
  const ask = <T>(call: Call): Promise<T> =>
    new Promise((resolve, reject) => {
      if (failed) {
        reject(failed)
        return
      }
      waiting.push({ resolve: resolve as (result: Result) => void, reject })
      port.postMessage(call)
    })

  const tensorOf = (shape: Shape, dtype: TensorDtype): RemoteTensor => {
    const id = ids++
    let isReleased = false
    return {
      id,
      shape,
      dtype,
      release() {
        if (isReleased || failed) return
        isReleased = true
        tell({ do: 'releaseTensor', tensor: id })
      },
    }
  }
  const idOf = (tensor: DeviceTensor): number => (tensor as RemoteTensor).id

  return {
    ...greeting,
    allocate(shape, dtype = 'float32') {
      const tensor = tensorOf(shape, dtype)
      tell({ do: 'allocate', tensor: tensor.id, shape, dtype })
      return tensor
    },
    upload(data, shape) {
      const tensor = tensorOf(shape, 'float32')
      tell({ do: 'upload', tensor: tensor.id, shape, data })
      return tensor
    },
    download: (tensor) => ask({ do: 'download', tensor: idOf(tensor) }),
    copyRect(from, fromCorner, to, toCorner, size) {
      tell({ do: 'copyRect', from: idOf(from), fromCorner, to: idOf(to), toCorner, size })
    },
    compile: async (graph, options) =>
      compileAsIs(await lowered(graph, greeting.device, compileAsIs), options),
    async release() {
      fail(new RuntimeError(`${greeting.device}: was released`))
      end()
    },
  }

  async function compileAsIs(
    ...[graph, options]: Parameters<Runtime['compile']>
  ): Promise<Program> {
    const { model, constants } = toModel(graph, options?.readBack)
    for (const [name, { bytes }] of constants) {
      if (sent.has(name)) continue
      tell({ do: 'keepConstant', name, bytes })
      sent.add(name)
    }
    const program = ids++
    await ask({ do: 'open', program, model, constants: [...constants.keys()] })
    return programOf(program, model.outputs, model.readBack)
  }

  function programOf(
    program: number,
    types: Readonly<Record<string, { readonly shape: Shape; readonly dtype: TensorDtype }>>,
    readBack: readonly string[],
  ): Program {
    const onDevice = Object.entries(types).filter(([name]) => !readBack.includes(name))
    return {
      async run(inputs, into = {}) {
        const device: Record<string, DeviceTensor> = {}
        for (const [name, { shape, dtype }] of onDevice) {
          device[name] = into[name] ?? tensorOf(shape, dtype)
        }
        const host = await ask<Record<string, Float32Array>>({
          do: 'run',
          program,
          inputs: mapValues(inputs, (value) =>
            value instanceof Float32Array ? value : idOf(value),
          ),
          outputs: mapValues(device, idOf),
        })
        return { host, device }
      },
      // Whatever is asked next comes after this, so there is nothing to wait for.
      async release() {
        if (!failed) tell({ do: 'releaseProgram', program })
      },
    }
  }
}

const mapValues = <A, B>(
  record: Readonly<Record<string, A>>,
  map: (value: A) => B,
): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
