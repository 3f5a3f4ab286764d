import { describe, expect, test } from 'vitest'
import { flat, open, wrongly } from './support.ts'

describe('a suspension makes', () => {
  test('one history state of several changes, which one undo takes back', async () => {
    const bench = open()
    const before = bench.state()
    await bench.modal(async ({ hostControl }) => {
      const suspension = await hostControl.suspendHistory({
        documentID: bench.documentId,
        name: 'Style',
      })
      const layer = await bench.app.activeDocument.createPixelLayer({ name: 'Result' })
      layer!.opacity = 50
      expect(bench.history()).toEqual([])
      await hostControl.resumeHistory(suspension, true)
    })
    expect(bench.history()).toEqual(['Style'])
    bench.host.undo(bench.documentId)
    expect(bench.state()).toBe(before)
    bench.host.redo(bench.documentId)
    expect(bench.layer('Result').opacity).toBe(50)
  })

  test('none when nothing changed', async () => {
    const bench = open()
    await bench.modal(async ({ hostControl }) => {
      const suspension = await hostControl.suspendHistory({
        documentID: bench.documentId,
        name: 'Style',
      })
      await hostControl.resumeHistory(suspension)
    })
    expect(bench.history()).toEqual([])
  })

  test('a state called by finalName', async () => {
    const bench = open()
    await bench.modal(async ({ hostControl }) => {
      const suspension = await hostControl.suspendHistory({
        documentID: bench.documentId,
        name: 'Style',
      })
      bench.layer('Red').opacity = 50
      await hostControl.resumeHistory({ ...suspension, finalName: 'Style “Waves”' })
    })
    expect(bench.history()).toEqual(['Style “Waves”'])
  })

  test('nothing of what is resumed without commit', async () => {
    const bench = open()
    const before = bench.state()
    await bench.modal(async ({ hostControl }) => {
      const suspension = await hostControl.suspendHistory({
        documentID: bench.documentId,
        name: 'Style',
      })
      await bench.app.activeDocument.createPixelLayer()
      await hostControl.resumeHistory(suspension, false)
    })
    expect(bench.state()).toBe(before)
    expect(Array.from(bench.app.activeDocument.activeLayers).map(({ name }) => name)).toEqual([
      'Red',
    ])
  })
})

test('without a suspension every write makes a state of its own', async () => {
  const bench = open()
  await bench.modal(async () => {
    const layer = (await bench.app.activeDocument.createPixelLayer())!
    const imageData = await flat(bench, [1, 1], [0, 0, 0])
    await bench.imaging.putPixels({ layerID: layer.id, imageData, commandName: 'Paint' })
    await imageData.dispose()
    layer.opacity = 50
  })
  expect(bench.history()).toEqual(['New Layer', 'Paint', 'Master Opacity Change'])
})

test('setting what is already so makes no state', async () => {
  const bench = open()
  await bench.modal(async () => {
    bench.layer('Red').opacity = 100
    bench.layer('Red').name = 'Red'
  })
  expect(bench.history()).toEqual([])
})

test('the end of a scope resumes: a return commits, a throw rolls back', async () => {
  const bench = open()
  const before = bench.state()
  const change = (name: string, throws: boolean): Promise<void> =>
    bench.modal(async ({ hostControl }) => {
      await hostControl.suspendHistory({ documentID: bench.documentId, name })
      bench.layer('Red').opacity -= 10
      if (throws) throw new Error('on purpose')
    })
  await expect(change('Bad', true)).rejects.toThrow('on purpose')
  expect(bench.state()).toBe(before)
  await change('Good', false)
  expect(bench.history()).toEqual(['Good'])
})

test('history cannot be suspended twice, nor resumed with another handle', async () => {
  const bench = open()
  await bench.modal(async ({ hostControl }) => {
    const info = { documentID: bench.documentId, name: 'Style' }
    await hostControl.suspendHistory(info)
    await expect(hostControl.suspendHistory(info)).rejects.toThrow('already suspended')
    await expect(hostControl.resumeHistory({ historySuspensionID: 0 })).rejects.toThrow(
      'what suspendHistory gave',
    )
    await expect(hostControl.suspendHistory(wrongly({}))).rejects.toThrow('name')
  })
})

test('document.suspendHistory does both', async () => {
  const bench = open()
  await bench.app.activeDocument.suspendHistory(async ({ document }) => {
    document.layers[0]!.opacity = 50
    document.layers[0]!.visible = false
  }, 'Two at once')
  expect(bench.history()).toEqual(['Two at once'])
})

test('the document lists its history states and can go back to one', async () => {
  const bench = open()
  await bench.modal(async () => {
    bench.layer('Red').opacity = 50
  })
  const { activeDocument } = bench.app
  expect(Array.from(activeDocument.historyStates).map(({ name }) => name)).toEqual([
    'Open',
    'Master Opacity Change',
  ])
  const first = activeDocument.historyStates[0]!
  expect(() => {
    activeDocument.activeHistoryState = first
  }).toThrow('modal scope')
  await bench.modal(async () => {
    activeDocument.activeHistoryState = first
  })
  expect(bench.layer('Red').opacity).toBe(100)
})

test('a change after an undo drops what was undone', async () => {
  const bench = open()
  await bench.modal(async () => {
    bench.layer('Red').opacity = 50
    bench.layer('Red').visible = false
  })
  bench.host.undo(bench.documentId)
  bench.host.edit(bench.documentId, 'Crop', (state) => ({ ...state, width: 4 }))
  expect(bench.history()).toEqual(['Master Opacity Change', 'Crop'])
  bench.host.redo(bench.documentId)
  expect(bench.state().width).toBe(4)
})
