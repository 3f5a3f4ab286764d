/** File patterns of the command line, where the shell has not expanded them. */
import { existsSync } from 'node:fs'
import { isAbsolute, normalize, relative, resolve } from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import { OptionError } from '../engine/errors.ts'

/**
 * Files in the order of the patterns, those of a pattern by name; none twice. What is no pattern
 * stays as it is, whether or not there is such a file.
 * @throws OptionError when patterns match nothing at all.
 */
export async function expandPatterns(patterns: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for (const pattern of patterns) {
    // A file may be called what would be a pattern.
    if (existsSync(pattern) || !isDynamicPattern(withSlashes(pattern))) files.push(pattern)
    else files.push(...(await matching(pattern)))
  }
  if (files.length === 0) {
    throw new OptionError(
      `${patterns.join(' ')}: expected pictures, no file matches; check the folder and the ending`,
    )
  }
  const seen = new Set<string>()
  return files.filter((file) => !seen.has(resolve(file)) && seen.add(resolve(file)))
}

async function matching(pattern: string): Promise<string[]> {
  const [folder, rest] = withoutFolders(withSlashes(pattern))
  const found = await glob(rest.replace(/[()]/g, '[$&]'), {
    cwd: folder,
    caseSensitiveMatch: false,
    absolute: true,
  })
  const asGiven = isAbsolute(pattern) ? normalize : (path: string) => relative('.', path)
  return found.map(asGiven).sort(byName)
}

/**
 * A pattern without the folders that it begins with and that are there as they are written: one may
 * be called `2020 [raw]`. Parentheses are always meant as such.
 */
function withoutFolders(pattern: string): [folder: string, rest: string] {
  const parts = pattern.split('/')
  let count = 0
  while (count < parts.length - 1 && existsSync(parts.slice(0, count + 1).join('/') || '/')) count++
  return [parts.slice(0, count).join('/') || (count > 0 ? '/' : '.'), parts.slice(count).join('/')]
}

/** Sorts 10 behind 9. */
const byName = new Intl.Collator('en', { numeric: true }).compare

/** On Windows a backslash separates folders and escapes nothing. */
const withSlashes = (pattern: string): string =>
  process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern
