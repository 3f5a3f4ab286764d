/**
 * Compute pipelines that a device has made, kept for who asks for the same again. ONNX Runtime
 * forgets them with its last session, after each scale of a run; compiling their shaders anew took
 * most of a short run.
 */

/** What makes a pipeline of a shader's text; each is asked for with a description of plain data. */
const REMEMBERED = [
  'createShaderModule',
  'createBindGroupLayout',
  'createPipelineLayout',
  'createComputePipelineAsync',
] as const satisfies readonly (keyof GPUDevice)[]

/** Of each kind; a picture takes about a hundred, most of them the same at every size. */
const MAX_REMEMBERED = 1000

/** From now on this device answers a description that it has seen with what it made of it then. */
export function rememberPipelines(device: GPUDevice): void {
  /** Stand for objects of the device in descriptions of others. */
  const ids = new WeakMap<object, string>()
  for (const name of REMEMBERED) {
    const make = device[name].bind(device) as (descriptor: object) => object
    const made = new Map<string, object>()
    const remember = (descriptor: object): object => {
      const key = JSON.stringify(descriptor, (_, value) => ids.get(value) ?? value)
      const known = made.get(key)
      if (known) return known
      const result = make(descriptor)
      ids.set(result, `${name} ${nextId++}`)
      made.set(key, result)
      if (made.size > MAX_REMEMBERED) made.delete(made.keys().next().value!)
      if (result instanceof Promise) result.catch(() => made.delete(key))
      return result
    }
    Object.defineProperty(device, name, { value: remember })
  }
}

let nextId = 0
