import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import {
  access,
  constants,
  open,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ImageError } from '../../engine/errors.ts'

/**
 * Writes all or nothing: into a file beside the target, which then takes the target's name. A file
 * that is replaced keeps its mode and owner, and a link goes on leading to it. What is no file, such
 * as a device or a pipe, is written to as it is.
 */
export async function writeFileAtomic(
  path: string,
  bytes: Uint8Array | Iterable<Uint8Array>,
): Promise<void> {
  const target = await linkedFrom(path)
  try {
    const existing = await statIfThere(path)
    if (existing && !existing.isFile()) return await writeFile(path, bytes)
    const temporary = temporaryName(target)
    const file = await open(temporary, 'wx')
    try {
      try {
        if (existing) {
          // Only the superuser may give files away; anybody else who may write owns the file
          // already.
          await file.chown(existing.uid, existing.gid).catch(() => {})
          await file.chmod(existing.mode)
        }
        await writeFile(file, bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, target)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  } catch (error) {
    throw unwritable(path, error, target)
  }
}

/**
 * Finds out before a long run whether a file can be written there, by writing an empty one. Files that
 * a run left in the folder when it was killed are removed.
 */
export async function assertPlaceWritable(path: string): Promise<void> {
  const target = await linkedFrom(path)
  try {
    const existing = await statIfThere(path)
    if (existing?.isDirectory()) {
      throw new ImageError(`${path}: cannot be written, it is a folder; give a file name`)
    }
    if (existing) await assertNotReadOnly(path, existing)
    if (existing && !existing.isFile()) return
    const temporary = temporaryName(target)
    const file = await open(temporary, 'wx')
    await file.close()
    await rm(temporary)
    // Others may be at work in the folder, or it may not be read: then they stay.
    await removeLeftOver(dirname(target)).catch(() => {})
  } catch (error) {
    throw error instanceof ImageError ? error : unwritable(path, error, target)
  }
}

async function assertNotReadOnly(path: string, { mode }: Stats): Promise<void> {
  // The superuser may write to what is read-only, but it was made so on purpose.
  const isWritable = await access(path, constants.W_OK).then(
    () => (mode & 0o222) !== 0,
    () => false,
  )
  if (isWritable) return
  throw new ImageError(
    `${path}: cannot be written: there is a read-only file of that name; give another, or make it writable`,
  )
}

const statIfThere = (path: string): Promise<Stats | undefined> =>
  stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })

/** As many symbolic links as Linux follows. */
const MAX_LINKS = 40

/** The file that a path leads to, through links, whether or not it is there yet. */
export async function linkedFrom(path: string, links = MAX_LINKS): Promise<string> {
  const next = await readlink(path).catch(() => undefined)
  if (next === undefined || links === 0) return path
  return linkedFrom(resolve(dirname(path), next), links - 1)
}

/** Equally short for every path, since a long file name leaves no room for a suffix. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.impasto-${randomBytes(6).toString('hex')}.part`)
}

const TEMPORARY = /^\.impasto-[0-9a-f]{12}\.part$/

/** No run takes so long to write a file, so that none that is being written is removed. */
const LEFT_OVER_MS = 24 * 3600 * 1000

async function removeLeftOver(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => TEMPORARY.test(name))
  for (const path of names.map((name) => join(folder, name))) {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > LEFT_OVER_MS) await rm(path, { force: true })
  }
}

/** @param target where the path leads to, as the fault is with that folder. */
export function unwritable(path: string, error: unknown, target = path): ImageError {
  const code = (error as NodeJS.ErrnoException).code
  const folder = dirname(target)
  const reason =
    code === 'ENOENT'
      ? `the folder ${folder} does not exist; create it or give another`
      : code === 'ENOTDIR'
        ? `${folder} is not a folder; give another`
        : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
          ? `the folder ${folder} is read-only for you; give another`
          : code === 'ENOSPC' || code === 'EDQUOT'
            ? 'the disk is full; free some space or give another folder'
            : code === 'ENAMETOOLONG'
              ? `its name has ${Buffer.byteLength(basename(path))} bytes, more than the file system allows; give a shorter one`
              : code === 'ELOOP'
                ? 'it is a link that leads back to itself; give another'
                : (error as Error).message
  return new ImageError(`${path}: cannot be written: ${reason}`, { cause: error })
}

/** Whether the file system is at fault, so that another place may do. */
export const isPlaceAtFault = (error: unknown): boolean =>
  error instanceof ImageError && (error.cause as NodeJS.ErrnoException)?.syscall !== undefined
