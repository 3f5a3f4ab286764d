import { describe, expect, test, vi } from 'vitest'
import { document, layer, selection } from '../../../src/host/build.ts'
import { createHost } from '../../../src/host/index.ts'
import { type Bench, open, wait, wrongly } from './support.ts'

async function eventsOf(bench: Bench, act: () => unknown): Promise<string[]> {
  const seen: string[] = []
  const events = ['open', 'close', 'select', 'selectNoLayers', 'make', 'delete', 'set', 'move']
  const listener = (event: string): void => {
    seen.push(event)
  }
  await bench.action.addNotificationListener(events, listener)
  await act()
  await wait(5)
  await bench.action.removeNotificationListener(events, listener)
  return seen
}

describe('listeners hear', () => {
  const acts: [string, (bench: Bench) => unknown, string[]][] = [
    ['opening', ({ host }) => host.openDocument('b', document({ layers: [] })), ['open']],
    ['closing', ({ host, documentId }) => host.closeDocument(documentId), ['close']],
    [
      'another active document',
      ({ host, documentId }) => host.activateDocument(documentId),
      ['select'],
    ],
    [
      'no layer selected',
      ({ host, documentId }) => host.selectLayers(documentId, []),
      ['selectNoLayers'],
    ],
    ['a layer selected', ({ host, documentId }) => host.selectLayers(documentId, [1]), ['select']],
    [
      'a selection',
      ({ host, documentId }) => host.select(documentId, selection([0, 0, 1, 1])),
      ['set'],
    ],
    [
      'a layer made by hand',
      ({ host, documentId }) =>
        host.edit(documentId, 'New', (state) => ({
          ...state,
          layers: [layer({ id: 9 }), ...state.layers],
        })),
      ['make', 'set'],
    ],
    [
      'a layer deleted by hand',
      ({ host, documentId }) =>
        host.edit(documentId, 'Delete', (state) => ({ ...state, layers: state.layers.slice(1) })),
      ['delete', 'set'],
    ],
  ]

  test.each(acts)('%s', async (_, act, events) => {
    const bench = open()
    expect(await eventsOf(bench, () => act(bench))).toEqual(events)
  })

  test('nothing of what a modal scope does, unless it is interactive', async () => {
    const bench = open()
    const hide = async (): Promise<void> => {
      bench.layer('Red').visible = !bench.layer('Red').visible
    }
    expect(await eventsOf(bench, () => bench.modal(hide))).toEqual([])
    expect(
      await eventsOf(bench, () =>
        bench.core.executeAsModal(hide, { commandName: 'x', interactive: true }),
      ),
    ).toEqual(['set'])
  })

  test('nothing within the act itself, and nothing after they are removed', async () => {
    const { action, host, documentId } = open()
    const listener = vi.fn()
    await action.addNotificationListener(['select'], listener)
    host.selectLayers(documentId, [1])
    expect(listener).not.toHaveBeenCalled()
    await wait(5)
    expect(listener).toHaveBeenCalledWith('select', expect.objectContaining({ _obj: 'select' }))
    await action.removeNotificationListener(['select'], listener)
    host.selectLayers(documentId, [2])
    await wait(5)
    expect(listener).toHaveBeenCalledOnce()
  })

  test('panels shown and hidden, through core', async () => {
    const { core, host } = open()
    const listener = vi.fn()
    await core.addNotificationListener('UI', ['panelVisibilityChanged'], listener)
    host.notifyUi('panelVisibilityChanged', { visible: false })
    await wait(5)
    expect(listener).toHaveBeenCalledWith(
      'panelVisibilityChanged',
      expect.objectContaining({ visible: false }),
    )
  })

  test('only when they are functions', async () => {
    const { action } = open()
    await expect(action.addNotificationListener(['open'], wrongly('x'))).rejects.toThrow('function')
    await expect(action.addNotificationListener(wrongly('open'), () => {})).rejects.toThrow('list')
  })
})

test('every act by hand is told to onChange, until it is ended', () => {
  const host = createHost()
  const listener = vi.fn()
  const end = host.onChange(listener)
  const id = host.openDocument('a', document({ layers: [{}, {}] }))
  host.selectLayers(id, [2])
  host.select(id, selection([0, 0, 2, 2]))
  host.undo(id)
  expect(listener).toHaveBeenCalledTimes(4)
  end()
  host.redo(id)
  expect(listener).toHaveBeenCalledTimes(4)
})

test('a selection by hand is a history state, selecting layers is none', () => {
  const { host, documentId, history } = open()
  host.selectLayers(documentId, [2])
  host.select(documentId, selection([0, 0, 2, 2]))
  host.select(documentId, undefined)
  expect(history()).toEqual(['Select', 'Deselect'])
})

test('undo stops at the opening, redo at the last state', () => {
  const { host, documentId, state } = open()
  const before = state()
  host.undo(documentId)
  host.redo(documentId)
  expect(state()).toBe(before)
  expect(() => host.goToHistory(documentId, 7)).toThrow('no index 7')
})

test('closing the active document makes another one active', () => {
  const { host, documentId } = open()
  const second = host.openDocument('b', document({ layers: [] }))
  expect(host.activeDocumentId).toBe(second)
  host.closeDocument(second)
  expect(host.activeDocumentId).toBe(documentId)
  host.closeDocument(documentId)
  expect(host.activeDocumentId).toBeUndefined()
})

test('a document whose layers share an id is refused', () => {
  const host = createHost()
  expect(() => host.openDocument('a', document({ layers: [{ id: 1 }, { id: 1 }] }))).toThrow(
    'layer ids must differ',
  )
})

test('a foreign holder is shown, and cannot take Photoshop from a running scope', async () => {
  const { host, modal } = open()
  const release = host.holdModal('Other')
  expect(host.modal).toEqual({ owner: 'Other', name: 'Other' })
  release()
  await modal(async () => expect(() => host.holdModal('Other')).toThrow('Plug-in does'))
})

test('onCall hears of every call before it is checked, and may fail it', async () => {
  const seen: string[] = []
  const { app, modal } = open(undefined, {
    onCall: (name) => {
      seen.push(name)
      if (name === 'createPixelLayer') throw new Error('on purpose')
    },
  })
  await expect(modal(() => app.activeDocument.createPixelLayer())).rejects.toThrow('on purpose')
  expect(seen).toEqual(['app.activeDocument', 'createPixelLayer'])
})

test('alerts are shown to the person, and awaited', async () => {
  const alert = vi.fn(() => wait(5))
  const { core, app } = open(undefined, { alert })
  await core.showAlert({ message: 'One' })
  await app.showAlert('Two')
  expect(alert.mock.calls).toEqual([['One'], ['Two']])
  await expect(core.showAlert(wrongly({}))).rejects.toThrow('message')
})
