/**
 * Constants too large for JavaScript to compute. Each is pending until a runtime has run the graph
 * that makes it of the constant it comes from; that happens before anybody asks for its values.
 */
import { ShapeError } from '../errors.ts'
import type { Constant } from './constant.ts'
import type { Node } from './node.ts'
import type { Shape } from './tensor-type.ts'

type Program = (source: Node) => Node

const programs = new WeakMap<Constant, Program>()
const made = new WeakSet<Constant>()

export function deriveByGraph(
  source: Constant,
  step: string,
  shape: Shape,
  program: Program,
): Constant {
  const constant = source.derive(step, shape, () => {
    throw new ShapeError(`internal: ${source.key}|${step} has not been computed`)
  })
  if (!made.has(constant)) programs.set(constant, program)
  made.add(constant)
  return constant
}

/** The graph that has yet to be run; its input are the values of the constant's origin. */
export const pendingProgram = (constant: Constant): Program | undefined => programs.get(constant)

/** @param values what the graph has made. */
export function settlePending(constant: Constant, values: Float32Array): void {
  constant.settle(values)
  programs.delete(constant)
}
