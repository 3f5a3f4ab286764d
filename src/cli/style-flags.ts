/** The style pictures of a run as they are typed: files, weights, and what else goes with each. */
import { existsSync } from 'node:fs'
import { ImageError, OptionError } from '../engine/errors.ts'
import { MAX_STYLES, STYLE_ROTATION, STYLE_SCALE, STYLE_WEIGHT } from '../engine/output/recipe.ts'
import { BUILT_IN_STYLES, type BuiltInStyle } from '../panel/styles.ts'
import { builtInPath } from './preset-choice.ts'

export interface StyleFlags {
  /** FILE or FILE:WEIGHT; FILE may be the name of a built-in style. */
  readonly styles: readonly string[]
  /**
   * The value of --style-scales: one scale for all styles, or one for each, separated by commas.
   */
  readonly styleScales?: string | undefined
  readonly styleRotations?: string | undefined
  /** Files, `-` for none: one for all styles, or one each. */
  readonly masks?: readonly string[] | undefined
}

/** Where a style is read from, and how it is used. */
export interface StyleSource {
  readonly path: string
  readonly weight: number
  readonly scale: number
  readonly rotation: number
  /** Path of its mask. */
  readonly mask?: string | undefined
}

/** Stands in place of a file where no style is meant. */
export const NONE = '-'

/** @throws OptionError, or ImageError for a style that is neither a file nor built in. */
export function styleSources(flags: StyleFlags): StyleSource[] {
  assertCount(flags.styles.length)
  const sources = flags.styles.map((text) => {
    const { file, weight } = parseStyle(text)
    return { path: stylePath(file), weight, scale: 1, rotation: 0 }
  })
  return withFlags(sources, flags)
}

/** The styles, with what the other flags say about them. @throws OptionError */
export function withFlags<T extends Pick<StyleSource, 'scale' | 'rotation' | 'mask'>>(
  styles: readonly T[],
  { styleScales, styleRotations, masks }: Omit<StyleFlags, 'styles'>,
): T[] {
  const count = styles.length
  const scales = numbersFor('--style-scales', styleScales, count, STYLE_SCALE)
  const rotations = numbersFor('--style-rotations', styleRotations, count, STYLE_ROTATION)
  const files = masks && oneFor('--mask', masks, count)
  return styles.map((style, i) => ({
    ...style,
    scale: scales?.[i] ?? style.scale,
    rotation: rotations?.[i] ?? style.rotation,
    mask: files ? (files[i] === NONE ? undefined : files[i]) : style.mask,
  }))
}

/** `picture.jpg:0.3` → file and weight; without a number, or where the text is a file's name, 1. */
export function parseStyle(text: string): { file: string; weight: number } {
  if (existsSync(text)) return { file: text, weight: 1 }
  const match = /^(.+):([^:/\\]*)$/.exec(text)
  const looksLikeWeight = match && (match[2] === '' || /^[-+.\d]|^nan$|^inf/i.test(match[2]!))
  if (!match || !looksLikeWeight) return { file: text, weight: 1 }
  const weight = match[2] === '' ? Number.NaN : Number(match[2])
  const { min, max } = STYLE_WEIGHT
  if (!(weight >= min && weight <= max)) {
    throw new OptionError(
      `--style ${text}: expected a weight from ${min} to ${max} behind the colon, got "${match[2]}"`,
    )
  }
  return { file: match[1]!, weight }
}

/** The path itself, or that of the built-in style of that name where there is no such file. */
export function stylePath(file: string): string {
  if (existsSync(file)) return file
  if (BUILT_IN_STYLES.includes(file as BuiltInStyle)) return builtInPath(file as BuiltInStyle)
  throw new ImageError(
    `${file}: there is no such file; check the path, or name a built-in style: ${BUILT_IN_STYLES.join(', ')}`,
  )
}

/** @throws OptionError that says so where a flag with several values took the content for one. */
export function missingContent({ styles, masks }: StyleFlags): never {
  const lists = { '--style': styles, '--mask': masks ?? [] }
  const taken = Object.entries(lists).find(([, values]) => values.length > 1)
  throw new OptionError(
    taken
      ? `expected CONTENT, a picture to paint: ${taken[0]} took ${taken[1].at(-1)} as well, as it takes all files behind it; put the content first, or -- before it`
      : 'expected CONTENT, a picture to paint, or --from with a result',
  )
}

function assertCount(count: number): void {
  if (count <= MAX_STYLES) return
  throw new OptionError(`--style: expected at most ${MAX_STYLES} styles, got ${count}`)
}

function numbersFor(
  flag: string,
  text: string | undefined,
  count: number,
  { min, max }: { readonly min: number; readonly max: number },
): readonly number[] | undefined {
  if (text === undefined) return undefined
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  if (!numbers.every((value) => value >= min && value <= max)) {
    throw new OptionError(
      `${flag}: expected numbers from ${min} to ${max}, comma-separated, got "${text}"`,
    )
  }
  return oneFor(flag, numbers, count)
}

function oneFor<T>(flag: string, values: readonly T[], count: number): readonly T[] {
  if (values.length === count) return values
  if (values.length === 1) return Array.from({ length: count }, () => values[0]!)
  throw new OptionError(
    `${flag}: expected one for all styles or one for each of the ${count}, got ${values.length}`,
  )
}
