import { afterAll, describe, expect, test } from 'vitest'
import * as b from '../../../src/engine/graph/build.ts'
import { Constant } from '../../../src/engine/graph/constant.ts'
import { gradient } from '../../../src/engine/graph/gradient.ts'
import { decodeFloat16, encodeFloat16 } from '../../../src/engine/graph/half.ts'
import { type Graph, makeGraph, topologicalOrder } from '../../../src/engine/graph/node.ts'
import { toOnnx } from '../../../src/engine/graph/onnx.ts'
import { simplify } from '../../../src/engine/graph/simplify.ts'
import { createNodeRuntime } from '../../../src/engine/runtime/ort-node.ts'
import { sampleTensor } from '../../reference/check-gradient.ts'
import { evaluate, type Tensor, tensor } from '../../reference/interpreter.ts'
import { roundFloat16 } from '../../reference/rounding-runtime.ts'
import { allExamples, portableExamples } from './examples.ts'

const runtime = createNodeRuntime({ device: 'cpu', threads: 1 })
afterAll(() => runtime.release())

async function runOnCpu(graph: Graph, inputs: Record<string, Tensor>) {
  const names = Object.keys(graph.outputs)
  const program = await runtime.compile(graph, { readBack: names })
  try {
    const { host } = await program.run(
      Object.fromEntries(
        graph.inputs.map(({ attributes: { name } }) => [
          name,
          Float32Array.from(inputs[name]!.data),
        ]),
      ),
    )
    return host
  } finally {
    await program.release()
  }
}

/** Rounded to what float16 can hold. */
const halves = ({ shape, data }: Tensor): Tensor =>
  tensor(shape, decodeFloat16(encodeFloat16(Float32Array.from(data))))

const nodesOf = (graph: Graph) => topologicalOrder(Object.values(graph.outputs))

// float32 keeps some 6e-8 a step; the largest sums here have 80 terms. float16 keeps 5e-4.
const FLOAT32 = 1e-5
const FLOAT16 = 2e-3

describe('onnxruntime on the CPU computes what the interpreter does', () => {
  test.each(allExamples)('%s', async (_, op, { build, shapes, range }) => {
    const nodes = shapes.map((shape, i) => b.input(`x${i}`, shape))
    const y = build(nodes)
    const loss = b.sumAll(b.mul(y, b.input('weights', y.shape)))
    const gradients = gradient(loss, nodes)
    const graph = makeGraph({
      y,
      ...Object.fromEntries(gradients.map((node, i) => [`gradient of x${i}`, node])),
    })
    const rounded = ({ shape, data }: Tensor) => tensor(shape, Float32Array.from(data))
    const values: Record<string, Tensor> = {
      weights: rounded(sampleTensor(y.shape, { seed: 50 })),
    }
    shapes.forEach((shape, i) => {
      values[`x${i}`] = rounded(sampleTensor(shape, { seed: i + 1, range }))
    })

    const actual = await runOnCpu(graph, values)
    for (const [name, { data }] of Object.entries(evaluate(graph, values))) {
      const scale = Math.max(...data.map(Math.abs))
      expect(actual[name]).toHaveLength(data.length)
      data.forEach((value, i) => {
        const deviation = Math.abs(actual[name]![i]! - value) / scale
        expect(deviation, `${name}[${i}]`).toBeLessThan(op === 'cast' ? FLOAT16 : FLOAT32)
      })
    }
  })
})

describe('in float16 as well', () => {
  test.each(portableExamples.filter(([, op]) => op !== 'step'))('%s', async (_, op, example) => {
    const { build, shapes, range } = example
    const nodes = shapes.map((shape, i) => b.input(`x${i}`, shape))
    const y = b.cast(build(nodes.map((node) => b.cast(node, 'float16'))), 'float32')
    const gradients = gradient(b.sumAll(b.mul(y, y)), nodes)
    const graph = makeGraph({
      y,
      ...Object.fromEntries(gradients.map((node, i) => [`gradient of x${i}`, node])),
    })
    // An input alone and a cast are no operator on float16.
    const isHalf = nodesOf(graph).some((node) => node.op === op && node.dtype === 'float16')
    expect(isHalf || ['input', 'greater'].includes(op)).toBe(true)
    const values = Object.fromEntries(
      shapes.map((shape, i) => [`x${i}`, halves(sampleTensor(shape, { seed: i + 1, range }))]),
    )

    const actual = await runOnCpu(roundFloat16(graph), values)
    const unrounded = await runOnCpu(graph, values)
    for (const [name, { data }] of Object.entries(evaluate(graph, values))) {
      const scale = Math.max(...data.map(Math.abs))
      data.forEach((value, i) => {
        for (const got of [actual, unrounded]) {
          const deviation = Math.abs(got[name]![i]! - value) / scale
          expect(deviation, `${name}[${i}]`).toBeLessThan(FLOAT16)
        }
      })
    }
  })
})

describe('the model', () => {
  const x = b.input('x', [2])

  test('names outputs as the graph does, be they inputs, constants, shared or all three', async () => {
    const y = b.relu(x)
    const graph = makeGraph({
      p: y,
      q: y,
      r: x,
      s: b.constant(new Constant('c', [1], Float32Array.of(7))),
      t: b.abs(y),
    })
    const host = await runOnCpu(graph, { x: tensor([2], [-1, 2]) })
    expect(Object.fromEntries(Object.entries(host).map(([k, v]) => [k, [...v]]))).toEqual({
      p: [0, 2],
      q: [0, 2],
      r: [-1, 2],
      s: [7],
      t: [0, 2],
    })
  })

  test('keeps large constants outside, the same objects for every size', () => {
    const weight = new Constant('w', [64, 3, 3, 3], new Float32Array(1728))
    const bias = new Constant('b', [63], new Float32Array(63))
    const build = (size: number) =>
      toOnnx(
        makeGraph({
          y: b.add(
            b.sumAll(b.conv(b.input('x', [1, 3, size, size]), b.constant(weight), undefined, 1)),
            b.constant(bias),
          ),
        }),
      )
    const [small, large] = [build(8), build(512)]
    expect(small.external.map(({ path }) => path)).toEqual(['w'])
    expect(small.external[0]!.constant).toBe(large.external[0]!.constant)
    expect(large.bytes.length).toBeLessThan(1000)
  })

  test('holds float16 constants in two bytes a value, turned weights too', async () => {
    const values = Float32Array.from({ length: 108 }, (_, i) => (i - 50) / 64)
    const weight = new Constant('w', [4, 3, 3, 3], values).as('float16')
    const turned = b.reverse(b.transpose(b.constant(weight), [1, 0, 2, 3]), [2, 3])
    const x = b.cast(b.input('x', [1, 4, 3, 3]), 'float16')
    const conv = b.conv(x, turned, undefined, 1)
    const graph = simplify(makeGraph({ y: b.cast(conv, 'float32') }))
    const { external } = toOnnx(graph)
    expect(external.map(({ constant }) => [constant.dtype, constant.bytes.length])).toEqual([
      ['float16', 216],
    ])
    const image = sampleTensor([1, 4, 3, 3], { seed: 1 })
    const { y } = await runOnCpu(graph, { x: image })
    const expected = evaluate(graph, { x: image }).y!.data
    expected.forEach((value, i) => {
      expect(Math.abs(y![i]! - value)).toBeLessThan(FLOAT16 * Math.max(...expected))
    })
  })

  test('is the same bytes for the same graph', () => {
    const build = () => toOnnx(makeGraph({ y: b.mul(b.input('x', [2]), b.scalar(3)) })).bytes
    expect(build()).toEqual(build())
  })
})
