/** What a style sheet asks for that UXP's layout does not know: found, so that nobody relies on it. */

/** Adobe's list of styles that UXP knows, by the pages of its reference. */
const LISTED = new RegExp(
  `^(${[
    'align-(content|items|self)',
    'background(-(attachment|color|image|repeat|size))?',
    'border-(color|radius|style|width)',
    'border-(bottom|left|right|top)(-(color|style|width))?',
    'border-(bottom|top)-(left|right)-radius',
    'bottom|color|display|left|opacity|right|top|visibility|white-space',
    'flex(-(basis|direction|grow|shrink|wrap))?',
    'font-(family|size|style|weight)',
    '((max|min)-)?(height|width)',
    'justify-content|letter-spacing',
    '(margin|padding)(-(bottom|left|right|top))?',
    'overflow(-(x|y))?',
    'text-(align|overflow)',
    '--.+',
  ].join('|')})$`,
)

/** Not listed, but nothing is lost where they have no effect. */
const ORNAMENTS = /^(cursor|line-height|object-fit|outline(-.+)?|word-break)$/

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
  const isAllowedNext = (property: string): boolean =>
    hasCssNext && LIMITS.some((limit) => limit.isNext && limit.property.test(property))
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
    if (limit) return [`CSS "${property}: ${value}" has no effect in UXP: ${limit.says}`]
    const isKnown = LISTED.test(property) || ORNAMENTS.test(property) || isAllowedNext(property)
    return isKnown ? [] : [`CSS "${property}": no list of what UXP knows names it`]
  })
  if (/@keyframes\b/.test(bare)) sentences.push('CSS @keyframes has no effect in UXP')
  return [...new Set(sentences)]
}

/** The style sheet as a platform sees it that knows nothing but what is listed. */
export const onlyListed = (css: string): string =>
  css.replace(/(?<=[{;]\s*)([\w-]+)\s*:[^;{}]*;/g, (declaration, property: string) =>
    LISTED.test(property) ? declaration : '',
  )

/** `@media (prefers-color-scheme: dark)` means Photoshop's theme, of which there are four. */
export function applyTheme(css: string, theme: string): string {
  return css.replace(/\(\s*prefers-color-scheme\s*:\s*([a-z]+)\s*\)/g, (_, scheme: string) =>
    scheme === theme ? '(min-width: 0)' : '(max-width: 0)',
  )
}
