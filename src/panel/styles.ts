/** Which picture gives the style: one that comes with the plug-in, or a file of one's own. */
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
  /** `token` of UXP's persistent tokens; it may go stale. */
  | { readonly kind: 'file'; readonly name: string; readonly token: string }

/** A file chosen before. */
export interface RecentStyle {
  readonly name: string
  readonly token: string
  /** A data URL. */
  readonly thumbnail: string
}

const MAX_RECENT = 8
const MAX_THUMBNAIL_LENGTH = 200_000
/** What the engine page decodes. */
export const STYLE_FILE_TYPES = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'bmp', 'avif']

export const builtInFile = (name: BuiltInStyle): string => `styles/${name}.jpg`
export const builtInThumbnail = (name: BuiltInStyle): string => `styles/${name}-thumb.jpg`

export const isSameStyle = (a: StyleChoice, b: StyleChoice): boolean =>
  a.kind === 'built-in'
    ? b.kind === 'built-in' && a.name === b.name
    : b.kind === 'file' && a.token === b.token

/** For people. */
export const styleName = (
  style: StyleChoice,
  labels: { readonly styles: Readonly<Record<BuiltInStyle, string>> },
): string =>
  style.kind === 'built-in' ? labels.styles[style.name] : style.name.replace(/\.\w+$/, '')

/** Newest first; the same file stands there once. */
export const withRecent = (recent: readonly RecentStyle[], style: RecentStyle): RecentStyle[] =>
  [style, ...recent.filter(({ token }) => token !== style.token)].slice(0, MAX_RECENT)

export const withoutRecent = (recent: readonly RecentStyle[], token: string): RecentStyle[] =>
  recent.filter((style) => style.token !== token)

/** @returns undefined unless `value` is a choice of style. */
export function readStyleChoice(value: unknown): StyleChoice | undefined {
  const { kind, name, token } = (value ?? {}) as Record<string, unknown>
  if (kind === 'built-in') {
    const known = BUILT_IN_STYLES.find((style) => style === name)
    return known && { kind, name: known }
  }
  const isFile = kind === 'file' && typeof name === 'string' && typeof token === 'string'
  return isFile ? { kind, name, token } : undefined
}

/** What was remembered, without whatever of it is damaged. */
export function readRecent(value: unknown): RecentStyle[] {
  if (!Array.isArray(value)) return []
  return value
    .filter(
      (style: Partial<RecentStyle> | null): style is RecentStyle =>
        typeof style?.name === 'string' &&
        typeof style.token === 'string' &&
        typeof style.thumbnail === 'string' &&
        style.thumbnail.startsWith('data:image/') &&
        style.thumbnail.length <= MAX_THUMBNAIL_LENGTH,
    )
    .map(({ name, token, thumbnail }) => ({ name, token, thumbnail }))
    .slice(0, MAX_RECENT)
}
