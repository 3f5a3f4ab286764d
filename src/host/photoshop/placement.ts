/** constants.ElementPlacement, as places in a stack. */
import type { LayerState } from '../state.ts'
import { constants } from './constants.ts'
import type { OpenDocument } from './store.ts'
import { findParent, type Place } from './tree.ts'

export function placeIn(document: OpenDocument, relative: LayerState, placement: string): Place {
  const { ElementPlacement } = constants
  const owner = relative.children ? relative : findParent(document.state.layers, relative.id)
  switch (placement) {
    case ElementPlacement.PLACEBEFORE:
      return { above: relative.id }
    case ElementPlacement.PLACEAFTER:
      if (relative.isBackground) throw new Error('Nothing can be placed below the background')
      return { below: relative.id }
    case ElementPlacement.PLACEINSIDE:
      if (!relative.children)
        throw new Error(
          `PLACEINSIDE: “${relative.name}” is not a group but of kind ${relative.kind}`,
        )
      return { topOf: relative.id }
    case ElementPlacement.PLACEATBEGINNING:
      return { topOf: owner?.id }
    case ElementPlacement.PLACEATEND:
      return owner?.children?.length === 0
        ? { topOf: owner.id }
        : bottomOf(owner?.children ?? document.state.layers)
    default:
      throw new TypeError(`Expected a constants.ElementPlacement, got ${placement}`)
  }
}

/** Below the lowest of some layers; a background stays below all. */
export function bottomOf(siblings: readonly LayerState[]): Place {
  const last = siblings.at(-1)
  if (!last) throw new Error('There is no layer to place anything below')
  return last.isBackground ? { above: last.id } : { below: last.id }
}
