import { describe, expect, test } from 'vitest'
import { type Bench, open, WRITE_REFUSAL } from './support.ts'

describe('document.activeLayers since Photoshop 26.9', () => {
  const spec = { layers: [{ name: 'A' }, { name: 'B' }, { name: 'C' }] }
  const names = ({ app }: Bench): string[] =>
    Array.from(app.activeDocument.activeLayers, ({ name }) => name)
  const select = (bench: Bench, layers: unknown): Promise<void> =>
    bench.modal(async () => {
      Object.assign(bench.app.activeDocument, { activeLayers: layers })
    })

  test('is assigned in a modal scope, and makes no history', async () => {
    const bench = open(spec, { switches: { activeLayersAreSettable: true } })
    await select(bench, [bench.layer('C'), bench.layer('A')])
    expect(names(bench)).toEqual(['A', 'C'])
    await select(bench, [])
    expect(names(bench)).toEqual([])
    expect(bench.history()).toEqual([])
    expect(() => {
      Object.assign(bench.app.activeDocument, { activeLayers: [] })
    }).toThrow(WRITE_REFUSAL)
  })

  test('takes layers of the document only, in a list', async () => {
    const bench = open(spec, { switches: { activeLayersAreSettable: true } })
    const a = bench.layer('A')
    await expect(select(bench, a)).rejects.toThrow('list of layers')
    await expect(select(bench, [{ id: 1 }])).rejects.toThrow('Expected a Layer')
    bench.host.openDocument('other.psd', bench.state())
    await expect(select(bench, [a])).rejects.toThrow('another document')
  })
})
