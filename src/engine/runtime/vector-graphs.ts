/** The graphs of vector arithmetic, for bands of one shape. */

import * as b from '../graph/build.ts'
import { type Graph, makeGraph, type Node } from '../graph/node.ts'
import type { Shape } from '../graph/tensor-type.ts'

/** How many values a row of `rowsOf` has at most: longer sums in float32 lose digits. */
const ROW_VALUES = 16_384

/**
 * The values in rows [R, K], as few rows as possible: each is work that a provider hands to a
 * thread, and short ones cost more to hand out than to do.
 */
const rowsOf = (shape: Shape): [number, number] => {
  const width = shape.at(-1)!
  const lines = shape.slice(0, -1).reduce((a, c) => a * c, 1)
  let together = 1
  for (let count = 2; count * width <= ROW_VALUES && count <= lines; count++) {
    if (lines % count === 0) together = count
  }
  return [lines / together, together * width]
}

/**
 * output: `products` [left·right, 1]. inputs: `left0` … and `right0` …. All products with one left
 * vector come before those with the next. Row by row, the matrix of the right vectors is multiplied
 * by each left one, and the results are summed over rows.
 */
export function productsGraph(shape: Shape, left: number, right: number): Graph {
  const [rows, width] = rowsOf(shape)
  const matrix = b.concat(
    Array.from({ length: right }, (_, j) =>
      b.reshape(b.input(`right${j}`, shape), [rows, 1, width]),
    ),
    1,
  )
  const perRow = Array.from({ length: left }, (_, i) =>
    b.matmul(matrix, b.reshape(b.input(`left${i}`, shape), [rows, width, 1])),
  )
  return makeGraph({ products: b.sum(b.concat(perRow, 1), [0]) })
}

/**
 * output: `sum` = Σ coefficients[i] · vector_i. inputs: `coefficients` [count] and `vector0` ….
 * ONNX Runtime computes an operator's last input first. With the sum in that place, each term is
 * added as soon as it is made, while it is in the processor's cache; else all terms would be made
 * before the first sum.
 */
export function combineGraph(shape: Shape, count: number): Graph {
  const coefficients = b.input('coefficients', [count])
  const terms = Array.from({ length: count }, (_, i) =>
    b.mul(b.input(`vector${i}`, shape), b.slice(coefficients, [i], [i + 1])),
  )
  return makeGraph({ sum: terms.reduce((total, term) => b.add(term, total)) })
}

/** output: `sum` [1] = Σ |v|. input: `vector`. */
export const sumAbsGraph = (shape: Shape): Graph => {
  const rows = b.sum(b.reshape(b.abs(b.input('vector', shape)), rowsOf(shape)), [1])
  return makeGraph({ sum: b.reshape(b.sum(rows, [0]), [1]) })
}

/**
 * outputs: `iterate_next`, `first_next` and `second_next`. inputs: `iterate`, `first`, `second`,
 * `gradient`, and `rates` [7]: β₁, 1−β₁, β₂, 1−β₂, step size, scale of the second moment, ε. See
 * optim/adam.ts.
 */
export function adamGraph(shape: Shape): Graph {
  const [iterate, first, second, gradient] = ['iterate', 'first', 'second', 'gradient'].map(
    (name) => b.input(name, shape),
  ) as [Node, Node, Node, Node]
  const rates = b.input('rates', [7])
  const rate = (i: number): Node => b.slice(rates, [i], [i + 1])
  const firstNext = b.add(b.mul(first, rate(0)), b.mul(gradient, rate(1)))
  const secondNext = b.add(b.mul(second, rate(2)), b.mul(b.mul(gradient, gradient), rate(3)))
  const divisor = b.add(b.mul(b.sqrt(secondNext), rate(5)), rate(6))
  const iterateNext = b.sub(iterate, b.mul(b.div(firstNext, divisor), rate(4)))
  return makeGraph({
    iterate_next: iterateNext,
    first_next: firstNext,
    second_next: secondNext,
  })
}
