/**
 * The operators once more, plainly and in float64: what every runtime and every gradient is
 * compared with. Total over OpName, so a forgotten operator fails to compile. Clarity over speed.
 */
import {
  type Graph,
  type Node,
  type OpName,
  topologicalOrder,
} from '../../src/engine/graph/node.ts'
import { elementCount, type Shape } from '../../src/engine/graph/tensor-type.ts'

/** Row-major values; a bool is 0 or 1, and nothing is rounded to the dtype of its node. */
export interface Tensor {
  readonly shape: Shape
  readonly data: Float64Array
}

export const tensor = (shape: Shape, values: ArrayLike<number>): Tensor => {
  if (values.length !== elementCount(shape)) {
    throw new Error(`expected ${elementCount(shape)} values for [${shape}], got ${values.length}`)
  }
  return { shape, data: Float64Array.from(values) }
}

/** Values of every output. @param inputs by name, each of its input's shape. */
export function evaluate(
  graph: Graph,
  inputs: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  const values = new Map<Node, Tensor>()
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    const operands = node.inputs.map((operand) => values.get(operand)!)
    const rule = interpretations[node.op] as Interpretation<OpName>
    const value = rule(operands, node, inputs)
    if (`${value.shape}` !== `${node.shape}`) {
      throw new Error(
        `${node.op}: the shape rule says [${node.shape}], the values [${value.shape}]`,
      )
    }
    values.set(node, value)
  }
  return Object.fromEntries(
    Object.entries(graph.outputs).map(([name, node]) => [name, values.get(node)!]),
  )
}

type Interpretation<K extends OpName> = (
  operands: readonly Tensor[],
  node: Node<K>,
  inputs: Readonly<Record<string, Tensor>>,
) => Tensor

type Index = readonly number[]

/** The tensor of `value` at every index of `shape`. */
function tabulate(shape: Shape, value: (index: Index) => number): Tensor {
  const data = new Float64Array(elementCount(shape))
  const index = shape.map(() => 0)
  for (let i = 0; i < data.length; i++) {
    data[i] = value(index)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++
      if (index[axis]! < shape[axis]!) break
      index[axis] = 0
    }
  }
  return { shape, data }
}

const at = ({ shape, data }: Tensor, index: Index): number =>
  data[shape.reduce((offset, extent, axis) => offset * extent + index[axis]!, 0)]!

/** The value that broadcasting puts at `index`: axes align at the last, extent 1 repeats. */
const broadcastAt = (x: Tensor, index: Index): number => {
  const own = index.slice(index.length - x.shape.length)
  return at(
    x,
    own.map((position, axis) => (x.shape[axis] === 1 ? 0 : position)),
  )
}

const broadcast = (...shapes: readonly Shape[]): Shape => {
  const rank = Math.max(...shapes.map((shape) => shape.length))
  return Array.from({ length: rank }, (_, axis) => {
    const extents = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1)
    return extents.find((extent) => extent !== 1) ?? 1
  })
}

const elementwise =
  (operation: (...values: number[]) => number) =>
  (operands: readonly Tensor[]): Tensor =>
    tabulate(broadcast(...operands.map(({ shape }) => shape)), (index) =>
      operation(...operands.map((operand) => broadcastAt(operand, index))),
    )

const pool =
  (summary: (values: readonly number[]) => number) =>
  ([x]: readonly Tensor[]): Tensor => {
    const [n, c, h, w] = x!.shape as [number, number, number, number]
    return tabulate([n, c, Math.floor(h / 2), Math.floor(w / 2)], ([i, j, y, z]) =>
      summary(
        [0, 1, 2, 3].map((k) => at(x!, [i!, j!, 2 * y! + Math.floor(k / 2), 2 * z! + (k % 2)])),
      ),
    )
  }

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

const interpretations: { readonly [K in OpName]: Interpretation<K> } = {
  input: (_, { attributes: { name }, shape }, inputs) => {
    const given = inputs[name]
    if (!given) throw new Error(`input "${name}" was not given`)
    return tensor(shape, given.data)
  },
  constant: (_, { attributes: { constant } }) => tensor(constant.shape, constant.data),

  conv: ([x, weight, bias], { attributes: { pads } }) => {
    const [top, left, bottom, right] = pads
    const [n, channels, h, w] = x!.shape as [number, number, number, number]
    const [out, , kernelHeight, kernelWidth] = weight!.shape as [number, number, number, number]
    const shape = [n, out, h + top + bottom - kernelHeight + 1, w + left + right - kernelWidth + 1]
    return tabulate(shape, ([i, o, y, z]) => {
      let value = bias ? bias.data[o!]! : 0
      for (let c = 0; c < channels; c++) {
        for (let ky = 0; ky < kernelHeight; ky++) {
          for (let kx = 0; kx < kernelWidth; kx++) {
            const row = y! + ky - top
            const column = z! + kx - left
            if (row < 0 || row >= h || column < 0 || column >= w) continue
            value +=
              x!.data[((i! * channels + c) * h + row) * w + column]! *
              weight!.data[((o! * channels + c) * kernelHeight + ky) * kernelWidth + kx]!
          }
        }
      }
      return value
    })
  },
  tiledConv: ([x, weight], { shape, attributes: { strides, pads } }) => {
    const [height, width] = x!.shape.slice(2) as [number, number]
    const [kernelHeight, kernelWidth] = weight!.shape.slice(2) as [number, number]
    return tabulate(shape, ([i, o, y, z]) => {
      let value = 0
      for (let ky = 0; ky < kernelHeight; ky++) {
        for (let kx = 0; kx < kernelWidth; kx++) {
          const row = y! * strides[0] + ky - pads[0]
          const column = z! * strides[1] + kx - pads[1]
          if (row < 0 || row >= height || column < 0 || column >= width) continue
          value += at(x!, [i!, 0, row, column]) * at(weight!, [o!, 0, ky, kx])
        }
      }
      return value
    })
  },
  relu: elementwise((x) => Math.max(x!, 0)),
  averagePool: pool((values) => total(values) / 4),
  maxPool: pool((values) => Math.max(...values)),
  upsample: ([x]) => {
    const [n, c, h, w] = x!.shape as [number, number, number, number]
    return tabulate([n, c, 2 * h, 2 * w], ([i, j, y, z]) =>
      at(x!, [i!, j!, Math.floor(y! / 2), Math.floor(z! / 2)]),
    )
  },

  add: elementwise((x, y) => x! + y!),
  sub: elementwise((x, y) => x! - y!),
  mul: elementwise((x, y) => x! * y!),
  div: elementwise((x, y) => x! / y!),
  sqrt: elementwise((x) => Math.sqrt(x!)),
  abs: elementwise((x) => Math.abs(x!)),
  clip: (operands, { attributes: { min, max } }) =>
    elementwise((x) => Math.min(max, Math.max(min, x!)))(operands),
  step: elementwise((x) => (x! > 0 ? 1 : 0)),
  greater: elementwise((x, y) => (x! > y! ? 1 : 0)),
  where: elementwise((condition, x, y) => (condition ? x! : y!)),

  sum: ([x], { attributes: { axes } }) => {
    const kept = x!.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]))
    const summed = x!.shape.map((extent, axis) => (axes.includes(axis) ? extent : 1))
    return tabulate(
      kept.map((axis) => x!.shape[axis]!),
      (index) => {
        const start = x!.shape.map((_, axis) =>
          kept.includes(axis) ? index[kept.indexOf(axis)]! : 0,
        )
        let value = 0
        tabulate(summed, (offset) => {
          value += at(
            x!,
            start.map((position, axis) => position + offset[axis]!),
          )
          return 0
        })
        return value
      },
    )
  },
  expand: ([x], { attributes: { shape } }) => tabulate(shape, (index) => broadcastAt(x!, index)),
  reshape: ([x], { attributes: { shape } }) => tensor(shape, x!.data),
  transpose: ([x], { attributes: { permutation } }) =>
    tabulate(
      permutation.map((axis) => x!.shape[axis]!),
      (index) =>
        at(
          x!,
          x!.shape.map((_, axis) => index[permutation.indexOf(axis)]!),
        ),
    ),
  reverse: ([x], { attributes: { axes } }) =>
    tabulate(x!.shape, (index) =>
      at(
        x!,
        index.map((position, axis) =>
          axes.includes(axis) ? x!.shape[axis]! - 1 - position : position,
        ),
      ),
    ),
  slice: ([x], { attributes: { starts, ends } }) =>
    tabulate(
      starts.map((start, axis) => ends[axis]! - start),
      (index) =>
        at(
          x!,
          index.map((position, axis) => position + starts[axis]!),
        ),
    ),
  pad: ([x], { attributes: { before, after, mode } }) =>
    tabulate(
      x!.shape.map((extent, axis) => extent + before[axis]! + after[axis]!),
      (index) => {
        const inner = index.map((position, axis) => position - before[axis]!)
        const nearest = inner.map((position, axis) =>
          Math.min(x!.shape[axis]! - 1, Math.max(0, position)),
        )
        const isInside = inner.every((position, axis) => position === nearest[axis])
        return isInside || mode === 'edge' ? at(x!, nearest) : 0
      },
    ),
  concat: (parts, { attributes: { axis } }) => {
    const shape = parts[0]!.shape.map((extent, other) =>
      other === axis ? total(parts.map((part) => part.shape[axis]!)) : extent,
    )
    return tabulate(shape, (index) => {
      let position = index[axis]!
      const part = parts.find((candidate) => {
        if (position < candidate.shape[axis]!) return true
        position -= candidate.shape[axis]!
        return false
      })!
      return at(
        part,
        index.map((value, other) => (other === axis ? position : value)),
      )
    })
  },
  matmul: ([x, y]) => {
    const inner = x!.shape.at(-1)!
    const batch = broadcast(x!.shape.slice(0, -2), y!.shape.slice(0, -2))
    return tabulate([...batch, x!.shape.at(-2)!, y!.shape.at(-1)!], (index) => {
      const lead = index.slice(0, -2)
      const [row, column] = index.slice(-2) as [number, number]
      return total(
        range(inner).map(
          (k) => broadcastAt(x!, [...lead, row, k]) * broadcastAt(y!, [...lead, k, column]),
        ),
      )
    })
  },
  transposedMatmul: ([x, y]) => {
    const [inner, rows] = x!.shape.slice(-2) as [number, number]
    const shape = [...x!.shape.slice(0, -2), rows, y!.shape.at(-1)!]
    return tabulate(shape, (index) => {
      const lead = index.slice(0, -2)
      const [row, column] = index.slice(-2) as [number, number]
      return total(
        range(inner).map((k) => at(x!, [...lead, k, row]) * at(y!, [...lead, k, column])),
      )
    })
  },
  gram: ([x]) => {
    const [channels, pixels] = x!.shape as [number, number]
    return tabulate([channels, channels], ([i, j]) =>
      total(range(pixels).map((k) => at(x!, [i!, k]) * at(x!, [j!, k]))),
    )
  },
  cast: ([x]) => x!,
  withSlope: ([value]) => value!,
  wrapConv: ([value]) => value!,
}
