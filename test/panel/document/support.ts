/** Documents for the tests of the work on them, in the stand-in for Photoshop. */
import { expect } from 'vitest'
import {
  document as buildDocument,
  layer as buildLayer,
  selection as buildSelection,
} from '../../../src/host/build.ts'
import type { Host, HostDocument } from '../../../src/host/host.ts'
import { createHost } from '../../../src/host/index.ts'
import type {
  ColorMode,
  Depth,
  DocumentState,
  LayerState,
  Raster,
  Rect,
  Samples,
  SelectionState,
} from '../../../src/host/state.ts'
import type { Switches } from '../../../src/host/switches.ts'
import type { Photoshop } from '../../../src/panel/document/photoshop-types.ts'
import { makeDocumentWork } from '../../../src/panel/document/work.ts'
import type { DocumentError, DocumentWork } from '../../../src/panel/document.ts'

export const CANVAS: Rect = { left: 0, top: 0, right: 20, bottom: 16 }
export const INSIDE: Rect = { left: 3, top: 2, right: 12, bottom: 9 }
export const OFF_CANVAS: Rect = { left: -7, top: -4, right: 26, bottom: 5 }
export const ONE_WIDE: Rect = { left: 5, top: -3, right: 6, bottom: 14 }

/** What is white or opaque, and the arrays that hold it. */
const FULL = { 1: 255, 8: 255, 16: 32768, 32: 1 } as const satisfies Record<Depth, number>
const ARRAYS = { 1: Uint8Array, 8: Uint8Array, 16: Uint16Array, 32: Float32Array } as const

const COMPONENTS: Partial<Record<ColorMode, number>> = { rgb: 3, lab: 3, cmyk: 4 }
const PROFILES: Partial<Record<ColorMode, string>> = {
  rgb: 'Display P3',
  grayscale: 'Dot Gain 20%',
}

export interface Paint {
  readonly mode?: ColorMode
  readonly depth?: Depth
  readonly bounds?: Rect
  readonly isOpaque?: boolean
}

/** Every sample differs from its neighbours; alpha is above zero, so that nothing is trimmed. */
export function painted({
  mode = 'rgb',
  depth = 8,
  bounds = INSIDE,
  isOpaque,
}: Paint = {}): Raster {
  const length = (bounds.right - bounds.left) * (bounds.bottom - bounds.top)
  const full = FULL[depth]
  // Light beyond white is kept at 32 bits; a bitmap has 0 and 255 only.
  const most = depth === 32 ? 2 : full
  const plane = (phase: number, least: number, greatest: number): Samples =>
    new ARRAYS[depth](length).map((_, i) => {
      const value = least + ((((i + phase) * 7919) % 101) / 100) * (greatest - least)
      if (depth === 1) return value < full / 2 ? 0 : full
      return depth === 32 ? value : Math.round(value)
    })
  const components = COMPONENTS[mode] ?? 1
  return {
    bounds,
    color: Array.from({ length: components }, (_, index) => plane(index * 13, 0, most)),
    ...(!isOpaque && { alpha: plane(57, full / 200, full) }),
  }
}

let lastId = 100

export function layer({ raster, children, ...spec }: Partial<LayerState> = {}): LayerState {
  const id = spec.id ?? ++lastId
  return {
    ...buildLayer({ ...spec, id }),
    ...(raster && { raster }),
    ...(children && { children }),
  }
}

export function group(
  children: readonly LayerState[],
  change: Partial<LayerState> = {},
): LayerState {
  return layer({ kind: 'group', blendMode: 'passThrough', children, ...change })
}

export function background(paint: Paint = {}): LayerState {
  return layer({
    name: 'Background',
    isBackground: true,
    raster: painted({ ...paint, bounds: CANVAS, isOpaque: true }),
  })
}

export function documentOf(
  layers: readonly LayerState[],
  { mode = 'rgb', depth = 8 }: Paint = {},
  change: Partial<DocumentState> = {},
): DocumentState {
  const { right: width, bottom: height } = CANVAS
  const profile = PROFILES[mode]
  const empty = buildDocument({
    width,
    height,
    mode,
    depth,
    layers: [],
    ...(profile && { profile }),
  })
  return { ...empty, layers, ...change }
}

/** Soft at its left and right, and not a rectangle. */
export function feathered({ left, top, right, bottom }: Rect): SelectionState {
  return buildSelection([left, top, right - left, bottom - top], (x, y) => {
    const fromSide = Math.min(x - left, right - 1 - x)
    return x === left && y === top ? 0 : Math.min(255, 40 + 60 * fromSide)
  })
}

/** What tests store with a result whose recipe they do not look at. */
export const RECIPE = '{"version":1}'

export interface Bench {
  readonly host: Host
  readonly work: DocumentWork
  readonly id: number
  document(): HostDocument
}

/** A host with one document open, whose layer of the given id is active. */
export function open(
  state: DocumentState,
  activeId: number | undefined = state.layers[0]?.id,
  switches: Partial<Switches> = {},
  onCall?: (name: string) => void,
): Bench {
  const host = createHost({ switches, ...(onCall && { onCall }) })
  const id = host.openDocument('test.psd', state)
  if (activeId !== undefined) host.selectLayers(id, [activeId])
  return {
    host,
    id,
    work: makeDocumentWork(host.modules.photoshop as Photoshop),
    document() {
      const found = host.documents.find((document) => document.id === id)
      if (!found) throw new Error('the document was closed')
      return found
    },
  }
}

/** What a document is, to be compared later: states are immutable. */
export function snapshot({ host }: Bench): object {
  return {
    activeDocumentId: host.activeDocumentId,
    documents: host.documents.map(({ id, state, history, historyIndex, selectedLayerIds }) => ({
      id,
      state,
      history: history.map((entry) => entry.id),
      historyIndex,
      selectedLayerIds,
    })),
  }
}

/** Nothing changed, nothing was left behind, and the stand-in has no complaint. */
export function expectUntouched(bench: Bench, before: object): void {
  const after = snapshot(bench)
  expect(after).toEqual(before)
  const stateOf = (of: object): unknown =>
    (of as { documents: { state: object }[] }).documents[0]?.state
  expect(stateOf(after)).toBe(stateOf(before))
  expectClean(bench)
}

export function expectClean({ host }: Bench): void {
  expect(host.audit.violations).toEqual([])
  expect(host.audit.undisposed).toBe(0)
  expect(host.modal).toBeUndefined()
}

export async function errorOf(promise: Promise<unknown>): Promise<DocumentError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ name: 'DocumentError' })
  return error as DocumentError
}
