import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LayerState } from '../../../src/host/state.ts'
import type { Placement, SourceLayer } from '../../../src/panel/document.ts'
import {
  type Bench,
  background,
  documentOf,
  errorOf,
  expectClean,
  expectUntouched,
  feathered,
  INSIDE,
  layer,
  open,
  painted,
  RECIPE,
  snapshot,
} from './support.ts'

const photo = (change: Partial<LayerState> = {}): LayerState =>
  layer({ name: 'Photo', raster: painted(), ...change })

/** The whole flow, from a fresh reading on. */
async function expectNextRunWorks(bench: Bench): Promise<void> {
  const { history } = bench.document()
  const read = await bench.work.read()
  await bench.work.insert(read, read.pixels, 'Next', 'above-source', RECIPE)
  expect(bench.document().history).toHaveLength(history.length + 1)
  expectClean(bench)
}

describe('while the picture is computed', () => {
  test('a closed document leaves a new document for the result', async () => {
    const bench = open(documentOf([photo()], { depth: 16 }, { selection: feathered(INSIDE) }))
    bench.host.closeDocument(bench.id)
    const reopened = bench.host.openDocument(
      'test.psd',
      documentOf(
        [photo({ raster: painted({ depth: 16 }) })],
        { depth: 16 },
        { selection: feathered(INSIDE) },
      ),
    )
    const read = await bench.work.read()
    bench.host.closeDocument(reopened)
    const error = await errorOf(
      bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE),
    )
    expect(error).toMatchObject({ problem: 'document-closed', placements: ['new-document'] })
    expect(bench.host.documents).toEqual([])

    await bench.work.insert(read, read.pixels, 'Result', 'new-document', RECIPE)
    const [created] = bench.host.documents
    expect(created!.state).toMatchObject({
      width: 9,
      height: 7,
      mode: 'rgb',
      depth: 16,
      profile: { name: 'Display P3' },
    })
    const [result] = created!.state.layers
    expect(result).toMatchObject({
      name: 'Result',
      raster: { bounds: { left: 0, top: 0, right: 9, bottom: 7 } },
      mask: { bounds: { left: 0, top: 0, right: 9, bottom: 7 } },
    })
    expect(result!.raster!.color).toEqual(painted({ depth: 16 }).color)
    expectClean(bench)
  })

  test('a deleted layer leaves the top of the document', async () => {
    const source = photo()
    const bench = open(documentOf([layer({ name: 'Top' }), source, background()]), source.id)
    const read = await bench.work.read()
    bench.host.edit(bench.id, 'Delete Layer', (state) => ({
      ...state,
      layers: state.layers.filter(({ id }) => id !== source.id),
    }))
    const before = snapshot(bench)
    const error = await errorOf(
      bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE),
    )
    expect(error).toMatchObject({
      problem: 'layer-deleted',
      placements: ['top-of-document', 'new-document'],
    })
    expectUntouched(bench, before)
    await bench.work.insert(read, read.pixels, 'Result', 'top-of-document', RECIPE)
    expect(bench.document().state.layers.map(({ name }) => name)).toEqual([
      'Result',
      'Top',
      'Background',
    ])
    expectClean(bench)
  })

  test('another document may have become the active one, and stays it', async () => {
    const bench = open(documentOf([photo()]))
    const read = await bench.work.read()
    const other = bench.host.openDocument('other.psd', documentOf([photo()]))
    const { state } = bench.host.documents.find(({ id }) => id === other)!
    await bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
    expect(bench.host.activeDocumentId).toBe(other)
    expect(bench.host.documents.find(({ id }) => id === other)!.state).toBe(state)
    expect(bench.document().state.layers.map(({ name }) => name)).toEqual(['Result', 'Photo'])
    expectClean(bench)
  })

  test('the mask is made in the right document, though another one is active', async () => {
    const bench = open(documentOf([photo()], {}, { selection: feathered(INSIDE) }), undefined, {
      putLayerMaskCreates: false,
    })
    const read = await bench.work.read()
    const other = bench.host.openDocument('other.psd', documentOf([photo()]))
    await bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
    expect(bench.document().state.layers[0]!.mask?.bounds).toEqual(INSIDE)
    expect(bench.host.activeDocumentId).toBe(other)
    expectClean(bench)
  })

  test('another document stays the active one after a failure, too', async () => {
    const bench = open(documentOf([photo()]), undefined, {}, (name) => {
      if (name === 'putPixels') throw new Error('Photoshop Error. Code: -1')
    })
    const read = await bench.work.read()
    bench.host.openDocument('other.psd', documentOf([photo()]))
    const before = snapshot(bench)
    const error = await errorOf(
      bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE),
    )
    expect(error).toMatchObject({
      problem: 'failed',
      placements: ['above-source', 'top-of-document', 'new-document'],
    })
    expectUntouched(bench, before)
  })

  test('a document may have got another profile, and colours are converted to it', async () => {
    const source = photo()
    const bench = open(documentOf([source]))
    const read = await bench.work.read()
    bench.host.edit(bench.id, 'Convert to Profile', (state) => ({
      ...state,
      profile: { name: 'sRGB IEC61966-2.1' },
    }))
    await bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
    const result = bench.document().state.layers[0]!.raster!
    expect(result.color[0]).not.toEqual(source.raster!.color[0])
    expect(result.alpha).toEqual(source.raster!.alpha)
    expectClean(bench)
  })

  test('a moved layer does not take the result along', async () => {
    const source = photo()
    const bench = open(documentOf([source]))
    const read = await bench.work.read()
    bench.host.edit(bench.id, 'Move', (state) => ({
      ...state,
      layers: [
        { ...source, raster: painted({ bounds: { left: 8, top: 8, right: 17, bottom: 15 } }) },
      ],
    }))
    await bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
    expect(bench.document().state.layers[0]!.raster!.bounds).toEqual(INSIDE)
    expectClean(bench)
  })

  test.each([
    [8, 16],
    [16, 8],
    [8, 32],
    [32, 16],
  ] as const)('a document of %i bits may have become one of %i', async (from, to) => {
    const source = photo({ raster: painted({ depth: from }) })
    const bench = open(documentOf([source], { depth: from }))
    const read = await bench.work.read()
    const converted = painted({ depth: to })
    bench.host.edit(bench.id, 'Convert', (state) => ({
      ...state,
      depth: to,
      layers: [{ ...source, raster: converted }],
    }))
    await bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
    const result = bench.document().state.layers[0]!.raster!
    expect(result.bounds).toEqual(INSIDE)
    expect(result.color[0]!.constructor).toBe(converted.color[0]!.constructor)
    expectClean(bench)
  })

  test('a document that became grayscale takes the result in gray', async () => {
    const bench = open(documentOf([photo()]))
    const read = await bench.work.read()
    bench.host.edit(bench.id, 'Grayscale', (state) => ({
      ...documentOf([{ ...state.layers[0]!, raster: painted({ mode: 'grayscale' }) }], {
        mode: 'grayscale',
      }),
    }))
    await bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
    const result = bench.document().state.layers[0]!.raster!
    expect(result.color).toHaveLength(1)
    expectClean(bench)
  })

  test('a document that became indexed holds no layer, and says so', async () => {
    const bench = open(documentOf([photo()]))
    const read = await bench.work.read()
    bench.host.edit(bench.id, 'Indexed Color', () =>
      documentOf([background({ mode: 'indexed' })], { mode: 'indexed' }),
    )
    const before = snapshot(bench)
    const error = await errorOf(
      bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE),
    )
    expect(error).toMatchObject({ problem: 'document-changed', placements: ['new-document'] })
    expectUntouched(bench, before)
  })
})

describe('while another plug-in holds Photoshop', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  async function settle<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => {})
    await vi.advanceTimersByTimeAsync(60_000)
    return promise
  }

  test('reading and inserting say so, and work as soon as it is free', async () => {
    const bench = open(documentOf([photo()]))
    const before = snapshot(bench)
    let release = bench.host.holdModal('Another plug-in')
    expect((await settle(errorOf(bench.work.read()))).problem).toBe('busy')
    release()
    const read = await settle(bench.work.read())

    release = bench.host.holdModal('Another plug-in')
    const inserting = bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
    expect(await settle(errorOf(inserting))).toMatchObject({
      problem: 'busy',
      placements: ['above-source'],
      message: expect.stringContaining('Another plug-in'),
    })
    release()
    expectUntouched(bench, before)
    await settle(bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE))
    expect(bench.document().state.layers).toHaveLength(2)
    expectClean(bench)
  })

  test('a short wait is waited out', async () => {
    const bench = open(documentOf([photo()]))
    const release = bench.host.holdModal('Another plug-in')
    setTimeout(release, 500)
    expect((await settle(bench.work.read())).layerName).toBe('Photo')
  })
})

describe('Esc', () => {
  /** Documents that take every way of reading and writing. */
  const documents = {
    'a pixel layer with a selection': (): LayerState => photo(),
    'a text layer': (): LayerState => photo({ kind: 'text' }),
  }
  const placements: readonly Placement[] = ['above-source', 'new-document']

  function bench(
    source: LayerState,
    onCall?: (name: string) => void,
    putLayerMaskCreates = true,
  ): Bench {
    const state = documentOf([layer(), source, background()], {}, { selection: feathered(INSIDE) })
    return open(state, source.id, { putLayerMaskCreates }, onCall)
  }

  /** Calls `cancel` in the nth turn of the event loop from now; Photoshop's calls take one each. */
  async function inTurn(n: number, cancel: () => void): Promise<void> {
    for (let turn = 0; turn < n; turn++) await new Promise((resolve) => setTimeout(resolve, 0))
    cancel()
  }

  test.each(Object.entries(documents))(
    'at any moment of reading %s leaves everything as it was',
    async (_, source) => {
      let wasCancelled = 0
      for (let n = 1; ; n++) {
        const subject = bench(source())
        const before = snapshot(subject)
        const reading = subject.work.read()
        const cancelling = inTurn(n, () => subject.host.cancelModal())
        const result = await reading.catch((error: unknown) => error)
        await cancelling
        expectUntouched(subject, before)
        if (!(result instanceof Error)) break
        expect(result).toMatchObject({ problem: 'cancelled' })
        wasCancelled++
        await expectNextRunWorks(subject)
      }
      expect(wasCancelled).toBeGreaterThan(1)
    },
  )

  describe.each(placements)('while inserting in %s', (placement) => {
    test.each([true, false])(
      'at any moment leaves everything as it was, when putLayerMask makes masks: %s',
      async (putLayerMaskCreates) => {
        let wasCancelled = 0
        for (let n = 1; ; n++) {
          const subject = bench(photo(), undefined, putLayerMaskCreates)
          const read = await subject.work.read()
          const before = snapshot(subject)
          const inserting = subject.work.insert(read, read.pixels, 'Result', placement, RECIPE)
          const cancelling = inTurn(n, () => subject.host.cancelModal())
          const error = await inserting.then(
            () => undefined,
            (reason: unknown) => reason,
          )
          await cancelling
          if (!error) break
          expect(error).toMatchObject({ problem: 'cancelled', placements: [placement] })
          expectUntouched(subject, before)
          wasCancelled++
          await expectNextRunWorks(subject)
        }
        expect(wasCancelled).toBeGreaterThan(4)
      },
    )
  })

  test('at any call of the whole flow leaves everything as it was', async () => {
    for (const source of Object.values(documents)) {
      let calls = 0
      let cancelAt = Number.POSITIVE_INFINITY
      for (let n = 1; ; n++) {
        calls = 0
        cancelAt = n
        const subject: Bench = bench(source(), () => {
          calls++
          if (calls === cancelAt) subject.host.cancelModal()
        })
        const before = snapshot(subject)
        const error = await flow(subject).catch((reason: unknown) => reason)
        const total = calls
        cancelAt = Number.POSITIVE_INFINITY
        if (error) {
          expect(error).toMatchObject({ problem: 'cancelled' })
          expectUntouched(subject, before)
          await expectNextRunWorks(subject)
        }
        if (n > total) break
      }
    }
  })

  async function flow({ work }: Bench): Promise<void> {
    const read: SourceLayer = await work.read()
    await work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
  }
})
