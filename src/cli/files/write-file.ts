import { randomBytes } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ImageError } from '../../engine/errors.ts'

/** Writes all or nothing: into a file beside the target, which then takes the target's name. */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = temporaryName(path)
  try {
    const file = await open(temporary, 'wx')
    try {
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** Finds out before a long run whether a file can be written there, by writing an empty one. */
export async function assertPlaceWritable(path: string): Promise<void> {
  const existing = await stat(path).catch(() => undefined)
  if (existing?.isDirectory()) {
    throw new ImageError(`${path}: cannot be written, it is a folder; give a file name`)
  }
  const temporary = temporaryName(path)
  try {
    const file = await open(temporary, 'wx')
    await file.close()
    await rm(temporary)
  } catch (error) {
    throw unwritable(path, error)
  }
}

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`)
}

function unwritable(path: string, error: unknown): ImageError {
  const code = (error as NodeJS.ErrnoException).code
  const folder = dirname(path)
  const reason =
    code === 'ENOENT'
      ? `the folder ${folder} does not exist; create it or give another`
      : code === 'ENOTDIR'
        ? `${folder} is not a folder; give another`
        : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
          ? `the folder ${folder} is read-only for you; give another`
          : code === 'ENOSPC'
            ? 'the disk is full; free some space or give another folder'
            : (error as Error).message
  return new ImageError(`${path}: cannot be written: ${reason}`, { cause: error })
}
