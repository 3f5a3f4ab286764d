/** Which picture gives the style: one that comes with the plug-in, or the user's own file. */
export const BUILT_IN_STYLES = [
  'oil',
  'watercolour',
  'ink',
  'woodblock',
  'glass',
  'pointillism',
  'mosaic',
  'marbled',
  'charcoal',
  'risograph',
] as const
export type BuiltInStyle = (typeof BUILT_IN_STYLES)[number]

export type StyleChoice =
  | { readonly kind: 'built-in'; readonly name: BuiltInStyle }
  /** `token` is one of UXP's persistent tokens, which may go stale. */
  | { readonly kind: 'file'; readonly name: string; readonly token: string }
  /** A picture carried by one of the user's presets, or one used for an earlier layer and not found. */
  | { readonly kind: 'picture'; readonly name: string; readonly sha256: string }

/** A file chosen before. */
export interface RecentStyle {
  readonly name: string
  readonly token: string
  /** A data URL. */
  readonly thumbnail: string
  /** Checksum of the file when it was chosen; absent where an earlier version remembered it. */
  readonly sha256?: string
}

const MAX_RECENT = 8
/** Letters of a data URL. */
export const MAX_THUMBNAIL_LENGTH = 200_000
/** What the engine page decodes. */
export const STYLE_FILE_TYPES = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'bmp', 'avif']

export const builtInFile = (name: BuiltInStyle): string => `styles/${name}.jpg`
export const builtInThumbnail = (name: BuiltInStyle): string => `styles/${name}-thumb.jpg`

/** Equal for the same picture. */
const styleKey = (style: StyleChoice): string => {
  switch (style.kind) {
    case 'built-in':
      return `built-in ${style.name}`
    case 'file':
      return `file ${style.token}`
    case 'picture':
      return `picture ${style.sha256}`
  }
}

export const isSameStyle = (a: StyleChoice, b: StyleChoice): boolean => styleKey(a) === styleKey(b)

/** For people. */
export const styleName = (
  style: StyleChoice,
  labels: { readonly styles: Readonly<Record<BuiltInStyle, string>> },
): string =>
  style.kind === 'built-in' ? labels.styles[style.name] : style.name.replace(/\.\w+$/, '')

/** Adds a style in front; the same file is in the list only once. */
export const withRecent = (recent: readonly RecentStyle[], style: RecentStyle): RecentStyle[] =>
  [style, ...recent.filter(({ token }) => token !== style.token)].slice(0, MAX_RECENT)

/** Joins two lists; the same picture is in the result only once, wherever its file is. */
export const mergeRecent = (
  first: readonly RecentStyle[],
  second: readonly RecentStyle[],
): RecentStyle[] => {
  const isIn = ({ token, sha256 }: RecentStyle): boolean =>
    first.some((style) => style.token === token || (sha256 && style.sha256 === sha256))
  return [...first, ...second.filter((style) => !isIn(style))].slice(0, MAX_RECENT)
}

export const withoutRecent = (recent: readonly RecentStyle[], token: string): RecentStyle[] =>
  recent.filter((style) => style.token !== token)

const HASH = /^[0-9a-f]{64}$/

/** @returns undefined unless `value` is a choice of style. */
export function readStyleChoice(value: unknown): StyleChoice | undefined {
  const { kind, name, token, sha256 } = (value ?? {}) as Record<string, unknown>
  if (typeof name !== 'string') return undefined
  switch (kind) {
    case 'built-in': {
      const known = BUILT_IN_STYLES.find((style) => style === name)
      return known && { kind, name: known }
    }
    case 'file':
      return typeof token === 'string' ? { kind, name, token } : undefined
    case 'picture':
      return typeof sha256 === 'string' && HASH.test(sha256) ? { kind, name, sha256 } : undefined
    default:
      return undefined
  }
}

/** Whether it is a small picture as a data URL. */
export const isThumbnail = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.startsWith('data:image/') &&
  value.length <= MAX_THUMBNAIL_LENGTH

/** Reads what was remembered and leaves out what is damaged. */
export function readRecent(value: unknown): RecentStyle[] {
  if (!Array.isArray(value)) return []
  return value
    .filter(
      (style: Partial<RecentStyle> | null): style is RecentStyle =>
        typeof style?.name === 'string' &&
        typeof style.token === 'string' &&
        isThumbnail(style.thumbnail),
    )
    .map(({ name, token, thumbnail, sha256 }) => ({
      name,
      token,
      thumbnail,
      ...(typeof sha256 === 'string' && HASH.test(sha256) && { sha256 }),
    }))
    .slice(0, MAX_RECENT)
}
