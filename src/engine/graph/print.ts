import { constantOf, type Graph, isOp, type Node, topologicalOrder } from './node.ts'

/**
 * The graph as text, one node a line in order of computation, for snapshots and for reading:
 * `%3 = conv(%image, conv1_1.weight) {"pads":[1,1,1,1]} : float32 [1,64,32,32]`.
 */
export function print(graph: Graph): string {
  const names = new Map<Node, string>()
  const lines: string[] = []
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    const constant = constantOf(node)
    if (constant) {
      names.set(node, constant.key)
    } else if (isOp(node, 'input')) {
      names.set(node, `%${node.attributes.name}`)
      lines.push(`%${node.attributes.name} : ${node.dtype} [${node.shape}]`)
    } else {
      const name = `%${lines.length}`
      names.set(node, name)
      const inputs = node.inputs.map((input) => names.get(input)).join(', ')
      const attributes = JSON.stringify(node.attributes)
      const suffix = attributes === '{}' ? '' : ` ${attributes}`
      lines.push(`${name} = ${node.op}(${inputs})${suffix} : ${node.dtype} [${node.shape}]`)
    }
  }
  for (const [name, node] of Object.entries(graph.outputs)) {
    lines.push(`${name} = ${names.get(node)}`)
  }
  return lines.join('\n')
}
