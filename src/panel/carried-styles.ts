/** The styles that a preset carries: built-in ones by name, the user's own pictures as whole files. */
import { base64Length, fromBase64, toBase64 } from '../bridge/base64.ts'
import { OptionError } from '../engine/errors.ts'
import { MAX_STYLES, STYLE_ROTATION, STYLE_SCALE, STYLE_WEIGHT } from '../engine/output/recipe.ts'
import { hashOf } from './hash.ts'
import { BUILT_IN_STYLES, type BuiltInStyle } from './styles.ts'

/** A style's weight, scale and rotation. Where it paints belongs to the document and is not carried. */
export interface StyleAmounts {
  readonly weight: number
  readonly scale: number
  /** Degrees, clockwise. */
  readonly rotation: number
}

interface CarriedBuiltIn extends StyleAmounts {
  readonly kind: 'built-in'
  readonly name: BuiltInStyle
}

export interface CarriedPicture extends StyleAmounts {
  readonly kind: 'picture'
  /** Name of its file, without folders. */
  readonly name: string
  /** Checksum of its bytes, in lower-case hexadecimal. */
  readonly sha256: string
  /** A JPEG or PNG file in base64. */
  readonly data: string
}

export type CarriedStyle = CarriedBuiltIn | CarriedPicture

export const MAX_PICTURE_BYTES = 2_000_000
export const MAX_PICTURE_NAME_LENGTH = 255
export const AMOUNT_RANGES = {
  weight: STYLE_WEIGHT,
  scale: STYLE_SCALE,
  rotation: STYLE_ROTATION,
} as const satisfies Record<keyof StyleAmounts, { min: number; max: number }>

const AMOUNTS = Object.keys(AMOUNT_RANGES) as (keyof StyleAmounts)[]
const FIELDS = {
  'built-in': ['kind', 'name', ...AMOUNTS],
  picture: ['kind', 'name', 'sha256', 'data', ...AMOUNTS],
} as const
const SIGNATURES = [
  [0xff, 0xd8, 0xff],
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
]

export type PictureProblem = 'too large' | 'format'

/** Why a file cannot be carried. */
export function pictureProblem(bytes: Uint8Array): PictureProblem | undefined {
  if (bytes.length > MAX_PICTURE_BYTES) return 'too large'
  return isPicture(bytes) ? undefined : 'format'
}

/** @param bytes a file in which `pictureProblem` finds nothing wrong. */
export const carryPicture = (
  name: string,
  bytes: Uint8Array,
  { weight, scale, rotation }: StyleAmounts,
): CarriedPicture => ({
  kind: 'picture',
  name,
  sha256: hashOf(bytes),
  data: toBase64(bytes),
  weight,
  scale,
  rotation,
})

/** @returns the bytes of the file. @throws OptionError when it is damaged. */
export function pictureBytes({ name, sha256, data }: CarriedPicture): Uint8Array {
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array(Math.max(0, Math.floor(data.length / 4) * 3 - padding))
  if (data.length % 4 !== 0 || !fromBase64(data, bytes)) {
    throw new OptionError(`its style "${name}" is damaged: its data are not base64`)
  }
  if (!isPicture(bytes)) {
    throw new OptionError(`its style "${name}" is neither a JPEG nor a PNG file`)
  }
  const actual = hashOf(bytes)
  if (actual === sha256) return bytes
  throw new OptionError(
    `its style "${name}" is damaged: its sha256 is ${actual}, expected ${sha256}; get a fresh copy`,
  )
}

/** @throws OptionError that says what is wrong with it. */
export function readCarriedStyles(value: unknown): CarriedStyle[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_STYLES) {
    throw new OptionError(`its styles: expected a list of 1 to ${MAX_STYLES}`)
  }
  return value.map(readCarriedStyle)
}

function readCarriedStyle(value: unknown, index: number): CarriedStyle {
  const where = `its style ${index + 1}`
  const style = (value ?? {}) as Record<string, unknown>
  const { kind, name, data } = style
  if (kind !== 'built-in' && kind !== 'picture') {
    throw new OptionError(`${where}: expected the kind "built-in" or "picture"`)
  }
  const fields: readonly string[] = FIELDS[kind]
  const unknown = Object.keys(style).filter((key) => !fields.includes(key))
  if (unknown.length > 0) throw new OptionError(`${where}: does not know ${unknown.join(', ')}`)
  const amounts = readAmounts(style, where)
  if (kind === 'built-in') {
    const known = BUILT_IN_STYLES.find((builtIn) => builtIn === name)
    if (known) return { kind, name: known, ...amounts }
    throw new OptionError(
      `${where}: there is no built-in style "${String(name)}"; choose from ${BUILT_IN_STYLES.join(', ')}`,
    )
  }
  if (!isFileName(name)) throw new OptionError(`${where}: expected the name of a file`)
  if (typeof style.sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(style.sha256)) {
    throw new OptionError(`${where}: expected a sha256 of 64 hexadecimal digits`)
  }
  if (typeof data !== 'string') throw new OptionError(`${where}: expected data in base64`)
  if (data.length > base64Length(MAX_PICTURE_BYTES)) {
    throw new OptionError(
      `its style "${name}": a preset carries pictures of at most ${MAX_PICTURE_BYTES / 1e6} MB, got ${((data.length / 4) * 3e-6).toFixed(1)} MB; save a smaller copy`,
    )
  }
  const picture: CarriedPicture = { kind, name, sha256: style.sha256, data, ...amounts }
  pictureBytes(picture)
  return picture
}

function readAmounts(style: Record<string, unknown>, where: string): StyleAmounts {
  const wrong = wrongAmount(style)
  if (wrong) {
    const { min, max } = AMOUNT_RANGES[wrong]
    throw new OptionError(`${where}: expected a ${wrong} from ${min} to ${max}`)
  }
  const { weight, scale, rotation } = style as unknown as StyleAmounts
  return { weight, scale, rotation }
}

/** @returns the first amount that is missing or out of its range; undefined when all are right. */
export const wrongAmount = (style: Record<string, unknown>): keyof StyleAmounts | undefined =>
  AMOUNTS.find((name) => {
    const { min, max } = AMOUNT_RANGES[name]
    const amount = style[name]
    return !(typeof amount === 'number' && amount >= min && amount <= max)
  })

const isFileName = (name: unknown): name is string =>
  typeof name === 'string' &&
  name.length <= MAX_PICTURE_NAME_LENGTH &&
  /^[^/\\\p{Cc}]+$/u.test(name)

const isPicture = (bytes: Uint8Array): boolean =>
  SIGNATURES.some((signature) => signature.every((byte, i) => bytes[i] === byte))
