import { expect, test } from 'vitest'
import { open } from './support.ts'

const SPEC = {
  layers: [
    { id: 3, name: 'Group', children: [{ id: 2, name: 'Text', kind: 'text' }] },
    { id: 1, name: 'Background', isBackground: true, paint: [1, 1, 1] },
  ],
}

const treeOf = (layerTree: 'documented' | 'nested' | 'absent') => {
  const bench = open(SPEC, { switches: { layerTree } })
  return bench.core.getLayerTreeSync({ documentID: bench.documentId })
}

test('the tree of layers is one call, in the form that is documented or in that seen', () => {
  expect(treeOf('documented').list).toEqual([
    {
      layerID: 3,
      name: 'Group',
      kind: 'group',
      layers: [{ layerID: 2, name: 'Text', kind: 'text' }],
    },
    { layerID: 1, name: 'Background', kind: 'pixel' },
  ])
  expect(treeOf('nested').list).toEqual([
    {
      layerID: 3,
      name: 'Group',
      layerKind: 7,
      list: [{ layerID: 2, name: 'Text', layerKind: 2 }],
    },
    { layerID: 1, name: 'Background', layerKind: 12 },
  ])
  expect(() => treeOf('absent')).toThrow('not a function')
})

test('calls into Photoshop are counted, and those that read properties take their time', () => {
  const bench = open(SPEC, { switches: { propertyMs: 2 } })
  const layer = bench.layer('Text')
  const { calls } = bench.host.audit
  const began = performance.now()
  expect([layer.name, layer.visible]).toEqual(['Text', true])
  expect(performance.now() - began).toBeGreaterThanOrEqual(4)
  expect(bench.host.audit.calls - calls).toBe(2)
})
