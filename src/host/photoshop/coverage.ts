/** Makes layer masks by command: of nothing, of everything, of the selection. */

import type { DocumentState, MaskState } from '../state.ts'
import { convertSamples } from './depth.ts'
import { allocate, fullOf, rectAt } from './samples.ts'

/** @returns undefined when there is no such way, or no selection for it. */
export function coverageToMask(how: unknown, state: DocumentState): MaskState | undefined {
  const { depth, selection } = state
  const full = fullOf(depth)
  const plain = (outside: number): MaskState => ({
    bounds: rectAt(0, 0, 0, 0),
    samples: allocate(depth, 0),
    outside,
    isEnabled: true,
  })
  if (how === 'revealAll') return plain(full)
  if (how === 'hideAll') return plain(0)
  if ((how !== 'revealSelection' && how !== 'hideSelection') || !selection) return undefined
  const shown = convertSamples(selection.coverage, 8, depth, false)
  const isRevealed = how === 'revealSelection'
  return {
    bounds: selection.bounds,
    samples: isRevealed ? shown : shown.map((value) => full - value),
    outside: isRevealed ? 0 : full,
    isEnabled: true,
  }
}
