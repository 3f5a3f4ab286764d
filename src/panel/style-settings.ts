/** The styles of a run: each with its share, size and turn, and where on the layer it paints. */
import { MAX_STYLES } from '../engine/output/recipe.ts'
import { type CarriedStyle, type StyleAmounts, wrongAmount } from './carried-styles.ts'
import type { CoverageSource, LayerChoice } from './document.ts'
import { DocumentError } from './document.ts'
import { BUILT_IN_STYLES, isSameStyle, readStyleChoice, type StyleChoice } from './styles.ts'

/** A part of the layer. A layer is named too, so that it can be found again in another document. */
export type Place =
  | { readonly kind: 'selection' }
  | { readonly kind: 'layer-mask' }
  | { readonly kind: 'layer'; readonly layerId: number; readonly name: string }

export interface StyleSetting extends StyleAmounts {
  readonly choice: StyleChoice
  /** Absent: wherever no style with a place of its own paints. */
  readonly where?: Place
}

export const styleSetting = (choice: StyleChoice): StyleSetting => ({
  choice,
  weight: 1,
  scale: 1,
  rotation: 0,
})

/** Adds the first built-in style that is not among them, unless they are as many as there may be. */
export function withAdded(styles: readonly StyleSetting[]): StyleSetting[] {
  if (styles.length >= MAX_STYLES) return [...styles]
  const isUsed = (choice: StyleChoice): boolean =>
    styles.some((style) => isSameStyle(style.choice, choice))
  const name = BUILT_IN_STYLES.find((builtIn) => !isUsed({ kind: 'built-in', name: builtIn }))!
  return [...styles, styleSetting({ kind: 'built-in', name })]
}

/** In percent. */
export const SHARE_RANGE = { min: 0, max: 100 }

/** In percent of all styles. */
export function shareOf(styles: readonly StyleSetting[], index: number): number {
  const total = styles.reduce((sum, { weight }) => sum + weight, 0)
  return (100 * (total > 0 ? styles[index]!.weight : 1)) / (total || styles.length)
}

/**
 * Gives a style its share; the others keep their proportions. Weights are 1 on average then, as that
 * of a style which is added.
 * @param share 0 … 100.
 */
export function withShare(
  styles: readonly StyleSetting[],
  index: number,
  share: number,
): StyleSetting[] {
  const others = 100 - shareOf(styles, index)
  const shareAt = (i: number): number => {
    if (i === index) return share
    const part = others > 0 ? shareOf(styles, i) / others : 1 / (styles.length - 1)
    return part * (100 - share)
  }
  return styles.map((style, i) => ({ ...style, weight: (shareAt(i) * styles.length) / 100 }))
}

export const settingOfCarried = (carried: CarriedStyle): StyleSetting => {
  const { weight, scale, rotation } = carried
  const choice: StyleChoice =
    carried.kind === 'built-in'
      ? { kind: 'built-in', name: carried.name }
      : { kind: 'picture', name: carried.name, sha256: carried.sha256 }
  return { choice, weight, scale, rotation }
}

/** Whether the selection says where something paints, and therefore limits no new layer. */
export const usesSelection = (run: {
  readonly styles: readonly StyleSetting[]
  readonly strengthMap?: Place
}): boolean =>
  run.strengthMap?.kind === 'selection' ||
  run.styles.some(({ where }) => where?.kind === 'selection')

/**
 * Finds the place in a document.
 * @param layers the layers of the document that may serve as a mask.
 * @throws DocumentError mask-layer-gone.
 */
export function findPlace(place: Place, layers: readonly LayerChoice[]): CoverageSource {
  if (place.kind !== 'layer') return place
  const { layerId, name } = place
  const found =
    layers.find((layer) => layer.id === layerId && layer.name === name) ??
    layers.find((layer) => layer.name === name)
  if (found) return { kind: 'layer', layerId: found.id }
  throw new DocumentError('mask-layer-gone', `there is no layer "${name}"; choose another`)
}

export const isSamePlace = (a: Place | undefined, b: Place | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

/** @returns undefined unless `value` is a place. */
export function readPlace(value: unknown): Place | undefined {
  const { kind, layerId, name } = (value ?? {}) as Record<string, unknown>
  if (kind === 'selection' || kind === 'layer-mask') return { kind }
  const isLayer = kind === 'layer' && Number.isInteger(layerId) && typeof name === 'string'
  return isLayer ? { kind, layerId: layerId as number, name } : undefined
}

/** @returns undefined unless `value` is a style with all that belongs to it. */
export function readStyleSetting(value: unknown): StyleSetting | undefined {
  const fields = (value ?? {}) as Record<string, unknown>
  const choice = readStyleChoice(fields.choice)
  const where = readPlace(fields.where)
  if (!choice || wrongAmount(fields)) return undefined
  // A style that was to paint in one place must not paint everywhere.
  if (fields.where !== undefined && !where) return undefined
  const { weight, scale, rotation } = fields as unknown as StyleAmounts
  return { choice, weight, scale, rotation, ...(where && { where }) }
}

/** Brings settings of version 1, which had a single `style`, into today's form. */
export function withStylesOfVersion1(saved: Record<string, unknown>): Record<string, unknown> {
  const { style, ...others } = saved
  return { ...others, styles: [{ weight: 1, scale: 1, rotation: 0, choice: style }] }
}
