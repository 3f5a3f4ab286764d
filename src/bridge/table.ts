/**
 * The messages of messages.ts as checks at run time, entry by entry: an entry that is missing or
 * differs from its type does not compile. Also how long each request may go without a sign of life.
 */

import type { StylizeOptions } from '../engine/options.ts'
import {
  type FileIdentity,
  MAX_STYLES,
  STYLE_ROTATION,
  STYLE_SCALE,
  STYLE_WEIGHT,
} from '../engine/output/recipe.ts'
import type { Size } from '../engine/picture/image.ts'
import type {
  CoverageMap,
  EngineEvents,
  EngineFacts,
  EngineRequests,
  Origin,
  PageFacts,
  PanelEvents,
  PanelRequests,
  Pixels,
  PlannedStyle,
  PlanQuestion,
  PlanSummary,
  Speed,
  StartPicture,
  StyleFile,
  StylizeJob,
  StylizeOutcome,
} from './messages.ts'
import { TRANSFER_LIMIT } from './packets.ts'
import {
  bytes,
  type Check,
  fitting,
  flag,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  record,
  type Schema,
  text,
} from './schema.ts'

export interface RequestChecks {
  readonly params: Check
  readonly result: Check
  readonly timeoutMs: number
}

type RequestsTable<Requests> = {
  readonly [K in keyof Requests]: Requests[K] extends {
    readonly params: infer Params
    readonly result: infer Result
  }
    ? RequestChecks & { readonly params: Schema<Params>; readonly result: Schema<Result> }
    : never
}
type EventsTable<Events> = { readonly [K in keyof Events]: Schema<Events[K]> }

const MINUTE_MS = 60_000
/**
 * One evaluation of a large picture in WebAssembly blocks the engine page, which answers nothing
 * meanwhile.
 */
const ENGINE_BUSY_MS = 15 * MINUTE_MS

/** px; Photoshop's own limit. */
const edge = integer(1, 300_000)
const fileName = text(1024)
const line = text(1000)
const anySize = integer(0)
const nothing = object<Record<string, never>>({})
const device = oneOf('auto', 'webgpu', 'wasm')
/** `content.relu4_2`, `maxBufferSize`: names that programs give. */
const NAME = /^[A-Za-z][\w.-]{0,63}$/
/** There is one term for every style layer and region. A picture must not be lost because there are many. */
const terms = record(NAME, number(), 1000)

const pixels = fitting(
  object<Pixels>({
    width: edge,
    height: edge,
    components: oneOf(1, 2, 3, 4),
    bits: oneOf(8, 16, 32),
    bytes: bytes(TRANSFER_LIMIT),
  }),
  ({ width, height, components, bits, bytes }) => {
    const expected = (width * height * components * bits) / 8
    return bytes.byteLength === expected
      ? undefined
      : `expected ${expected} bytes for ${width}×${height}, ${components} components of ${bits} bits, got ${bytes.byteLength}`
  },
)

const coverageMap = fitting(
  object<CoverageMap>({ width: edge, height: edge, bytes: bytes(2 ** 30) }),
  ({ width, height, bytes }) =>
    bytes.byteLength === width * height
      ? undefined
      : `expected ${width * height} bytes for ${width}×${height}, got ${bytes.byteLength}`,
)

const sha256 = text(64, /^[0-9a-f]{64}$/)
const size = object<Size>({ width: edge, height: edge })
const weight = number(STYLE_WEIGHT.min, STYLE_WEIGHT.max)
const scale = number(STYLE_SCALE.min, STYLE_SCALE.max)
const rotation = number(STYLE_ROTATION.min, STYLE_ROTATION.max)

const styleFile = object<StyleFile>({
  name: fileName,
  bytes: bytes(2 ** 29),
  weight,
  scale,
  rotation,
  mask: optional(coverageMap),
})

/** Checks only the form; options.ts knows names and ranges. */
const optionValue: Check = {
  complaint: (value, path) =>
    typeof value === 'boolean'
      ? undefined
      : typeof value === 'string'
        ? line.complaint(value, path)
        : Array.isArray(value)
          ? list(typeof value[0] === 'string' ? line : (number() as Check), 0, 100).complaint(
              value,
              path,
            )
          : number().complaint(value, path),
}
const options: Schema<Partial<StylizeOptions>> = record(NAME, optionValue, 100)

export const ENGINE_REQUESTS: RequestsTable<EngineRequests> = {
  open: {
    params: object({ device, model: text(64, NAME) }),
    result: object<EngineFacts>({
      device: oneOf('webgpu', 'wasm'),
      description: line,
      isSecureContext: flag,
      hasNavigatorGpu: flag,
      hasAdapter: flag,
      hasShaderF16: flag,
      limits: record(NAME, number(), 200),
      assetsBy: oneOf('fetch', 'bridge'),
      fallback: optional(line),
      userAgent: line,
    }),
    timeoutMs: ENGINE_BUSY_MS,
  },
  measure: {
    params: object({ device, model: text(64, NAME) }),
    result: object<Speed>({ description: line, secondsPerMegapixel: number(0, 1e9) }),
    timeoutMs: ENGINE_BUSY_MS,
  },
  thumbnail: {
    params: object<EngineRequests['thumbnail']['params']>({
      name: fileName,
      bytes: bytes(2 ** 29),
      edge: integer(1, 1024),
    }),
    result: object<EngineRequests['thumbnail']['result']>({
      width: edge,
      height: edge,
      png: bytes(8 * 2 ** 20),
      sha256,
    }),
    timeoutMs: ENGINE_BUSY_MS,
  },
  plan: {
    params: object<PlanQuestion>({
      content: size,
      styles: list(
        object<PlannedStyle>({
          width: edge,
          height: edge,
          weight,
          scale,
          rotation,
          mask: optional(fileName),
        }),
        1,
        MAX_STYLES,
      ),
      hasStrength: flag,
      options,
      device,
    }),
    result: object<PlanSummary>({
      scales: anySize,
      width: edge,
      height: edge,
      tiles: anySize,
      tileWidth: edge,
      tileHeight: edge,
      precision: oneOf('float32', 'float16'),
      predictedBytes: anySize,
      work: number(0),
    }),
    timeoutMs: ENGINE_BUSY_MS,
  },
  stylize: {
    params: object<StylizeJob>({
      run: anySize,
      content: pixels,
      profile: optional(line),
      styles: list(styleFile, 1, MAX_STYLES),
      strength: optional(coverageMap),
      init: optional(object<StartPicture>({ pixels, edge })),
      options,
      device,
    }),
    result: object<StylizeOutcome>({
      pixels,
      isFinished: flag,
      warning: optional(line),
      total: number(),
      terms,
      evaluations: anySize,
      seconds: number(0, 1e9),
      work: number(0),
      continueAt: optional(edge),
      origin: object<Origin>({
        content: sha256,
        styles: list(
          object<Origin['styles'][number]>({ file: sha256, mask: optional(sha256) }),
          1,
          MAX_STYLES,
        ),
        strength: optional(sha256),
        init: optional(sha256),
        model: object<FileIdentity>({ name: fileName, sha256 }),
        device: line,
      }),
    }),
    timeoutMs: ENGINE_BUSY_MS,
  },
  examine: {
    params: object({ bytes: bytes(2 ** 24), wantsFacts: flag }),
    result: object<EngineRequests['examine']['result']>({
      bytes: bytes(2 ** 24),
      facts: optional(
        object<PageFacts>({
          hears: line,
          posts: line,
          isSecureContext: flag,
          gpu: line,
          wasm: line,
          worker: line,
          sharedArrayBuffer: flag,
          fetch: line,
          offscreenCanvas: line,
          visibility: line,
          longestGapMs: anySize,
          userAgent: line,
        }),
      ),
    }),
    timeoutMs: MINUTE_MS,
  },
  stop: { params: nothing, result: nothing, timeoutMs: ENGINE_BUSY_MS },
}

export const PANEL_REQUESTS: RequestsTable<PanelRequests> = {
  readAsset: {
    // A name and not a path, so that nothing outside the folder can be asked for.
    params: object({ name: text(128, /^\w[\w.-]*$/) }),
    result: object({ bytes: bytes(2 ** 30) }),
    timeoutMs: MINUTE_MS,
  },
}

export const ENGINE_EVENTS: EventsTable<EngineEvents> = {
  loading: object<EngineEvents['loading']>({
    what: line,
    loadedBytes: anySize,
    totalBytes: anySize,
  }),
  progress: object<EngineEvents['progress']>({
    run: anySize,
    scaleIndex: anySize,
    scaleCount: anySize,
    width: edge,
    height: edge,
    iteration: anySize,
    iterations: anySize,
    evaluations: anySize,
    fraction: number(0, 1),
    terms,
    total: number(),
    seconds: number(0, 1e9),
    secondsLeft: number(0, 1e9),
  }),
  log: object<EngineEvents['log']>({
    level: oneOf('info', 'warning', 'error'),
    text: text(20_000),
  }),
}

const cssValue = text(100)

export const PANEL_EVENTS: EventsTable<PanelEvents> = {
  appearance: object<PanelEvents['appearance']>({
    background: cssValue,
    text: cssValue,
    accent: cssValue,
    idleText: line,
    originalText: line,
  }),
  visibility: object<PanelEvents['visibility']>({ isVisible: flag }),
  reload: nothing,
}
