/**
 * What made a picture, so that it can be made again: stored with the result as JSON, inside XMP in
 * files and in a layer's metadata in documents.
 */
import { OptionError } from '../errors.ts'
import { BEFORE_OPTIONS, OPTIONS, resolveOptions, type StylizeOptions } from '../options.ts'

/** A file by what it is called and what is in it; where it lay is nobody's business. */
export interface FileIdentity {
  /** Without folders. */
  readonly name: string
  /** Checksum of the file's bytes, hexadecimal. */
  readonly sha256: string
}

export interface RecipeStyle extends FileIdentity {
  readonly weight: number
  readonly scale: number
  readonly rotation: number
  readonly mask?: FileIdentity
}

export interface RecipeContent extends FileIdentity {
  /** The document that a layer was in, where that was a file. */
  readonly document?: string
}

export interface Recipe {
  readonly version: typeof RECIPE_VERSION
  /** The version of Impasto that painted the picture. */
  readonly impasto: string
  readonly preset: string
  /**
   * The settings of the run. Where memory decided how it was evaluated, `memory` is what might be
   * used, so that it is evaluated the same way again.
   */
  readonly settings: StylizeOptions
  readonly model: FileIdentity
  /** For a layer the name is the layer's, and the checksum is of its pixels. */
  readonly content: RecipeContent
  readonly styles: readonly RecipeStyle[]
  readonly strength?: FileIdentity
  readonly init?: FileIdentity
  /** Where it was painted; only there does the same run give the same bits. */
  readonly device: string
  /** The run was stopped before its end, so that it can be continued. */
  readonly isStopped?: boolean
  /** For a layer that the panel painted: long edge of the scale at which another run goes on, px. */
  readonly continueAt?: number
}

export const RECIPE_VERSION = 1
export const MAX_STYLES = 8
/** Ranges of a style's numbers, both ends included; rotation in degrees, clockwise. */
export const STYLE_WEIGHT = { min: 0, max: 1e6 } as const
export const STYLE_SCALE = { min: 0.05, max: 20 } as const
export const STYLE_ROTATION = { min: -360, max: 360 } as const

/** Longest edge of Photoshop's largest documents, px. */
const MAX_EDGE = 300_000
const MAX_BYTES = 256 * 1024
const MAX_NAME_LENGTH = 500

/** @throws OptionError where there is more than a recipe may hold. */
export function writeRecipe(recipe: Recipe): string {
  // Noncharacters may stand in JSON, but not in the XML around it.
  const text = JSON.stringify(recipe).replace(
    /[\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  )
  assertSize(text)
  return text
}

/**
 * Settings that are missing take the values that they had before they existed.
 * @throws OptionError that says what is wrong.
 */
export function readRecipe(text: string): Recipe {
  assertSize(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refusal(`is not JSON: ${(error as Error).message}`)
  }
  const fields = record('', value)
  const { version } = fields
  if (!(Number.isInteger(version) && (version as number) >= 1)) {
    throw refusal(`version: expected a whole number from 1, got ${shown(version)}`)
  }
  const impasto = name('impasto', fields.impasto)
  if ((version as number) > RECIPE_VERSION) {
    throw refusal(
      `is of version ${version}, written by Impasto ${impasto}; this one reads up to version ${RECIPE_VERSION}: update it`,
    )
  }
  const { styles, strength, init, isStopped, continueAt } = fields
  if (!Array.isArray(styles) || styles.length < 1 || styles.length > MAX_STYLES) {
    throw refusal(`styles: expected 1 to ${MAX_STYLES}, got ${shown(styles)}`)
  }
  if (isStopped !== undefined && typeof isStopped !== 'boolean') {
    throw refusal(`isStopped: expected true or false, got ${shown(isStopped)}`)
  }
  return {
    version: RECIPE_VERSION,
    impasto,
    preset: name('preset', fields.preset),
    settings: settingsOf(fields.settings, impasto),
    model: identity('model', fields.model),
    content: contentOf(fields.content),
    styles: styles.map((style, i) => styleOf(`styles[${i}]`, style)),
    ...(strength === undefined ? {} : { strength: identity('strength', strength) }),
    ...(init === undefined ? {} : { init: identity('init', init) }),
    device: name('device', fields.device),
    ...(isStopped ? { isStopped } : {}),
    ...(continueAt === undefined ? {} : { continueAt: edge('continueAt', continueAt) }),
  }
}

function settingsOf(value: unknown, impasto: string): StylizeOptions {
  const settings = record('settings', value)
  const unknown = Object.keys(settings).find((key) => !Object.hasOwn(OPTIONS, key))
  if (unknown !== undefined) {
    throw refusal(
      `settings: this version of Impasto has no "${unknown.slice(0, 60)}"; the picture was made by Impasto ${impasto}: use that one`,
    )
  }
  try {
    return resolveOptions(BEFORE_OPTIONS, settings as Partial<StylizeOptions>)
  } catch (error) {
    if (error instanceof OptionError) throw refusal(`settings: ${error.message}`)
    throw error
  }
}

function contentOf(value: unknown): RecipeContent {
  const { document } = record('content', value)
  return {
    ...identity('content', value),
    ...(document === undefined ? {} : { document: name('content.document', document) }),
  }
}

function styleOf(where: string, value: unknown): RecipeStyle {
  const { weight, scale, rotation, mask } = record(where, value)
  return {
    ...identity(where, value),
    weight: number(`${where}.weight`, weight, STYLE_WEIGHT),
    scale: number(`${where}.scale`, scale, STYLE_SCALE),
    rotation: number(`${where}.rotation`, rotation, STYLE_ROTATION),
    ...(mask === undefined ? {} : { mask: identity(`${where}.mask`, mask) }),
  }
}

function identity(where: string, value: unknown): FileIdentity {
  const fields = record(where, value)
  const { sha256 } = fields
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw refusal(`${where}.sha256: expected 64 hexadecimal digits, got ${shown(sha256)}`)
  }
  return { name: name(`${where}.name`, fields.name), sha256 }
}

function record(where: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw refusal(`${where && `${where}: `}expected an object, got ${shown(value)}`)
}

function name(where: string, value: unknown): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= MAX_NAME_LENGTH) return value
  throw refusal(`${where}: expected 1 to ${MAX_NAME_LENGTH} characters, got ${shown(value)}`)
}

function number(
  where: string,
  value: unknown,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  if (typeof value === 'number' && value >= min && value <= max) return value
  throw refusal(`${where}: expected a number from ${min} to ${max}, got ${shown(value)}`)
}

function edge(where: string, value: unknown): number {
  const length = number(where, value, { min: 1, max: MAX_EDGE })
  if (Number.isInteger(length)) return length
  throw refusal(`${where}: expected a whole number, got ${shown(value)}`)
}

function assertSize(text: string): void {
  // In UTF-8 a UTF-16 unit takes one byte to three.
  if (text.length <= MAX_BYTES / 3) return
  const bytes = utf8Length(text)
  if (bytes > MAX_BYTES) throw refusal(`has ${bytes} bytes, at most ${MAX_BYTES} are stored`)
}

/** Without TextEncoder, which Photoshop's panels lack. */
function utf8Length(text: string): number {
  let bytes = 0
  for (const character of text) {
    const point = character.codePointAt(0)!
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return bytes
}

const refusal = (message: string): OptionError => new OptionError(`recipe: ${message}`)

function shown(value: unknown): string {
  const text = Array.isArray(value) ? `${value.length} entries` : JSON.stringify(value)
  return text === undefined ? 'nothing' : text.length > 80 ? `${text.slice(0, 80)}…` : text
}
