import { afterAll, describe, expect, test } from 'vitest'
import * as b from '../../../src/engine/graph/build.ts'
import { Constant } from '../../../src/engine/graph/constant.ts'
import { gradient } from '../../../src/engine/graph/gradient.ts'
import { type Graph, makeGraph } from '../../../src/engine/graph/node.ts'
import { toOnnx } from '../../../src/engine/graph/onnx.ts'
import { createNodeRuntime } from '../../../src/engine/runtime/ort-node.ts'
import { sampleTensor } from '../../reference/check-gradient.ts'
import { evaluate, type Tensor, tensor } from '../../reference/interpreter.ts'
import { allExamples } from './examples.ts'

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
            b.sumAll(
              b.conv(b.input('x', [1, 3, size, size]), b.constant(weight), undefined, { pad: 1 }),
            ),
            b.constant(bias),
          ),
        }),
      )
    const [small, large] = [build(8), build(512)]
    expect(small.external.map(({ path }) => path)).toEqual(['w'])
    expect(small.external[0]!.constant).toBe(large.external[0]!.constant)
    expect(large.bytes.length).toBeLessThan(1000)
  })

  test('is the same bytes for the same graph', () => {
    const build = () => toOnnx(makeGraph({ y: b.mul(b.input('x', [2]), b.scalar(3)) })).bytes
    expect(build()).toEqual(build())
  })
})
