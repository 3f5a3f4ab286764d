/** Stand-ins for what the panel talks to: documents, the bridge's connection, storage, files. */
import type { EngineConnection, PanelHandlers } from '../../src/bridge/connection.ts'
import type {
  CoverageMap,
  EngineFacts,
  EngineRequests,
  PageFacts,
  Pixels,
  PlanSummary,
  ProgressReport,
  StylizeOutcome,
} from '../../src/bridge/messages.ts'
import { CancelledError } from '../../src/engine/errors.ts'
import type {
  CoverageSource,
  DocumentChoice,
  DocumentWork,
  LayerChoice,
  Placement,
  SourceLayer,
} from '../../src/panel/document.ts'
import type { PickedFile } from '../../src/panel/uxp.ts'

export const PIXELS: Pixels = {
  width: 300,
  height: 200,
  components: 3,
  bits: 8,
  bytes: new Uint8Array(300 * 200 * 3),
}

/** Of any file. */
export const HASH = 'a'.repeat(64)

export const FACTS: EngineFacts = {
  device: 'wasm',
  description: 'a processor',
  isSecureContext: true,
  hasNavigatorGpu: false,
  hasAdapter: false,
  hasShaderF16: false,
  limits: {},
  assetsBy: 'bridge',
  fallback: 'no WebGPU',
  userAgent: 'test',
}

export const PAGE_FACTS: PageFacts = {
  hears: 'window, data, an object',
  posts: 'object',
  isSecureContext: true,
  gpu: 'no navigator.gpu',
  wasm: 'WebAssembly with SIMD',
  worker: 'works',
  sharedArrayBuffer: false,
  fetch: 'no: Failed to fetch',
  offscreenCanvas: 'works',
  visibility: 'visible',
  longestGapMs: 500,
  userAgent: 'test',
}

export const OUTCOME: StylizeOutcome = {
  pixels: PIXELS,
  isFinished: true,
  total: 1,
  terms: { tv: 1 },
  evaluations: 30,
  seconds: 40,
  work: 20,
  continueAt: 512,
  origin: {
    content: HASH,
    styles: [{ file: HASH }],
    model: { name: 'vgg16', sha256: HASH },
    device: 'a processor',
  },
}

export const PLAN: PlanSummary = {
  scales: 5,
  width: 300,
  height: 200,
  tiles: 12,
  tileWidth: 128,
  tileHeight: 96,
  precision: 'float32',
  predictedBytes: 1.23e9,
  work: 90,
}

export const PROGRESS: ProgressReport = {
  run: 1,
  scaleIndex: 0,
  scaleCount: 2,
  width: 150,
  height: 100,
  iteration: 3,
  iterations: 30,
  evaluations: 4,
  fraction: 0.1,
  terms: { tv: 1 },
  total: 1,
  seconds: 1,
  secondsLeft: 9,
}

export interface Insertion {
  readonly layerName: string
  readonly placement: Placement
  readonly pixels: Pixels
  /** Of the layer above which it comes. */
  readonly above: number
  /** Empty where there is none. */
  readonly recipe: string
}

export interface FakeDocuments extends DocumentWork {
  readonly insertions: readonly Insertion[]
  /** The next call of that method fails so. */
  failNext(
    method: 'read' | 'insert' | 'readCoverage' | 'readOver' | 'readPicture',
    error: unknown,
  ): void
  /** Of document 1, beside those that are selected. */
  others: readonly LayerChoice[]
  /** Selected from the top; at first one. */
  selected: readonly LayerChoice[]
  /** Beside the active one. */
  openDocuments: readonly DocumentChoice[]
  /** Of document 1, which the layers are in. */
  maskLayers: readonly LayerChoice[]
  activeDocumentId: number
  /** Of the selected layer. */
  recipe: string | undefined
  readonly coverageReads: readonly { readonly from: CoverageSource; readonly over: number }[]
  /** The user selected something else. */
  change(): void
}

export const layerChoice = (id: number, name: string): LayerChoice => ({
  documentId: 1,
  id,
  name,
})

/** A layer in the place of another. */
export const OVER: Pixels = {
  ...PIXELS,
  components: 4,
  bytes: new Uint8Array(300 * 200 * 4),
}

export const COVERAGE: CoverageMap = {
  width: 300,
  height: 200,
  bytes: new Uint8Array(300 * 200).fill(255),
}

export function makeDocuments(): FakeDocuments {
  const insertions: Insertion[] = []
  const coverageReads: { from: CoverageSource; over: number }[] = []
  const failures = new Map<string, unknown>()
  const listeners = new Set<() => void>()
  const failIfAsked = (method: string): void => {
    if (!failures.has(method)) return
    const error = failures.get(method)
    failures.delete(method)
    throw error
  }
  const fake: FakeDocuments = {
    insertions,
    coverageReads,
    selected: [layerChoice(2, 'one')],
    others: [],
    openDocuments: [],
    maskLayers: [],
    activeDocumentId: 1,
    recipe: undefined,
    failNext: (method, error) => failures.set(method, error),
    change: () => listeners.forEach((listener) => void listener()),
    facts() {
      const [layer] = fake.selected
      const isOne = fake.selected.length === 1
      return {
        documentTitle: 'a.psd',
        layerCount: fake.selected.length,
        ...(isOne && { layerName: layer!.name, layerWidth: 300, layerHeight: 200 }),
      }
    },
    selectedLayers: () => fake.selected,
    coverageChoices: async (documentId = fake.activeDocumentId) =>
      documentId === 1 ? fake.maskLayers : [],
    layers: (documentId) => (documentId === 1 ? [...fake.selected, ...fake.others] : []),
    async read(layerId = fake.selected[0]!.id, { ignoreSelection } = {}) {
      failIfAsked('read')
      const layerName = fake.selected.find(({ id }) => id === layerId)?.name ?? 'one'
      const source: Partial<SourceLayer> = {
        documentId: 1,
        documentTitle: 'a.psd',
        layerId,
        layerName,
        pixels: PIXELS,
        ...(!ignoreSelection && { selection: new Uint8Array(PIXELS.width * PIXELS.height) }),
      }
      return source as SourceLayer
    },
    async readCoverage(from, { layerId }) {
      failIfAsked('readCoverage')
      coverageReads.push({ from, over: layerId })
      return COVERAGE
    },
    otherDocuments: () => fake.openDocuments,
    async readPicture(from) {
      failIfAsked('readPicture')
      const pixels: Pixels = { ...PIXELS, width: 3, height: 2, bytes: new Uint8Array(18) }
      return { name: from.kind === 'layer' ? 'Brush' : 'a photograph.psd', pixels }
    },
    async readOver() {
      failIfAsked('readOver')
      return OVER
    },
    async insert({ layerId }, pixels, layerName, placement, recipe = '') {
      failIfAsked('insert')
      insertions.push({ layerName, placement, pixels, above: layerId, recipe })
      return { documentId: 1, layerId: 100 + insertions.length }
    },
    readRecipe: async () => fake.recipe,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return fake
}

type Answers = {
  [K in keyof EngineRequests]: (
    params: EngineRequests[K]['params'],
    signal: AbortSignal | undefined,
  ) => Promise<EngineRequests[K]['result']>
}

export interface FakeConnection {
  connect(handlers: PanelHandlers): EngineConnection
  readonly handlers: PanelHandlers
  /** Names of the requests so far. */
  readonly requests: readonly string[]
  readonly emitted: readonly { readonly name: string; readonly data: unknown }[]
  answers: Answers
}

/** Answers everything at once, unless told otherwise. */
export function makeConnection(ready: Promise<void> = Promise.resolve()): FakeConnection {
  const requests: string[] = []
  const emitted: { name: string; data: unknown }[] = []
  let handlers: PanelHandlers | undefined
  const fake: FakeConnection = {
    requests,
    emitted,
    answers: {
      open: async () => FACTS,
      measure: async () => ({ description: FACTS.description, secondsPerMegapixel: 2 }),
      thumbnail: async () => ({
        width: 2,
        height: 1,
        png: new Uint8Array([1, 2, 3]),
        sha256: HASH,
      }),
      plan: async () => PLAN,
      stylize: async ({ styles }) => ({
        ...OUTCOME,
        origin: { ...OUTCOME.origin, styles: styles.map(() => ({ file: HASH })) },
      }),
      examine: async ({ bytes }) => ({ bytes, facts: PAGE_FACTS }),
      stop: async () => ({}),
    },
    get handlers() {
      if (!handlers) throw new Error('nobody has connected')
      return handlers
    },
    connect(given) {
      handlers = given
      const connection: EngineConnection = {
        ready,
        request: (name, params, options) => {
          requests.push(name)
          const answer = fake.answers[name] as (
            params: unknown,
            signal?: AbortSignal,
          ) => Promise<never>
          return answer(params, options?.signal)
        },
        emit: (name, data) => emitted.push({ name, data }),
        close() {},
      }
      return connection
    },
  }
  return fake
}

/** A run that lasts until it is aborted or `end` is called. */
export function makeLongRun(): {
  readonly answer: Answers['stylize']
  readonly begun: Promise<void>
  end(outcome: StylizeOutcome): void
} {
  let end: (outcome: StylizeOutcome) => void = () => undefined
  let begin: () => void = () => undefined
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  return {
    begun,
    end: (outcome) => end(outcome),
    answer: (_, signal) =>
      new Promise((resolve, reject) => {
        end = resolve
        signal?.addEventListener('abort', () => reject(new CancelledError('cancelled')))
        begin()
      }),
  }
}

export function makeStorage(entries: Readonly<Record<string, string>> = {}) {
  const map = new Map(Object.entries(entries))
  return {
    map,
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
  }
}

export const pickedFile = (name: string, text = '', token?: string): PickedFile => ({
  name,
  token: async () => token,
  readBytes: async () => new Uint8Array([9]),
  readText: async () => text,
})
