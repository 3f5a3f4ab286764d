import { describe, expect, test } from 'vitest'
import { document, selection } from '../../../src/host/build.ts'
import { createHost } from '../../../src/host/index.ts'
import type { ColorMode } from '../../../src/host/state.ts'
import { open, type PsDocument, type PsLayer, wrongly } from './support.ts'

const namesOf = (layers: PsDocument['layers']): string[] =>
  Array.from(layers).map(({ name }) => name)

describe('without a document', () => {
  test('activeDocument is null, which a caller must look at', () => {
    const { app } = createHost().modules.photoshop
    expect(app.activeDocument).toBeNull()
    expect(app.documents).toHaveLength(0)
    expect(() => app.activeDocument.title).toThrow(TypeError)
  })

  test('activeDocument throws, when so switched; documents can be asked first', () => {
    const { app } = createHost({ switches: { activeDocumentThrows: true } }).modules.photoshop
    expect(() => app.activeDocument).toThrow('no active document')
    expect(app.documents).toHaveLength(0)
  })
})

test('activeLayers may be empty, and holds what is selected from the top down', () => {
  const { app, host, documentId, state } = open()
  host.selectLayers(documentId, [])
  expect(app.activeDocument.activeLayers).toHaveLength(0)
  expect(app.activeDocument.activeLayers[0]).toBeUndefined()
  host.selectLayers(
    documentId,
    state()
      .layers.map(({ id }) => id)
      .reverse(),
  )
  expect(namesOf(app.activeDocument.activeLayers)).toEqual(['Red', 'Background'])
})

test('activeLayers cannot be assigned before Photoshop 26.9', () => {
  const { app } = open()
  const target = wrongly<{ activeLayers: PsLayer[] }>(app.activeDocument)
  expect(() => {
    target.activeLayers = []
  }).toThrow(TypeError)
})

describe('collections', () => {
  test('can be read like arrays and copied', () => {
    const { layers } = open().app.activeDocument
    expect(layers.length).toBe(2)
    expect(namesOf(layers)).toEqual(['Red', 'Background'])
    expect(layers.getByName('Red').name).toBe('Red')
    expect(() => layers.getByName('Blue')).toThrow('Blue')
    expect(layers.map(({ kind }) => kind)).toEqual(['pixel', 'pixel'])
  })

  test.each<[string, (layers: PsDocument['layers']) => unknown]>([
    ['assigned to', (layers) => Reflect.apply(Array.prototype.fill, layers, [null])],
    ['pushed to', (layers) => layers.push(layers[0]!)],
    ['spliced', (layers) => layers.splice(0, 1)],
    ['reversed in place', (layers) => layers.reverse()],
  ])('cannot be %s', (_, change) => {
    const { app } = open()
    expect(() => change(app.activeDocument.layers)).toThrow('read-only')
    expect(namesOf(app.activeDocument.layers)).toEqual(['Red', 'Background'])
  })

  test('give new objects at every access, so that only ids compare', () => {
    const { app } = open()
    const [first] = app.activeDocument.layers
    const [again] = app.activeDocument.layers
    expect(first).not.toBe(again)
    expect(first!.id).toBe(again!.id)
  })
})

describe('an object outlives what it stands for:', () => {
  test('a deleted layer throws', async () => {
    const { layer, modal } = open()
    const red = layer('Red')
    await modal(async () => red.delete())
    expect(() => red.name).toThrow('no layer with the id')
    await expect(modal(async () => red.duplicate())).rejects.toThrow('no layer with the id')
  })

  test('a closed document and its layers throw', () => {
    const { app, layer, host, documentId } = open()
    const { activeDocument } = app
    const red = layer('Red')
    host.closeDocument(documentId)
    expect(() => activeDocument.width).toThrow('may have been closed')
    expect(() => red.bounds).toThrow('may have been closed')
    expect(activeDocument.id).toBe(documentId)
  })

  test('and a layer that an undo brings back is there again', async () => {
    const { layer, modal, host, documentId } = open()
    const red = layer('Red')
    await modal(async () => red.delete())
    host.undo(documentId)
    expect(red.name).toBe('Red')
  })
})

describe('a document tells', () => {
  test.each<[ColorMode, string]>([
    ['rgb', 'RGBColorMode'],
    ['grayscale', 'grayscaleMode'],
    ['cmyk', 'CMYKColorMode'],
    ['lab', 'labColorMode'],
    ['indexed', 'indexedColorMode'],
    ['bitmap', 'bitmapMode'],
    ['multichannel', 'multichannelMode'],
    ['duotone', 'duotoneMode'],
  ])('the mode %s as %s', (mode, expected) => {
    expect(open({ mode, layers: [{}] }).app.activeDocument.mode).toBe(expected)
  })

  test('size, depth and title', () => {
    const { activeDocument } = open({ depth: 16, layers: [{}] }).app
    const { width, height, resolution, bitsPerChannel, title } = activeDocument
    expect({ width, height, resolution, bitsPerChannel, title }).toEqual({
      width: 8,
      height: 6,
      resolution: 72,
      bitsPerChannel: 'bitDepth16',
      title: 'test.psd',
    })
  })

  test('its profile, None without one, and linear at 32 bits', () => {
    const profileOf = (spec: object) => {
      const { colorProfileName, colorProfileType } = open({ layers: [{}], ...spec }).app
        .activeDocument
      return [colorProfileName, colorProfileType]
    }
    expect(profileOf({})).toEqual(['sRGB IEC61966-2.1', 'workingSpaceCode'])
    expect(profileOf({ profile: 'Display P3' })).toEqual(['Display P3', 'customEnum'])
    expect(profileOf({ profile: '' })).toEqual(['None', 'none'])
    expect(profileOf({ depth: 32 })[0]).toBe('sRGB IEC61966-2.1 (Linear RGB Profile)')
  })

  test('the bounds of its selection, null without', async () => {
    const bench = open({ layers: [{}], selection: selection([1, 2, 3, 4]) })
    const { activeDocument } = bench.app
    expect(activeDocument.selection.bounds).toMatchObject({ left: 1, top: 2, right: 4, bottom: 6 })
    await bench.modal(() => activeDocument.selection.deselect())
    expect(activeDocument.selection.bounds).toBeNull()
  })
})

describe('a layer tells', () => {
  test('bounds trimmed to its pixels, also off the canvas, and none when it is empty', () => {
    const { layer } = open({
      layers: [
        { name: 'Part', at: [-4, -2, 6, 4], paint: (x) => [1, 0, 0, x >= -3 && x < 1 ? 1 : 0] },
        { name: 'Empty' },
        { name: 'Clear', paint: [0, 0, 0, 0] },
        {
          name: 'Group',
          children: [
            { at: [0, 0, 1, 1], paint: [1, 1, 1, 1] },
            { at: [5, 4, 1, 1], paint: [1, 1, 1, 1] },
          ],
        },
      ],
    })
    expect(layer('Part').boundsNoEffects).toMatchObject({
      left: -3,
      top: -2,
      right: 1,
      bottom: 2,
      width: 4,
      height: 4,
    })
    expect(layer('Empty').bounds).toMatchObject({ width: 0, height: 0 })
    expect(layer('Clear').bounds).toMatchObject({ width: 0, height: 0 })
    expect(layer('Group').bounds).toMatchObject({ left: 0, top: 0, right: 6, bottom: 5 })
  })

  test('kind, parent and children', () => {
    const { layer, app } = open({ layers: [{ name: 'Group', children: [{ name: 'Child' }] }] })
    expect(layer('Child').parent!.id).toBe(layer('Group').id)
    expect(layer('Group').parent).toBeNull()
    expect(layer('Child').layers).toBeNull()
    expect(namesOf(layer('Group').layers!)).toEqual(['Child'])
    expect(layer('Group').kind).toBe('group')
    expect(layer('Child').document.id).toBe(app.activeDocument.id)
  })

  test('its locks', async () => {
    const { layer, modal } = open()
    expect(layer('Red').locked).toBe(false)
    expect(layer('Background').locked).toBe(true)
    await modal(async () => {
      layer('Red').pixelsLocked = true
    })
    expect(layer('Red').locked).toBe(true)
    expect(layer('Red').allLocked).toBe(false)
  })
})

test.each<[string, (layer: PsLayer) => void]>([
  ['opacity above 100', (layer) => (layer.opacity = 255)],
  ['opacity as text', (layer) => (layer.opacity = wrongly('50'))],
  ['a blend mode that is none', (layer) => (layer.blendMode = wrongly('Normal'))],
  ['a name that is no text', (layer) => (layer.name = wrongly(undefined))],
])('a layer refuses %s', async (_, set) => {
  const { modal, layer, history } = open()
  await expect(modal(async () => set(layer('Red')))).rejects.toThrow('expected')
  expect(history()).toEqual([])
})

describe('a new layer', () => {
  const stack = {
    layers: [{ name: 'Top' }, { name: 'Group', children: [{ name: 'Child' }] }, { name: 'Bottom' }],
  }

  test('is made later, not at once, and becomes active', async () => {
    const { modal, app } = open(stack)
    await modal(async () => {
      const promise = app.activeDocument.createPixelLayer({ name: 'New', opacity: 40 })
      expect(app.activeDocument.layers).toHaveLength(3)
      const layer = await promise
      expect(layer).toMatchObject({ name: 'New', opacity: 40, kind: 'pixel' })
      expect(namesOf(app.activeDocument.activeLayers)).toEqual(['New'])
    })
  })

  test('lands above the active layer, in its group', async () => {
    const { modal, app, host, documentId, layer } = open(stack)
    host.selectLayers(documentId, [layer('Child').id])
    await modal(() => app.activeDocument.createPixelLayer({ name: 'New' }))
    expect(namesOf(layer('Group').layers!)).toEqual(['New', 'Child'])
  })

  test('lands on top, when so switched', async () => {
    const { modal, app, host, documentId, layer } = open(stack, {
      switches: { newLayerOnTop: true },
    })
    host.selectLayers(documentId, [layer('Child').id])
    await modal(() => app.activeDocument.createPixelLayer({ name: 'New' }))
    expect(namesOf(app.activeDocument.layers)[0]).toBe('New')
  })

  test('is null, when so switched, which createLayer helps over', async () => {
    const { modal, app, state } = open(stack, { switches: { createPixelLayerFails: true } })
    const before = state()
    await expect(modal(() => app.activeDocument.createPixelLayer())).resolves.toBeNull()
    expect(state()).toBe(before)
    await expect(modal(() => app.activeDocument.createLayer())).resolves.toMatchObject({
      kind: 'pixel',
    })
  })

  test.each<ColorMode>(['indexed', 'bitmap', 'multichannel'])(
    'cannot be in a document in %s mode',
    async (mode) => {
      const { modal, app } = open({ mode, depth: mode === 'bitmap' ? 1 : 8, layers: [{}] })
      await expect(modal(() => app.activeDocument.createPixelLayer())).rejects.toThrow(mode)
    },
  )
})

describe('move', () => {
  const spec = {
    layers: [
      { name: 'A' },
      { name: 'Group', children: [{ name: 'B' }, { name: 'C' }] },
      { name: 'Background', isBackground: true, paint: [1, 1, 1] },
    ],
  }

  test('is done when it returns, and returns nothing', async () => {
    const { modal, app, layer, constants } = open(spec)
    await modal(async () => {
      const { PLACEAFTER } = constants.ElementPlacement
      expect(layer('A').move(layer('Group'), PLACEAFTER)).toBeUndefined()
      expect(namesOf(app.activeDocument.layers)).toEqual(['Group', 'A', 'Background'])
    })
  })

  test.each([
    ['PLACEBEFORE', 'C', ['B', 'A', 'C']],
    ['PLACEAFTER', 'C', ['B', 'C', 'A']],
    ['PLACEINSIDE', 'Group', ['A', 'B', 'C']],
    ['PLACEATBEGINNING', 'C', ['A', 'B', 'C']],
    ['PLACEATEND', 'Group', ['B', 'C', 'A']],
  ] as const)('%s of %s gives %j in the group', async (placement, relative, expected) => {
    const { modal, layer, constants } = open(spec)
    await modal(async () => layer('A').move(layer(relative), constants.ElementPlacement[placement]))
    expect(namesOf(layer('Group').layers!)).toEqual(expected)
  })

  test.each<[string, string, string, string, string]>([
    ['inside what is no group', 'A', 'PLACEINSIDE', 'C', 'not a group'],
    ['below the background', 'A', 'PLACEAFTER', 'Background', 'below the background'],
    ['of the background', 'Background', 'PLACEBEFORE', 'A', 'cannot be moved'],
    ['of a group into itself', 'Group', 'PLACEBEFORE', 'B', 'itself'],
    ['to no placement', 'A', 'PLACEABOVE', 'B', 'ElementPlacement'],
  ])('%s throws', async (_, moved, placement, relative, message) => {
    const { modal, layer, constants, state } = open(spec)
    const before = state()
    const where = (constants.ElementPlacement as Record<string, unknown>)[placement]
    await expect(
      modal(async () => layer(moved).move(layer(relative), wrongly(where))),
    ).rejects.toThrow(message)
    expect(state()).toBe(before)
  })

  test('to a layer of another document throws', async () => {
    const { modal, app, layer, constants, host, documentId } = open(spec)
    const foreign = host.openDocument('other.psd', document({ layers: [{ name: 'Foreign' }] }))
    const target = app.activeDocument.layers[0]!
    expect(app.activeDocument.id).toBe(foreign)
    host.activateDocument(documentId)
    await expect(
      modal(async () => layer('A').move(target, constants.ElementPlacement.PLACEBEFORE)),
    ).rejects.toThrow('another document')
  })
})

describe('duplicating', () => {
  test('a layer puts the copy above it, under another id', async () => {
    const { modal, layer, app } = open()
    const copy = await modal(() => layer('Red').duplicate())
    expect(namesOf(app.activeDocument.layers)).toEqual(['Red copy', 'Red', 'Background'])
    expect(copy!.id).not.toBe(layer('Red').id)
  })

  test('a layer into a document of other colours converts it', async () => {
    const { modal, layer, app, host, documentId } = open()
    host.openDocument('gray.psd', document({ mode: 'grayscale', depth: 16, layers: [{}] }))
    const gray = app.activeDocument
    host.activateDocument(documentId)
    await modal(() => layer('Red').duplicate(gray))
    const { raster } = host.documents[1]!.state.layers[0]!
    expect(raster!.color).toHaveLength(1)
    expect(raster!.alpha![0]).toBe(32768)
  })

  test.each([true, false])(
    'a document makes it active; ids of its layers differ: %s',
    async (duplicateRenumbersLayers) => {
      const { modal, app, layer, host } = open(undefined, {
        switches: { duplicateRenumbersLayers },
      })
      const { id } = layer('Red')
      const copy = await modal(() => app.activeDocument.duplicate('copy'))
      expect(host.activeDocumentId).toBe(copy.id)
      expect(namesOf(copy.activeLayers)).toEqual(['Red'])
      expect(copy.layers[0]!.id !== id).toBe(duplicateRenumbersLayers)
    },
  )

  test('a document merged leaves one layer', async () => {
    const { modal, app } = open()
    const copy = await modal(() => app.activeDocument.duplicate('copy', true))
    expect(namesOf(copy.layers)).toEqual(['Background'])
  })
})

describe('rasterize and merge', () => {
  test('make pixel layers of text, but not of adjustments', async () => {
    const { modal, layer, constants } = open({
      layers: [
        { name: 'Text', kind: 'text', at: [1, 1, 2, 2], paint: [0, 0, 0, 1] },
        { name: 'Curves', kind: 'curves' },
      ],
    })
    const { ENTIRELAYER } = constants.RasterizeType
    await modal(() => layer('Text').rasterize(ENTIRELAYER))
    expect(layer('Text').kind).toBe('pixel')
    await expect(modal(() => layer('Curves').rasterize(ENTIRELAYER))).rejects.toThrow('curves')
    await expect(modal(() => layer('Text').rasterize(wrongly('all')))).rejects.toThrow(
      'RasterizeType',
    )
  })

  test('make one exact layer of a group, at 16 bits and off the canvas', async () => {
    const paint = (x: number, y: number) => [(x + 10) / 32, (y + 5) / 32, 0.5, 1]
    const { modal, layer, state } = open({
      depth: 16,
      layers: [{ name: 'Group', children: [{ at: [-3, -2, 6, 4], paint }] }],
    })
    const before = state().layers[0]!.children![0]!.raster
    await modal(() => layer('Group').merge())
    const merged = state().layers[0]!
    expect(merged).toMatchObject({ kind: 'pixel', name: 'Group' })
    expect(merged.raster).toEqual(before)
  })
})

test('a document changes its mode, a bitmap by way of grayscale', async () => {
  const { modal, app, constants, state } = open({
    mode: 'bitmap',
    depth: 1,
    layers: [{ isBackground: true, paint: [0] }],
  })
  const { RGB, GRAYSCALE } = constants.ChangeMode
  await expect(modal(() => app.activeDocument.changeMode(RGB))).rejects.toThrow('grayscale first')
  await modal(() => app.activeDocument.changeMode(GRAYSCALE))
  expect(state()).toMatchObject({ mode: 'grayscale', depth: 8 })
  await modal(() => app.activeDocument.changeMode(RGB))
  expect(app.activeDocument.colorProfileName).toBe('sRGB IEC61966-2.1')
})

test('a document changes its depth', async () => {
  const { modal, app, constants, state } = open()
  await modal(async () => {
    app.activeDocument.bitsPerChannel = constants.BitsPerChannelType.SIXTEEN
  })
  expect(state().layers[0]!.raster!.color[0]![0]).toBe(32768)
})

test('closing a changed document without saying how is complained about', async () => {
  const { modal, app, layer, constants, host } = open()
  await modal(async () => {
    layer('Red').visible = false
    const copy = await app.activeDocument.duplicate()
    copy.layers[0]!.visible = true
    await copy.close(constants.SaveOptions.DONOTSAVECHANGES)
  })
  expect(host.audit.violations).toEqual([])
  await modal(() => app.activeDocument.close())
  expect(host.audit.violations).toEqual([expect.stringContaining('asks the user')])
})

test('a new document has the size, mode, depth and profile that were asked for', async () => {
  const { modal, app, constants, host } = open()
  const { NewDocumentMode, DocumentFill } = constants
  await modal(() =>
    app.createDocument({
      name: 'New',
      width: 5,
      height: 4,
      mode: NewDocumentMode.GRAYSCALE,
      depth: 16,
      fill: DocumentFill.TRANSPARENT,
      profile: 'Dot Gain 20%',
    }),
  )
  expect(host.documents[1]!.state).toMatchObject({
    width: 5,
    height: 4,
    mode: 'grayscale',
    depth: 16,
    profile: { name: 'Dot Gain 20%' },
  })
  await expect(modal(() => app.createDocument({ profile: 'None' }))).rejects.toThrow('“None”')
})
