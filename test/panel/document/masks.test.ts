/** Masks as versions of Photoshop differ in them: what is read, and what is written. */
import { describe, expect, test } from 'vitest'
import { selection as buildSelection } from '../../../src/host/build.ts'
import { rectAt } from '../../../src/host/photoshop/samples.ts'
import type { MaskState, Rect } from '../../../src/host/state.ts'
import type { Switches } from '../../../src/host/switches.ts'
import type { Photoshop } from '../../../src/panel/document/photoshop-types.ts'
import { makeDocumentWork } from '../../../src/panel/document/work.ts'
import {
  type Bench,
  background,
  CANVAS,
  documentOf,
  errorOf,
  expectClean,
  expectUntouched,
  feathered,
  layer,
  OFF_CANVAS,
  open,
  painted,
  RECIPE,
  snapshot,
} from './support.ts'

const TRIMMED = { layerMasksAreTrimmed: true } as const

function mask(outside: number, bounds: Rect, value: (x: number, y: number) => number): MaskState {
  const samples: number[] = []
  for (let y = bounds.top; y < bounds.bottom; y++)
    for (let x = bounds.left; x < bounds.right; x++) samples.push(value(x, y))
  return { bounds, samples: Uint8Array.from(samples), outside, isEnabled: true }
}

/** Round and soft. */
const dab = (inside: number, outside: number) => (x: number, y: number) => {
  const distance = Math.hypot(x - 8, y - 8)
  const share = Math.max(0, Math.min(1, (4.5 - distance) / 2))
  return Math.round(outside + (inside - outside) * share)
}

const DAB = rectAt(4, 4, 9, 9)
const AREA = rectAt(2, 3, 6, 5)
const NONE = rectAt(0, 0, 0, 0)

const MASKS: Readonly<Record<string, MaskState>> = {
  'that shows all but a dab': mask(255, DAB, dab(0, 255)),
  'that hides all but a dab': mask(0, DAB, dab(255, 0)),
  'that shows all but a rectangle': mask(255, AREA, () => 0),
  'that hides all but a rectangle': mask(0, AREA, () => 255),
  'with all of it grey in a rectangle': mask(0, AREA, () => 140),
}

/** What it shows of each pixel, by its definition. */
const shown = ({ bounds, samples, outside }: MaskState, over: Rect): number[] => {
  const values: number[] = []
  const width = bounds.right - bounds.left
  for (let y = over.top; y < over.bottom; y++)
    for (let x = over.left; x < over.right; x++) {
      const isIn = x >= bounds.left && x < bounds.right && y >= bounds.top && y < bounds.bottom
      values.push(isIn ? samples[(y - bounds.top) * width + x - bounds.left]! : outside)
    }
  return values
}

async function readMask(bench: Bench): Promise<number[]> {
  const before = snapshot(bench)
  const over = await bench.work.read(undefined, { ignoreSelection: true })
  const { bytes } = await bench.work.readCoverage({ kind: 'layer-mask' }, over)
  expectUntouched(bench, before)
  return [...bytes]
}

describe('a mask of which a part is told', () => {
  const masked = (
    of: MaskState,
    bounds: Rect,
    switches: Partial<Switches> = {},
    selection?: ReturnType<typeof feathered>,
  ): Bench =>
    open(
      documentOf(
        [layer({ raster: painted({ bounds }), mask: of })],
        {},
        selection && { selection },
      ),
      undefined,
      { ...TRIMMED, ...switches },
    )

  describe.each([{}, { masksHaveHistograms: false }])('with %o', (switches) => {
    test.each(Object.entries(MASKS))('%s is read as it is', async (_, of) => {
      expect(await readMask(masked(of, CANVAS, switches))).toEqual(shown(of, CANVAS))
    })

    test.each(Object.entries(MASKS))('%s, beside its layer’s pixels, too', async (_, of) => {
      const bounds = rectAt(14, 1, 5, 6)
      expect(await readMask(masked(of, bounds, switches))).toEqual(shown(of, bounds))
    })
  })

  test.each(Object.entries(MASKS))('%s, of a layer larger than the canvas', async (_, of) => {
    expect(await readMask(masked(of, OFF_CANVAS))).toEqual(shown(of, OFF_CANVAS))
  })

  test.each(Object.entries(MASKS))('%s, while something is selected', async (_, of) => {
    const bench = masked(of, CANVAS, {}, feathered(rectAt(5, 5, 3, 2)))
    expect(await readMask(bench)).toEqual(shown(of, CANVAS))
  })

  test.each([0, 255])('on which nothing was painted is %i everywhere', async (outside) => {
    const of = mask(outside, NONE, () => 0)
    expect(await readMask(masked(of, CANVAS))).toEqual(shown(of, CANVAS))
  })

  test('of which nothing can be told is a problem, not a guess', async () => {
    const bench = masked(
      mask(255, NONE, () => 0),
      CANVAS,
      { masksHaveHistograms: false },
    )
    const over = await bench.work.read(undefined, { ignoreSelection: true })
    const error = await errorOf(bench.work.readCoverage({ kind: 'layer-mask' }, over))
    expect(error.problem).toBe('no-layer-mask')
  })
})

describe('the selection becomes the mask of the result', () => {
  // Full at two of its corners and soft at the others.
  const selection = buildSelection([3, 2, 6, 11], (x) => (x < 6 ? 128 : 255))
  const selectedDocument = (depth: 8 | 16) =>
    documentOf(
      [
        layer({ raster: painted({ depth, bounds: CANVAS, isOpaque: true }) }),
        background({ depth }),
      ],
      { depth },
      { selection },
    )
  const wanted = shown(
    { ...mask(0, selection.bounds, () => 0), samples: selection.coverage },
    CANVAS,
  )
  const insert = async (bench: Bench, work = bench.work): Promise<void> => {
    const read = await work.read()
    await work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
    expect(bench.document().history).toHaveLength(2)
    expect(bench.document().state.selection).toEqual(selection)
    expectClean(bench)
  }
  const visible = (bench: Bench, depth: 8 | 16): number[] => {
    const [{ raster, mask: of } = layer()] = bench.document().state.layers
    const full = depth === 16 ? 32768 : 255
    const byMask = of ? shown(of, CANVAS) : wanted.map(() => full)
    return byMask.map((value, i) => {
      const alpha = raster?.alpha?.[i] ?? full
      return Math.round((value / full) * (alpha / full) * 255)
    })
  }

  const SWITCHES: readonly Partial<Switches>[] = [
    { maskWrites: 'kept' },
    { maskWrites: 'lost' },
    { maskWrites: 'black-turns-white' },
    { putLayerMaskCreates: false },
  ]
  describe.each(SWITCHES)('with %o', (switches) => {
    test.each([
      [8, {}],
      [16, {}],
      [8, TRIMMED],
      [8, { ...TRIMMED, masksHaveHistograms: false }],
    ] as const)('at %i bits, %o', async (depth, reading) => {
      const bench = open(selectedDocument(depth), undefined, { ...switches, ...reading })
      await insert(bench)
      expect(bench.document().state.layers[0]!.mask).toBeDefined()
      expect(visible(bench, depth)).toEqual(wanted)
    })
  })

  test.each(['lost', 'black-turns-white'] as const)(
    'or its alpha, where masks are %s and no selection makes one',
    async (maskWrites) => {
      const bench = open(selectedDocument(8), undefined, { maskWrites })
      const photoshop = bench.host.modules.photoshop as Photoshop
      const batchPlay: Photoshop['action']['batchPlay'] = async (commands, options) =>
        commands.some(({ using }) => using?._value === 'revealSelection')
          ? [{ _obj: 'error', message: 'Not available', result: -25922 }]
          : photoshop.action.batchPlay(commands, options)
      const action = { ...photoshop.action, batchPlay }
      await insert(bench, makeDocumentWork({ ...photoshop, action }))
      expect(bench.document().state.layers[0]!.mask).toBeUndefined()
      expect(visible(bench, 8)).toEqual(wanted)
    },
  )

  test('or the document stays as it was, where a wrong mask cannot be taken away', async () => {
    const bench = open(selectedDocument(8), undefined, { maskWrites: 'black-turns-white' })
    const photoshop = bench.host.modules.photoshop as Photoshop
    const batchPlay: Photoshop['action']['batchPlay'] = async (commands, options) =>
      commands.some(({ _obj }) => _obj === 'delete')
        ? [{ _obj: 'error', message: 'Not available', result: -25922 }]
        : photoshop.action.batchPlay(commands, options)
    const action = { ...photoshop.action, batchPlay }
    const work = makeDocumentWork({ ...photoshop, action })
    const read = await work.read()
    const before = snapshot(bench)
    const inserted = work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
    expect((await errorOf(inserted)).message).toContain('wrong mask')
    expectUntouched(bench, before)
  })
})
