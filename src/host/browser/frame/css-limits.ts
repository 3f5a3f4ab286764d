/** What a style sheet asks for that UXP's layout does not know: found, so that nobody relies on it. */

interface Limit {
  readonly property: RegExp
  readonly value?: RegExp
  readonly says: string
  /** Allowed with `featureFlags.CSSNextSupport`. */
  readonly isNext?: boolean
}

const LIMITS: readonly Limit[] = [
  {
    property: /^display$/,
    value: /grid|table|contents|flow-root/,
    says: 'only flex, block and inline-block are laid out',
  },
  { property: /^(grid(-.+)?|place-.+|justify-items|justify-self)$/, says: 'there is no grid' },
  { property: /^(float|clear)$/, says: 'there is no float' },
  { property: /^font$/, says: 'write the single font properties' },
  { property: /^text-transform$/, says: 'write the text as it shall read' },
  { property: /^(animation|transition)(-.+)?$/, says: 'nothing is animated' },
  {
    property: /^(box-shadow|transform(-.+)?)$/,
    says: 'needs featureFlags.CSSNextSupport',
    isNext: true,
  },
]

/** @returns a sentence for each declaration that UXP ignores. */
export function findCssLimits(css: string, hasCssNext: boolean): string[] {
  const bare = css.replace(/\/\*[\s\S]*?\*\//g, '')
  const found = [...bare.matchAll(/(?<=[{;]\s*)(?<property>[a-z-]+)\s*:(?<value>[^;{}]*)(?=[;}])/g)]
  const sentences = found.flatMap(({ groups }) => {
    const property = groups?.property ?? ''
    const value = groups?.value?.trim() ?? ''
    const limit = LIMITS.find(
      (candidate) =>
        candidate.property.test(property) &&
        (candidate.value?.test(value) ?? true) &&
        !(candidate.isNext && hasCssNext),
    )
    return limit ? [`CSS "${property}: ${value}" has no effect in UXP: ${limit.says}`] : []
  })
  if (/@keyframes\b/.test(bare)) sentences.push('CSS @keyframes has no effect in UXP')
  return [...new Set(sentences)]
}

/** `@media (prefers-color-scheme: dark)` means Photoshop's theme, of which there are four. */
export function applyTheme(css: string, theme: string): string {
  return css.replace(/\(\s*prefers-color-scheme\s*:\s*([a-z]+)\s*\)/g, (_, scheme: string) =>
    scheme === theme ? '(min-width: 0)' : '(max-width: 0)',
  )
}
