import { describe, expect, test, vi } from 'vitest'
import { type Bench, flat, open, WRITE_REFUSAL, wait, wrongly } from './support.ts'

describe('writing outside of a modal scope is refused:', () => {
  const writes: Record<string, (bench: Bench) => unknown> = {
    'layer.name': ({ layer }) => {
      layer('Red').name = 'Other'
    },
    'layer.visible': ({ layer }) => {
      layer('Red').visible = false
    },
    'layer.move': ({ layer, constants }) =>
      layer('Red').move(layer('Background'), constants.ElementPlacement.PLACEBEFORE),
    'layer.delete': ({ layer }) => layer('Red').delete(),
    'layer.duplicate': ({ layer }) => layer('Red').duplicate(),
    'layer.merge': ({ layer }) => layer('Red').merge(),
    createPixelLayer: ({ app }) => app.activeDocument.createPixelLayer(),
    createLayer: ({ app }) => app.activeDocument.createLayer(),
    createLayerGroup: ({ app }) => app.activeDocument.createLayerGroup(),
    createDocument: ({ app }) => app.createDocument(),
    'document.duplicate': ({ app }) => app.activeDocument.duplicate(),
    changeMode: ({ app, constants }) =>
      app.activeDocument.changeMode(constants.ChangeMode.GRAYSCALE),
    closeWithoutSaving: ({ app }) => app.activeDocument.closeWithoutSaving(),
    createTemporaryDocument: ({ core, documentId }) =>
      core.createTemporaryDocument({ documentID: documentId }),
    'batchPlay of a command that sets': ({ action }) =>
      action.batchPlay([{ _obj: 'hide', _target: [{ _ref: 'layer', _id: 1 }] }]),
    putPixels: async (bench) =>
      bench.imaging.putPixels({ layerID: 1, imageData: await flat(bench, [1, 1], [0, 0, 0]) }),
    putLayerMask: async (bench) =>
      bench.imaging.putLayerMask({ layerID: 1, imageData: await flat(bench, [1, 1], [0]) }),
    putSelection: async (bench) =>
      bench.imaging.putSelection({ imageData: await flat(bench, [1, 1], [0]) }),
  }

  test.each(Object.entries(writes))('%s', async (_, write) => {
    const bench = open()
    const before = bench.state()
    await expect(async () => write(bench)).rejects.toThrow(WRITE_REFUSAL)
    expect(bench.state()).toBe(before)
    expect(bench.host.documents).toHaveLength(1)
  })

  test.each(Object.entries(writes))('%s, which works inside', async (_, write) => {
    const bench = open()
    await expect(bench.modal(async () => void (await write(bench)))).resolves.toBeUndefined()
  })
})

test('a write that outlives its scope is refused', async () => {
  const { modal, app, history } = open()
  let late: Promise<unknown> = Promise.resolve()
  await modal(async () => {
    late = app.activeDocument.createPixelLayer()
    late.catch(() => {})
  })
  await expect(late).rejects.toThrow(WRITE_REFUSAL)
  expect(history()).toEqual([])
})

test('a modal scope needs a function and a name, and takes no functions in its descriptor', async () => {
  const { core } = open()
  await expect(core.executeAsModal(wrongly(undefined), { commandName: 'x' })).rejects.toThrow(
    'expected a function',
  )
  await expect(core.executeAsModal(async () => {}, wrongly(undefined))).rejects.toThrow(
    'commandName',
  )
  await expect(core.executeAsModal(async () => {}, wrongly({}))).rejects.toThrow('commandName')
  const descriptor = { callback: () => {} }
  await expect(
    core.executeAsModal(async () => {}, { commandName: 'x', descriptor }),
  ).rejects.toThrow('functions')
  await expect(
    core.executeAsModal(async (_, given) => given, { commandName: 'x', descriptor: { a: 1 } }),
  ).resolves.toEqual({ a: 1 })
})

describe('while another holds Photoshop,', () => {
  test('a scope is refused with number 9 after timeOut, naming the holder', async () => {
    const { core, host } = open()
    const release = host.holdModal('Other plug-in')
    expect(core.isModal()).toBe(true)
    const start = performance.now()
    const attempt = core.executeAsModal(async () => 'ran', { commandName: 'x', timeOut: 0.05 })
    await expect(attempt).rejects.toMatchObject({
      number: 9,
      message: expect.stringContaining('Other plug-in is running a modal command'),
    })
    expect(performance.now() - start).toBeGreaterThanOrEqual(45)
    release()
    expect(core.isModal()).toBe(false)
    await expect(core.executeAsModal(async () => 'ran', { commandName: 'x' })).resolves.toBe('ran')
  })

  test('a scope waits and runs when it is released in time', async () => {
    const { core, host } = open()
    const release = host.holdModal('Other plug-in')
    const attempt = core.executeAsModal(async () => 'ran', { commandName: 'x', timeOut: 5 })
    await wait(10)
    release()
    await expect(attempt).resolves.toBe('ran')
  })
})

test('own scopes nest and share what is suspended', async () => {
  const bench = open()
  await bench.modal(async ({ hostControl }) => {
    const suspension = await hostControl.suspendHistory({
      documentID: bench.documentId,
      name: 'Both',
    })
    await bench.modal(async () => {
      bench.layer('Red').opacity = 50
    })
    bench.layer('Red').visible = false
    await hostControl.resumeHistory(suspension)
  })
  expect(bench.history()).toEqual(['Both'])
})

describe('after a cancel', () => {
  test('every later call throws, also for a caller that swallows errors', async () => {
    const bench = open()
    const errors: unknown[] = []
    const attempt = async (call: () => unknown): Promise<void> => {
      try {
        await call()
      } catch (error) {
        errors.push(error)
      }
    }
    const reads = [
      () => bench.app.activeDocument,
      () => bench.app.documents,
      () => bench.imaging.getPixels({ layerID: 1 }),
      () => bench.action.batchPlay([{ _obj: 'get' }]),
      () => bench.core.executeAsModal(async () => {}, { commandName: 'x' }),
    ]
    await bench.modal(async (context) => {
      const red = bench.layer('Red')
      bench.host.cancelModal()
      for (const call of reads) await attempt(call)
      await attempt(() => red.name)
      await attempt(() => {
        red.name = 'Other'
      })
      await attempt(() => context.reportProgress({ value: 0.5 }))
      await attempt(() =>
        context.hostControl.suspendHistory({ documentID: bench.documentId, name: 'x' }),
      )
    })
    expect(errors).toHaveLength(reads.length + 4)
    for (const error of errors) expect(error).toMatchObject({ number: -128 })
    expect(bench.layer('Red').name).toBe('Red')
  })

  test('onCancel is called, isCancelled is set, and suspended history is rolled back', async () => {
    const bench = open()
    const before = bench.state()
    const onCancel = vi.fn()
    await bench.modal(async (context) => {
      context.onCancel = onCancel
      await context.hostControl.suspendHistory({ documentID: bench.documentId, name: 'Change' })
      bench.layer('Red').opacity = 50
      expect(context.isCancelled).toBe(false)
      bench.host.cancelModal()
      expect(context.isCancelled).toBe(true)
    })
    expect(onCancel).toHaveBeenCalledOnce()
    expect(bench.state()).toBe(before)
    expect(bench.history()).toEqual([])
  })

  test('what was changed without suspending stays, and shows who forgot to', async () => {
    const bench = open()
    await bench.modal(async () => {
      bench.layer('Red').opacity = 50
      bench.host.cancelModal()
    })
    expect(bench.history()).toEqual(['Master Opacity Change'])
  })

  test('getData is refused, dispose is not', async () => {
    const bench = open()
    const image = await flat(bench, [1, 1], [0, 0, 0])
    await bench.modal(async () => {
      bench.host.cancelModal()
      await expect(image.getData({})).rejects.toMatchObject({ number: -128 })
      await image.dispose()
    })
    expect(bench.host.audit.undisposed).toBe(0)
  })
})

test('progress is of 0 … 1, shows outside, and ends with the scope', async () => {
  const bench = open()
  let late: (() => void) | undefined
  await bench.modal(async (context) => {
    context.reportProgress({ value: 0.25, commandName: 'Half way' })
    expect(bench.host.modal).toEqual({ owner: 'Plug-in', name: 'Half way', progress: 0.25 })
    expect(() => context.reportProgress({ value: 25 })).toThrow('0 … 1')
    late = () => context.reportProgress({ value: 1 })
  })
  expect(bench.host.modal).toBeUndefined()
  expect(late).toThrow('ended with its modal scope')
})

test('documents registered for closing are closed at the end, others are not', async () => {
  const bench = open()
  await bench.modal(async ({ hostControl }) => {
    const first = await bench.app.activeDocument.duplicate('first')
    const second = await bench.app.activeDocument.duplicate('second')
    await hostControl.registerAutoCloseDocument(first.id)
    await hostControl.registerAutoCloseDocument(second.id)
    await hostControl.unregisterAutoCloseDocument(second.id)
  })
  expect(bench.host.documents.map(({ title }) => title)).toEqual(['test.psd', 'second'])
})

test('a temporary document is hidden, and complained about when it is left', async () => {
  const bench = open()
  const { core, documentId, imaging } = bench
  await bench.modal(async () => {
    const { documentID } = await core.createTemporaryDocument({ documentID: documentId })
    expect(bench.app.documents).toHaveLength(1)
    const { imageData } = await imaging.getPixels({
      documentID,
      layerID: 1,
      colorProfile: 'sRGB IEC61966-2.1',
    })
    await imageData.dispose()
    await core.deleteTemporaryDocument({ documentID })
  })
  expect(bench.host.audit.violations).toEqual([])
  await bench.modal(() => core.createTemporaryDocument({ documentID: documentId }))
  expect(bench.host.audit.violations).toEqual([expect.stringContaining('temporary document')])
})

test('a scope that nobody awaited is complained about', async () => {
  const bench = open()
  await bench.modal(async () => {
    void bench.modal(() => wait(20))
    await wait(5)
  })
  expect(bench.host.audit.violations).toEqual([expect.stringContaining('not awaited')])
  await wait(30)
})

test('nobody can change anything by hand meanwhile, unless the scope is interactive', async () => {
  const { core, host, documentId, modal } = open()
  await modal(async () => {
    expect(() => host.closeDocument(documentId)).toThrow('Photoshop is modal')
    expect(() => host.undo(documentId)).not.toThrow()
    expect(() => host.edit(documentId, 'x', (state) => state)).toThrow('Photoshop is modal')
  })
  const options = { commandName: 'x', interactive: true }
  await core.executeAsModal(async () => host.closeDocument(documentId), options)
  expect(host.documents).toHaveLength(0)
})
