/** Hosts with a document open, and callers of the module that behave or do not. */
import { expect } from 'vitest'
import { type DocumentSpec, document } from '../../../src/host/build.ts'
import { createHost, type HostOptions, type PhotoshopHost } from '../../../src/host/index.ts'
import type { DocumentState } from '../../../src/host/state.ts'

export const SRGB = 'sRGB IEC61966-2.1'
export const GRAY = 'Gray Gamma 2.2'

type Module = PhotoshopHost['modules']['photoshop']
export type PsDocument = Module['app']['activeDocument']
export type PsLayer = PsDocument['layers'][number]
type Context = Parameters<Parameters<Module['core']['executeAsModal']>[0]>[0]

export interface Bench extends Module {
  readonly host: PhotoshopHost
  readonly documentId: number
  /** The open document's present state. */
  state(): DocumentState
  /** Names of its history states, without the opening. */
  history(): readonly string[]
  layer(name: string): PsLayer
  modal<T>(work: (context: Context) => Promise<T>): Promise<T>
}

/** 8 × 6 px: a red layer over a white background. */
const PLAIN: DocumentSpec = {
  layers: [
    { name: 'Red', at: [2, 1, 3, 2], paint: [1, 0, 0, 1] },
    { name: 'Background', isBackground: true, paint: [1, 1, 1] },
  ],
}

export function open(spec: DocumentSpec = PLAIN, options: HostOptions = {}): Bench {
  const host = createHost(options)
  const { photoshop } = host.modules
  const documentId = host.openDocument('test.psd', document(spec))
  const found = () => host.documents.find(({ id }) => id === documentId)!
  return {
    ...photoshop,
    host,
    documentId,
    state: () => found().state,
    history: () =>
      found()
        .history.slice(1)
        .map(({ name }) => name),
    layer: (name) => findByName(photoshop.app.activeDocument.layers, name),
    modal: (work) => photoshop.core.executeAsModal(work, { commandName: 'Test' }),
  }
}

function findByName(layers: PsDocument['layers'], name: string): PsLayer {
  const all = Array.from(layers).flatMap((layer) => [layer, ...Array.from(layer.layers ?? [])])
  const layer = all.find((candidate) => candidate.name === name)
  if (!layer) throw new Error(`no layer ${name}`)
  return layer
}

/** Image data of one colour, in sRGB or gray, by the number of values. */
export function flat(
  { imaging }: Pick<Bench, 'imaging'>,
  [width, height]: readonly [number, number],
  pixel: readonly number[],
  make: (samples: number[]) => Uint8Array | Uint16Array | Float32Array = (samples) =>
    Uint8Array.from(samples),
): ReturnType<Bench['imaging']['createImageDataFromBuffer']> {
  const samples = Array.from({ length: width * height }, () => pixel).flat()
  const isGray = pixel.length < 3
  return imaging.createImageDataFromBuffer(make(samples), {
    width,
    height,
    components: pixel.length,
    colorSpace: isGray ? 'Grayscale' : 'RGB',
    colorProfile: isGray ? GRAY : SRGB,
  })
}

export const WRITE_REFUSAL =
  /may modify the state of Photoshop\. Such events are only allowed from inside a modal scope/

export function expectClean({ host }: Bench): void {
  expect(host.audit.violations).toEqual([])
  expect(host.audit.undisposed).toBe(0)
  expect(host.modal).toBeUndefined()
}

/** What a caller may pass that the types forbid. */
export const wrongly = <T>(value: unknown): T => value as T

export const wait = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
