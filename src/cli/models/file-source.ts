import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { ModelError } from '../../engine/errors.ts'
import { assertRange, type ByteSource } from '../../engine/vgg/byte-source.ts'

/** Gives `use` a file to read in parts, and closes it afterwards. */
export async function withFileSource<T>(
  path: string,
  use: (source: ByteSource) => Promise<T>,
): Promise<T> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error)
  })
  try {
    const status = await file.stat()
    if (!status.isFile()) throw new ModelError(`${path}: is not a file; give a file of weights`)
    const source: ByteSource = {
      name: basename(path),
      size: status.size,
      async read(offset, length) {
        assertRange(source, offset, length)
        const bytes = new Uint8Array(length)
        for (let done = 0; done < length; ) {
          const { bytesRead } = await file.read(bytes, done, length - done, offset + done)
          if (bytesRead === 0) {
            throw new ModelError(
              `${path}: was cut short while it was read: expected ${length} bytes at byte ${offset}, got ${done}; try again`,
            )
          }
          done += bytesRead
        }
        return bytes
      },
    }
    return await use(source)
  } finally {
    await file.close()
  }
}

function unreadable(path: string, error: NodeJS.ErrnoException): ModelError {
  const reason =
    error.code === 'ENOENT'
      ? 'there is no such file; check the path'
      : error.code === 'EACCES'
        ? 'reading it is not permitted; check its permissions'
        : error.message
  return new ModelError(`${path}: cannot be read: ${reason}`, { cause: error })
}
