/**
 * What panel and engine page say to each other: one table of requests and events for each
 * direction, which table.ts repeats as checks. `Uint8Array`s may stand anywhere in a request or its
 * result; they travel as chunks of base64.
 */

import type { Precision } from '../engine/objective/losses/objective.ts'
import type { StylizeOptions } from '../engine/options.ts'
import type { Progress } from '../engine/output/progress.ts'
import type { FileIdentity } from '../engine/output/recipe.ts'
import type { Size } from '../engine/picture/image.ts'

/** Goes up when a message changes; ends of different versions refuse each other. */
export const PROTOCOL_VERSION = 6

/** Interleaved samples, row by row, as Photoshop hands them over. */
export interface Pixels extends Size {
  /** Gray, gray and alpha, RGB, RGBA; alpha is straight. */
  readonly components: 1 | 2 | 3 | 4
  /** 8: 0 … 255; 16: 0 … 32768, little-endian; 32: linear light as float32, little-endian. */
  readonly bits: 8 | 16 | 32
  /** width·height·components·bits/8 bytes. */
  readonly bytes: Uint8Array
}

export interface StyleFile {
  readonly name: string
  /** A JPEG, PNG, WebP, GIF, BMP or AVIF file, decoded in the engine page. */
  readonly bytes: Uint8Array
  /** Share in the blend of the styles that paint the same region. */
  readonly weight: number
  /** Size of its strokes, times the option `styleScale`. */
  readonly scale: number
  /** Degrees, clockwise. */
  readonly rotation: number
  /** Where it paints; absent: wherever no style with a mask does. */
  readonly mask?: CoverageMap
}

/** How much of each pixel of the content is covered; the map is stretched over the content. */
export interface CoverageMap extends Size {
  /** width·height bytes, row by row: 0 … 255. */
  readonly bytes: Uint8Array
}

/** An earlier result from which a run goes on. */
export interface StartPicture {
  /** As large as the content. */
  readonly pixels: Pixels
  /** Long edge of the scale at which painting begins, px: `continueAt` of the earlier outcome. */
  readonly edge: number
}

export type DeviceChoice = 'auto' | 'webgpu' | 'wasm'

export interface StylizeJob {
  /** Names the run in its progress reports, since those of a cancelled run may still arrive. */
  readonly run: number
  readonly content: Pixels
  /** Name of the colour profile of `content` and `init`; absent or unknown: taken for sRGB. */
  readonly profile?: string
  readonly styles: readonly StyleFile[]
  /** How far each part of the content is stylised; absent: all of it fully. */
  readonly strength?: CoverageMap
  /** Takes the place of the option `init`. */
  readonly init?: StartPicture
  /** Checked by options.ts. */
  readonly options: Partial<StylizeOptions>
  readonly device: DeviceChoice
}

export interface StylizeOutcome {
  /** Has the size, components and bits of the content, and exactly its alpha. */
  readonly pixels: Pixels
  /** False when the run was stopped, or ended early; then `warning` says why. */
  readonly isFinished: boolean
  /** What failed on the way, and how the run went on or ended, in a sentence for people. */
  readonly warning?: string
  readonly total: number
  readonly terms: Readonly<Record<string, number>>
  readonly evaluations: number
  readonly seconds: number
  /** The work as it was planned, in the unit of `PlanSummary.work`. */
  readonly work: number
  /** Long edge of the scale at which a run from here goes on, px; absent where nothing was painted. */
  readonly continueAt?: number
  readonly origin: Origin
}

/** What a picture was made of, by checksums (sha256, hexadecimal), and where. */
export interface Origin {
  /** Checksum of the samples; so are those of `mask`, `strength` and `init`. */
  readonly content: string
  /** In the order of the job's styles. */
  readonly styles: readonly { readonly file: string; readonly mask?: string }[]
  readonly strength?: string
  readonly init?: string
  readonly model: FileIdentity
  /** The engine's description of the device that painted last. */
  readonly device: string
}

/** What is known of a run before its pixels are read. */
export interface PlanQuestion {
  readonly content: Size
  readonly styles: readonly PlannedStyle[]
  readonly hasStrength: boolean
  readonly options: Partial<StylizeOptions>
  readonly device: DeviceChoice
}

export interface PlannedStyle extends Size {
  readonly weight: number
  readonly scale: number
  readonly rotation: number
  /** Names its mask, in any way: styles that name the same mask paint the same region. */
  readonly mask?: string
}

/** What a run will do and need; sizes, tiles and precision are those of its finest scale. */
export interface PlanSummary extends Size {
  readonly scales: number
  /** How many tiles an evaluation has; 0: it takes the whole picture at once. */
  readonly tiles: number
  /** Size of a tile, margins included, or of the picture where there are no tiles; px. */
  readonly tileWidth: number
  readonly tileHeight: number
  readonly precision: Precision
  /** Peak over all scales. */
  readonly predictedBytes: number
  /** Megapixel evaluations of the whole run; each takes `Speed.secondsPerMegapixel`. */
  readonly work: number
}

/** What the engine found out about where it runs. */
export interface EngineFacts {
  readonly device: 'webgpu' | 'wasm'
  /** For people: version and adapter. */
  readonly description: string
  readonly isSecureContext: boolean
  readonly hasNavigatorGpu: boolean
  readonly hasAdapter: boolean
  readonly hasShaderF16: boolean
  /** The limits of the GPU device, by WebGPU's names; empty without one. */
  readonly limits: Readonly<Record<string, number>>
  /** Whether the page could fetch its own files, or got them over the bridge. */
  readonly assetsBy: 'fetch' | 'bridge'
  /** Why there is no WebGPU and what that costs, in English; absent when it runs there. */
  readonly fallback?: string
  readonly userAgent: string
}

export interface Speed {
  /** Of the device, as in its facts. */
  readonly description: string
  /** Seconds an evaluation takes for each megapixel, measured by a short calibration run. */
  readonly secondsPerMegapixel: number
}

/** One iteration, as stylize.ts reports it. */
export interface ProgressReport extends Omit<Progress, 'preview'> {
  /** `StylizeJob.run`. */
  readonly run: number
}

/** What the platform gives to the page: 'works', or what there is, or why there is none. */
export interface PageFacts {
  /** The ways by which the page hears and posts. */
  readonly hears: string
  readonly posts: string
  readonly isSecureContext: boolean
  readonly gpu: string
  readonly wasm: string
  readonly worker: string
  readonly sharedArrayBuffer: boolean
  readonly fetch: string
  readonly offscreenCanvas: string
  readonly visibility: string
  /** The longest time between two turns of a timer since the page began. */
  readonly longestGapMs: number
  readonly userAgent: string
}

export interface EngineRequests {
  /** For the self-test: sends the bytes back, with the facts if `wantsFacts`. */
  examine: {
    readonly params: { readonly bytes: Uint8Array; readonly wantsFacts: boolean }
    readonly result: { readonly bytes: Uint8Array; readonly facts?: PageFacts }
  }
  /** Loads ONNX Runtime and the network, unless that is done; sends `loading` events meanwhile. */
  open: {
    readonly params: { readonly device: DeviceChoice; readonly model: string }
    readonly result: EngineFacts
  }
  /** Opens the device and measures it, which takes seconds; a run does not wait for it. */
  measure: {
    readonly params: { readonly device: DeviceChoice; readonly model: string }
    readonly result: Speed
  }
  /** Checks that a file is a picture and makes a thumbnail of at most `edge` px. */
  thumbnail: {
    readonly params: { readonly name: string; readonly bytes: Uint8Array; readonly edge: number }
    readonly result: {
      readonly width: number
      readonly height: number
      /** A PNG file. */
      readonly png: Uint8Array
      /** Checksum of the file, hexadecimal. */
      readonly sha256: string
    }
  }
  /** Touches neither the device nor a run. @throws OptionError when the run would not fit. */
  plan: { readonly params: PlanQuestion; readonly result: PlanSummary }
  /** One at a time. Aborting the request cancels the run. */
  stylize: { readonly params: StylizeJob; readonly result: StylizeOutcome }
  /** Ends the run with the best picture so far; `stylize` then settles. */
  stop: { readonly params: Record<string, never>; readonly result: Record<string, never> }
}

/** Requests that the engine page makes of the panel. */
export interface PanelRequests {
  /** A file beside the page in the plug-in folder, `webview/<name>`. */
  readAsset: {
    readonly params: { readonly name: string }
    readonly result: { readonly bytes: Uint8Array }
  }
}

/** What the engine page tells the panel without being asked. */
export interface EngineEvents {
  loading: { readonly what: string; readonly loadedBytes: number; readonly totalBytes: number }
  progress: ProgressReport
  /** What would otherwise go to a console that nobody sees. */
  log: { readonly level: 'info' | 'warning' | 'error'; readonly text: string }
}

/** What the panel tells the engine page without asking. */
export interface PanelEvents {
  /** Colours for the page, CSS values; the texts it shows, in the user's language. */
  appearance: {
    readonly background: string
    readonly text: string
    readonly accent: string
    readonly idleText: string
    /** Over the original, while it is shown in the place of its painting. */
    readonly originalText: string
  }
  /** The panel was hidden or shown: a hidden page draws no preview. */
  visibility: { readonly isVisible: boolean }
  /** The page is to begin anew. */
  reload: Readonly<Record<never, never>>
}

/** An error as it travels. */
export interface WireError {
  /** An ErrorCode of engine/errors.ts, or `internal`. */
  readonly code: string
  readonly message: string
}
