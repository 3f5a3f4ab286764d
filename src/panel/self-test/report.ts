/** The findings as one text, to be sent to those who make Impasto. No name, no path is in it. */
import type { Labels } from '../labels/index.ts'
import type { Finding } from './check.ts'

/** Paths, which may have names of people in them, spaces too, as errors of Photoshop may. */
const PATHS =
  /(?:[a-z]:\\|\\\\|\/(?:Users|home|Volumes|private|var)\/)(?:[^"'<>|:\n]*[\\/])?[^\s"'<>|:]*/gi

export const withoutPaths = (text: string): string => text.replace(PATHS, '<path>')

export function reportText(findings: readonly Finding[], labels: Labels): string {
  const { selfTest } = labels
  const lines = findings.map(({ id, found, isExpected }) => {
    const { title, expected, does } = selfTest.checks[id]
    return [
      `[${verdictOf(isExpected)}] ${id}: ${title}`,
      `  ${selfTest.expected}: ${expected}`,
      `  ${selfTest.found}: ${withoutPaths(found)}`,
      `  Impasto: ${does}`,
    ].join('\n')
  })
  return ['Impasto self-test 1', ...lines].join('\n')
}

/** The same in all languages. */
const verdictOf = (isExpected: boolean | undefined): string =>
  isExpected === undefined ? 'untested' : isExpected ? 'ok' : 'differs'
