/** Where the picture of a style is to be had, for an `img`. */
import type { PanelState } from '../state.ts'
import { builtInThumbnail, type StyleChoice } from '../styles.ts'

/** Base64 of the first bytes of a PNG file; all other pictures in presets are JPEG files. */
const PNG_START = 'iVBORw0KGgo'

/** @returns an empty text where the picture is gone. */
export function styleSource(
  style: StyleChoice,
  { recent, favourites, userPresets }: Pick<PanelState, 'recent' | 'favourites' | 'userPresets'>,
): string {
  switch (style.kind) {
    case 'built-in':
      return builtInThumbnail(style.name)
    case 'file':
      return (
        [...recent, ...favourites.flatMap(({ file }) => file ?? [])].find(
          ({ token }) => token === style.token,
        )?.thumbnail ?? ''
      )
    case 'picture': {
      const carried = userPresets
        .flatMap(({ styles = [] }) => styles)
        .find((other) => other.kind === 'picture' && other.sha256 === style.sha256)
      if (carried?.kind !== 'picture') return ''
      const type = carried.data.startsWith(PNG_START) ? 'png' : 'jpeg'
      return `data:image/${type};base64,${carried.data}`
    }
  }
}
