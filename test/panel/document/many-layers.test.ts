/** Documents with many layers: each property of one is a call into Photoshop. */
import { describe, expect, test } from 'vitest'
import type { Switches } from '../../../src/host/switches.ts'
import { type Bench, documentOf, group, layer, open, painted, RECIPE } from './support.ts'

const COUNT = 1000

function openMany(switches: Partial<Switches> = {}): { bench: Bench; deepest: number } {
  const raster = painted()
  const layers = Array.from({ length: COUNT / 10 }, (_, i) =>
    group(
      Array.from({ length: 9 }, (_, j) => layer({ name: `Layer ${i}.${j}`, raster })),
      { name: `Group ${i}` },
    ),
  )
  const deepest = layers.at(-1)!.children!.at(-1)!.id
  return { bench: open(documentOf(layers), deepest, switches), deepest }
}

async function callsOf(bench: Bench, work: () => unknown): Promise<number> {
  const before = bench.host.audit.calls
  await work()
  return bench.host.audit.calls - before
}

describe('of 1,000 layers', () => {
  test('the header asks for its one layer alone', async () => {
    const { bench } = openMany()
    expect(await callsOf(bench, () => bench.work.facts())).toBeLessThanOrEqual(15)
    expect(bench.work.facts()).toMatchObject({ layerName: 'Layer 99.8', layerWidth: 9 })
  })

  test.each(['documented', 'nested'] as const)(
    'lists come from a few calls, the tree being %s',
    async (layerTree) => {
      const { bench } = openMany({ layerTree })
      expect(await callsOf(bench, () => bench.work.coverageChoices())).toBeLessThanOrEqual(5)
      expect(await bench.work.coverageChoices()).toHaveLength(50)
      expect(await callsOf(bench, () => bench.work.layers(bench.id))).toBeLessThanOrEqual(5)
      expect(bench.work.layers(bench.id)).toHaveLength(COUNT)
      const ids = bench.work
        .layers(bench.id)
        .filter(({ name }) => name.startsWith('Layer'))
        .map(({ id }) => id)
      bench.host.selectLayers(bench.id, ids.toReversed())
      expect(await callsOf(bench, () => bench.work.selectedLayers())).toBeLessThanOrEqual(5)
      expect(bench.work.selectedLayers().map(({ id }) => id)).toEqual(ids)
    },
  )

  test.each(['documented', 'nested', 'absent'] as const)(
    'the last of a group is found by its id, the tree being %s',
    async (layerTree) => {
      const { bench, deepest } = openMany({ layerTree })
      const read = await bench.work.read(deepest)
      expect(read.layerName).toBe('Layer 99.8')
      const calls = await callsOf(bench, () =>
        bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE),
      )
      if (layerTree !== 'absent') expect(calls).toBeLessThan(60)
      expect(bench.document().state.layers.at(-1)!.children!.at(-2)!.name).toBe('Result')
    },
  )
})
