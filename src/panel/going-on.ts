/** The ways to go on from a painting, to a new layer above it. */
import { OPTIONS } from '../engine/options.ts'
import type { Size } from '../engine/picture/image.ts'
import type { RunSettings } from './recorded-step.ts'
import { edgeOf, type TargetSize } from './settings.ts'

export const GOING_ON = ['more', 'larger', 'stronger'] as const
export type GoingOn = (typeof GOING_ON)[number]

/** How many times as strong and as large. */
const TIMES = 2

/** The next larger size to paint at, px; undefined where it is painted at its own size already. */
export function largerEdge(size: TargetSize, layer: Size): number | undefined {
  const whole = edgeOf('layer', layer)
  const edge = edgeOf(size, layer)
  return edge < whole ? Math.min(whole, TIMES * edge) : undefined
}

/** What a run goes on with. */
export interface Further {
  readonly settings: RunSettings
  /** Long edge of the scale at which it begins, px. */
  readonly continueAt: number
}

/** @param layer size of what is painted. */
export function goOnBy(how: GoingOn, { settings, continueAt }: Further, layer: Size): Further {
  const { options, size } = settings
  switch (how) {
    case 'more':
      return { settings, continueAt }
    case 'larger': {
      const edge = largerEdge(size, layer)
      return edge === undefined
        ? { settings, continueAt }
        : { settings: { ...settings, size: edge }, continueAt: edge }
    }
    case 'stronger': {
      const styleWeight = Math.min(OPTIONS.styleWeight.max, TIMES * options.styleWeight)
      return { settings: { ...settings, options: { ...options, styleWeight } }, continueAt }
    }
  }
}
