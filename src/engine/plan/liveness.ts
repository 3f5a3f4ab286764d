/**
 * How many bytes a graph holds at its worst moment, from shapes alone, by playing through what ONNX
 * Runtime does with buffers. It fuses a ReLU into its convolution, walks depth first from the
 * outputs, writes elementwise results over an input that nobody else needs, hands a buffer on to a
 * later tensor of the same type, and frees it after the last of them (its execution planner,
 * `allocation_planner.cc`, 1.30).
 */
import {
  constantOf,
  type Graph,
  isOp,
  type Node,
  type OpName,
  topologicalOrder,
} from '../graph/node.ts'
import { bytesOf, elementCount } from '../graph/tensor-type.ts'

/**
 * How convolutions keep their tensors: `plain` as the graph has them, `blocked` with channels in
 * groups, as the CPU provider does in float32. Where the two meet a tensor exists twice.
 */
export type Layout = 'plain' | 'blocked'

/** Channels of a block with AVX2. With AVX-512 it is 16, which only matters to tensors of 3 channels. */
const BLOCK = 8

/** One tensor that is computed. */
interface Value {
  readonly inputs: Value[]
  readonly bytes: number
  /** Only tensors of one type hand buffers on. */
  readonly type: string
  /** May be written over an input. */
  readonly isElementwise: boolean
  /** ONNX Runtime's number of the node: of a node's inputs, the one with the highest is computed first. */
  readonly rank: number
}

const ELEMENTWISE: ReadonlySet<OpName> = new Set<OpName>([
  ...(['relu', 'step', 'add', 'sub', 'mul', 'div', 'sqrt', 'abs', 'clip'] as const),
])

export interface Liveness {
  /** Bytes of everything computed, outputs included; inputs and constants are not counted. */
  readonly peakBytes: number
  /** Bytes of the largest tensor. */
  readonly largestBytes: number
}

export function liveness(graph: Graph, layout: Layout): Liveness {
  const outputs = lower(graph, layout)
  const order = inOrder(outputs)
  return {
    peakBytes: simulate(order, new Set(outputs)),
    largestBytes: order.reduce((largest, { bytes }) => Math.max(largest, bytes), 0),
  }
}

/** The outputs as ONNX Runtime computes them. A reshaped tensor counts as the tensor that it was made of. */
function lower(graph: Graph, layout: Layout): Value[] {
  const order = topologicalOrder(Object.values(graph.outputs))
  const users = new Map<Node, Node[]>()
  for (const node of order) {
    for (const input of node.inputs) {
      const known = users.get(input)
      if (known) known.push(node)
      else users.set(input, [node])
    }
  }
  const fused = new Set(
    order.flatMap(({ op, inputs: [x] }) =>
      op === 'relu' && isOp(x!, 'conv') && users.get(x)!.length === 1 ? [x as Node] : [],
    ),
  )
  const isReadByProduct = (node: Node): boolean =>
    node.inputs[0]!.shape.at(-1) === node.shape.at(-1) &&
    users.get(node)!.every(({ op }) => op === 'matmul' || op === 'transposedMatmul')
  const blocked = new Set<Node>()
  const values = new Map<Node, Value>()
  /** The same values in the other layout. */
  const copies = new Map<Value, Value>()
  const copyOf = (value: Value, rank: number): Value => {
    const known = copies.get(value)
    if (known) return known
    const copy = {
      ...value,
      inputs: [value],
      type: `copy ${value.type}`,
      isElementwise: false,
      rank,
    }
    copies.set(value, copy)
    return copy
  }

  order.forEach((node, index) => {
    if (isOp(node, 'input') || constantOf(node) || fused.has(node)) return
    const [first] = node.inputs
    // A product reads whole rows wherever they lie.
    if (isOp(node, 'reshape') || (isOp(node, 'transpose') && isReadByProduct(node))) {
      const value = values.get(first!)
      if (!value) return
      values.set(node, blocked.has(first!) ? copyOf(value, 2 * order.length + index) : value)
      return
    }
    const operands = fused.has(first!) ? first!.inputs : node.inputs
    const isConv = operands !== node.inputs || isOp(node, 'conv') || isOp(node, 'tiledConv')
    const isBlocked = layout === 'blocked' && (isConv || staysBlocked(node, blocked))
    if (isBlocked) blocked.add(node)
    const inputs = operands.flatMap((operand) => {
      const value = values.get(operand)
      if (!value) return []
      if (blocked.has(operand) === isBlocked) return [value]
      // The first convolution reads its three channels as they are.
      if (isBlocked && operand.shape[1]! < BLOCK) return [value]
      return [copyOf(value, (isBlocked ? 1 : 2) * order.length + index)]
    })
    const [n, c, ...rest] = node.shape
    const shape = isBlocked ? [n!, Math.ceil(c! / BLOCK) * BLOCK, ...rest] : node.shape
    values.set(node, {
      inputs,
      bytes: elementCount(shape) * bytesOf(node.dtype),
      type: `${node.dtype} ${shape} ${isBlocked}`,
      isElementwise: ELEMENTWISE.has(node.op) && !isConv,
      rank: isBlocked || isConv ? order.length + index : index,
    })
  })

  return Object.values(graph.outputs).flatMap((node) => {
    const value = values.get(node)
    if (!value) return []
    return blocked.has(node) ? [copyOf(value, 3 * order.length)] : [value]
  })
}

/** Operators that have a kernel for blocked tensors, where all inputs are blocked. */
function staysBlocked(node: Node, blocked: ReadonlySet<Node>): boolean {
  const OPS: readonly OpName[] = [
    'averagePool',
    'maxPool',
    'upsample',
    'relu',
    'step',
    'add',
    'mul',
  ]
  return OPS.includes(node.op) && node.inputs.every((input) => blocked.has(input))
}

/** Depth first from the outputs; of each node's inputs the one of the highest rank comes first. */
function inOrder(outputs: readonly Value[]): Value[] {
  const order: Value[] = []
  const entered = new Set<Value>()
  const stack = outputs.map((value) => ({ value, isDone: false }))
  while (stack.length > 0) {
    const { value, isDone } = stack.pop()!
    if (isDone) {
      order.push(value)
    } else if (!entered.has(value)) {
      entered.add(value)
      stack.push({ value, isDone: true })
      const inputs = [...value.inputs].sort((a, b) => a.rank - b.rank)
      for (const input of inputs) stack.push({ value: input, isDone: false })
    }
  }
  return order
}

function simulate(order: readonly Value[], outputs: ReadonlySet<Value>): number {
  const usesLeft = new Map<Value, number>()
  for (const { inputs } of order) {
    for (const input of new Set(inputs)) usesLeft.set(input, (usesLeft.get(input) ?? 0) + 1)
  }
  /** First and last step of each buffer. */
  const buffers: {
    readonly bytes: number
    readonly type: string
    readonly from: number
    to: number
  }[] = []
  const bufferOf = new Map<Value, number>()
  const free: number[] = []
  order.forEach((value, step) => {
    const over = value.isElementwise
      ? value.inputs.find(
          (input) =>
            usesLeft.get(input) === 1 && !outputs.has(input) && input.bytes === value.bytes,
        )
      : undefined
    const handed = free.findIndex((index) => buffers[index]!.type === value.type)
    const canReuse = !outputs.has(value)
    const index =
      over && canReuse
        ? bufferOf.get(over)!
        : handed >= 0 && canReuse
          ? free.splice(handed, 1)[0]!
          : buffers.push({ bytes: value.bytes, type: value.type, from: step, to: step }) - 1
    bufferOf.set(value, index)
    buffers[index]!.to = step
    for (const input of new Set(value.inputs)) {
      buffers[bufferOf.get(input)!]!.to = step
      const left = usesLeft.get(input)! - 1
      usesLeft.set(input, left)
      const isTaken = over === input && canReuse
      if (left === 0 && !isTaken && !outputs.has(input)) free.unshift(bufferOf.get(input)!)
    }
    if (!usesLeft.has(value)) free.unshift(index)
  })
  for (const output of outputs) buffers[bufferOf.get(output)!]!.to = order.length

  const change = new Array<number>(order.length + 2).fill(0)
  for (const { bytes, from, to } of buffers) {
    change[from] = change[from]! + bytes
    change[to + 1] = change[to + 1]! - bytes
  }
  let held = 0
  let peak = 0
  for (const difference of change) {
    held += difference
    peak = Math.max(peak, held)
  }
  return peak
}
