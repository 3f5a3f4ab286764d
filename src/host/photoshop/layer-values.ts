/** Checks of what is set on a layer. */
import { constants } from './constants.ts'

export function checkPercent(name: string, value: number): number {
  if (!(typeof value === 'number' && value >= 0 && value <= 100))
    throw new RangeError(`layer.${name}: expected 0 … 100, got ${value}`)
  return value
}

export function checkBlendMode(value: string): string {
  if (!(Object.values(constants.BlendMode) as string[]).includes(value))
    throw new TypeError(`layer.blendMode: expected a constants.BlendMode, got ${value}`)
  return value
}
