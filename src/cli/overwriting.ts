/** Sees to it that a run writes over no file that it reads or writes otherwise. */
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { OptionError } from '../engine/errors.ts'
import { linkedFrom } from './files/write-file.ts'
import type { Manner } from './inputs.ts'

/** A path, undefined where there is none, and what names it on the command line. */
export type NamedPath = readonly [flag: string, path: string | undefined]

/** @throws OptionError for a file that is to be written and is read as well, or written twice. */
export async function assertApart(
  written: readonly NamedPath[],
  read: readonly NamedPath[],
): Promise<void> {
  const taken = new Map<string, string>()
  for (const [flag, path] of read) if (path) taken.set(await fileOf(path), `read as ${flag}`)
  for (const [flag, path] of written) {
    if (!path || (await isDevice(path))) continue
    const file = await fileOf(path)
    const other = taken.get(file)
    if (other) {
      throw new OptionError(`${flag} ${path}: the same file is ${other}; give another name`)
    }
    taken.set(file, `written as ${flag}`)
  }
}

/** Pictures and files of the manner. */
export const readFor = ({ styles, strength, init, recalled }: Manner): NamedPath[] => [
  ...styles.flatMap(({ file, mask }): NamedPath[] => [
    ['--style', file],
    ['--mask', mask],
  ]),
  ['--strength-map', strength],
  ['--init', init?.file],
  ['--from', recalled?.path],
]

/** By what a file is known, through links of either kind. */
async function fileOf(path: string): Promise<string> {
  const status = await stat(path, { bigint: true }).catch(() => undefined)
  return status ? `${status.dev}:${status.ino}` : placeOf(await linkedFrom(resolve(path)))
}

/** The path itself, with the links in its folder resolved. */
export async function placeOf(path: string): Promise<string> {
  const folder = dirname(resolve(path))
  return join(await realpath(folder).catch(() => folder), basename(path))
}

/** Such as /dev/null, which takes whatever comes. */
const isDevice = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isCharacterDevice() ?? false
