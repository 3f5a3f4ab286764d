/** Photoshop's colours as they are at the moment, for the engine page, which cannot see them. */
import type { PanelEvents } from '../bridge/messages.ts'

/** @param panel has the theme's colours, and the accent as that of a border without width. */
export function readAppearance(
  panel: HTMLElement,
  texts: Pick<PanelEvents['appearance'], 'idleText' | 'originalText'>,
): PanelEvents['appearance'] {
  const { backgroundColor, color, borderTopColor } = getComputedStyle(panel)
  return {
    background: backgroundColor || '#323232',
    text: color || '#e8e8e8',
    accent: borderTopColor || '#4b9cf5',
    ...texts,
  }
}

/** UXP's own signal of a change of theme, which Adobe's types do not have and old versions lack. */
export function onThemeChange(listener: () => void): void {
  const { theme } = document as Document & {
    readonly theme?: { readonly onUpdated?: { addListener?(listener: () => void): void } }
  }
  theme?.onUpdated?.addListener?.(listener)
}
