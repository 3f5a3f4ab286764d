/**
 * Keeps the compute pipelines that a device has made for whoever asks for the same again. ONNX
 * Runtime forgets them with its last session, after each scale of a run; compiling their shaders
 * anew took most of a short run.
 */

/** Methods that make a pipeline out of a shader's text, plain data and objects made before. */
const REMEMBERED = [
  'createShaderModule',
  'createBindGroupLayout',
  'createPipelineLayout',
  'createComputePipelineAsync',
] as const satisfies readonly (keyof GPUDevice)[]

/** A picture takes two or three hundred; most of them are the same at every size. */
const MAX_REMEMBERED = 2000

/** From now on the device answers a description that it has seen before with what it made of it then. */
export function rememberPipelines(device: GPUDevice): void {
  const made = new Map<string, object>()
  /** Numbers that stand for objects of the device in descriptions of others. */
  const ids = new WeakMap<object, string>()
  const idOf = (object: object): string => {
    const id = ids.get(object) ?? `object ${nextId++}`
    ids.set(object, id)
    return id
  }
  for (const name of REMEMBERED) {
    const make = device[name].bind(device) as (descriptor: object) => object
    const remember = (descriptor: object): object => {
      const key =
        name + JSON.stringify(descriptor, (_, value) => (isPlain(value) ? value : idOf(value)))
      const known = made.get(key)
      if (known) return known
      const result = make(descriptor)
      made.set(key, result)
      if (made.size > MAX_REMEMBERED) made.delete(made.keys().next().value!)
      // The fault may lie in what it was made of: after a lack of memory any of that may be
      // invalid.
      if (result instanceof Promise) result.catch(() => made.clear())
      return result
    }
    Object.defineProperty(device, name, { value: remember })
  }
  device.lost.then(
    () => made.clear(),
    () => {},
  )
}

let nextId = 0

const isPlain = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  Array.isArray(value) ||
  Object.getPrototypeOf(value) === Object.prototype
