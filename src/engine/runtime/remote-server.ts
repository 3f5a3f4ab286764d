/** Serves a runtime to another thread: the end that is in the worker. */
import { RuntimeError, reasonOf } from '../errors.ts'
import { failureOf } from './failure.ts'
import type { ModelRuntime } from './model.ts'
import { makeQueue } from './queue.ts'
import type { Answer, Call, Command, Greeting, RemotePort } from './remote-messages.ts'
import type { DeviceTensor, Program } from './runtime.ts'

export function serveRuntime(port: RemotePort, runtime: ModelRuntime): void {
  const tensors = new Map<number, DeviceTensor>()
  const programs = new Map<number, Program>()
  const constants = new Map<string, { readonly bytes: Uint8Array }>()
  const tensor = (id: number): DeviceTensor => known(tensors, id, 'tensor')
  const inOrder = makeQueue()
  /** The failure of a command that nobody waits for; the next call reports it. */
  let failure: { readonly error: unknown } | undefined

  const obey = async (command: Command): Promise<void> => {
    switch (command.do) {
      case 'allocate':
        tensors.set(command.tensor, runtime.allocate(command.shape, command.dtype))
        return
      case 'upload':
        tensors.set(command.tensor, runtime.upload(command.data, command.shape))
        return
      case 'releaseTensor':
        tensors.get(command.tensor)?.release()
        tensors.delete(command.tensor)
        return
      case 'copyRect': {
        const { from, fromCorner, to, toCorner, size } = command
        runtime.copyRect(tensor(from), fromCorner, tensor(to), toCorner, size)
        return
      }
      case 'releaseProgram': {
        const program = programs.get(command.program)
        programs.delete(command.program)
        await program?.release()
        return
      }
      case 'keepConstant':
        constants.set(command.name, { bytes: command.bytes })
    }
  }

  const answer = async (call: Call): Promise<Answer> => {
    if (failure) {
      const { error } = failure
      failure = undefined
      throw error
    }
    switch (call.do) {
      case 'download':
        return { result: await runtime.download(tensor(call.tensor)) }
      case 'open': {
        const named = new Map(
          call.constants.map((name) => [name, known(constants, name, 'constant')]),
        )
        programs.set(call.program, await runtime.open(call.model, named))
        return { result: undefined }
      }
      case 'run': {
        const inputs: Record<string, DeviceTensor | Float32Array> = {}
        for (const [name, value] of Object.entries(call.inputs)) {
          inputs[name] = typeof value === 'number' ? tensor(value) : value
        }
        const into: Record<string, DeviceTensor> = {}
        for (const [name, id] of Object.entries(call.outputs)) {
          const there = tensors.get(id)
          if (there) into[name] = there
        }
        const { host, device } = await known(programs, call.program, 'program').run(inputs, into)
        for (const [name, id] of Object.entries(call.outputs)) tensors.set(id, device[name]!)
        return { result: host }
      }
    }
  }

  port.onmessage = ({ data }: MessageEvent<Command | Call>) => {
    void inOrder(async () => {
      if (isCommand(data)) {
        try {
          await obey(data)
        } catch (error) {
          failure ??= { error }
        }
        return
      }
      const reply = await answer(data).catch(toAnswer)
      port.postMessage(reply, buffersOf(reply))
    })
  }
  const { device, description, float16, maxTensorBytes } = runtime
  const greeting: Greeting = { device, description, float16, maxTensorBytes }
  port.postMessage(greeting)
}

const COMMANDS: ReadonlySet<string> = new Set<Command['do']>([
  'allocate',
  'upload',
  'releaseTensor',
  'copyRect',
  'releaseProgram',
  'keepConstant',
])
const isCommand = (message: Command | Call): message is Command => COMMANDS.has(message.do)

function known<K, V>(map: ReadonlyMap<K, V>, key: K, what: string): V {
  const value = map.get(key)
  if (value === undefined) throw new RuntimeError(`internal: there is no ${what} "${key}"`)
  return value
}

/** What a runtime threw, as far as it can travel. */
export function toAnswer(error: unknown): Answer {
  const failure = error instanceof RuntimeError ? error.failure : failureOf(error)
  return { error: { message: reasonOf(error), failure } }
}

/** Arrays that were made for the answer move instead of being copied. */
function buffersOf(answer: Answer): Transferable[] {
  if ('error' in answer || !answer.result) return []
  const { result } = answer
  const arrays = result instanceof Float32Array ? [result] : Object.values(result)
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))]
}
