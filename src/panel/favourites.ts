/** Styles that the user wants to find again. A file stays among them when it is no longer recent. */
import {
  isSameStyle,
  type RecentStyle,
  readRecent,
  readStyleChoice,
  type StyleChoice,
} from './styles.ts'

export interface Favourite {
  readonly choice: StyleChoice
  /** With its picture; absent where the style is no file. */
  readonly file?: RecentStyle
}

/** More would not be found again. */
const MAX_FAVOURITES = 60

export const isFavourite = (favourites: readonly Favourite[], choice: StyleChoice): boolean =>
  favourites.some((favourite) => isSameStyle(favourite.choice, choice))

/** Adds the style in front, or takes it away. */
export function withToggled(
  favourites: readonly Favourite[],
  choice: StyleChoice,
  recent: readonly RecentStyle[],
): readonly Favourite[] {
  if (isFavourite(favourites, choice)) return without(favourites, choice)
  const file = choice.kind === 'file' && recent.find(({ token }) => token === choice.token)
  return [{ choice, ...(file && { file }) }, ...favourites].slice(0, MAX_FAVOURITES)
}

export const without = (
  favourites: readonly Favourite[],
  choice: StyleChoice,
): readonly Favourite[] => favourites.filter((favourite) => !isSameStyle(favourite.choice, choice))

/** Reads what was remembered and leaves out what is damaged. */
export function readFavourites(value: unknown): readonly Favourite[] {
  if (!Array.isArray(value)) return []
  const read = value.flatMap(
    (item: { readonly choice?: unknown; readonly file?: unknown } | null) => {
      const choice = readStyleChoice(item?.choice)
      const [file] = readRecent([item?.file])
      return choice ? [{ choice, ...(file && { file }) }] : []
    },
  )
  return read.slice(0, MAX_FAVOURITES)
}
