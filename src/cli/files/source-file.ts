import { open } from 'node:fs/promises'
import { ImageError } from '../../engine/errors.ts'
import { MAX_FILE_BYTES } from '../../psd/limits.ts'

export type SourceFormat = 'jpeg' | 'png' | 'webp' | 'tiff' | 'psd'

export interface SourceFile {
  readonly path: string
  readonly format: SourceFormat
  readonly bytes: Buffer
}

/** Reads a file whole and tells its format by its content; the extension is not consulted. */
export async function readSourceFile(path: string): Promise<SourceFile> {
  const bytes = await readBounded(path)
  const format = detectFormat(bytes)
  if (format === undefined) {
    throw new ImageError(
      bytes.length === 0
        ? `${path}: is an empty file, expected a picture; ${ACCEPTED}`
        : `${path}: is not a picture that can be read: it starts with ${opening(bytes)}; ${ACCEPTED}`,
    )
  }
  return { path, format, bytes }
}

const ACCEPTED = 'JPEG, PNG, WebP, TIFF and PSD files are read'

async function readBounded(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      if (size > MAX_FILE_BYTES) {
        throw new ImageError(
          `${path}: has ${size} bytes, at most ${MAX_FILE_BYTES} are read; ` +
            'save a smaller copy of the picture',
        )
      }
      return await file.readFile()
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof ImageError) throw error
    const code = (error as NodeJS.ErrnoException).code
    const reason =
      code === 'ENOENT'
        ? 'there is no such file; check the path'
        : code === 'EISDIR'
          ? 'it is a folder; give a picture in it'
          : code === 'EACCES'
            ? 'reading it is not permitted; check its permissions'
            : (error as Error).message
    throw new ImageError(`${path}: cannot be read: ${reason}`, { cause: error })
  }
}

function detectFormat(bytes: Buffer): SourceFormat | undefined {
  const start = bytes.toString('latin1', 0, 4)
  if (start === '8BPS') return 'psd'
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (start === '\x89PNG') return 'png'
  if (start === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return 'webp'
  // The last two are BigTIFF.
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(start)) return 'tiff'
  return undefined
}

/** The first bytes as text where they are text, else in hexadecimal. */
function opening(bytes: Buffer): string {
  const start = bytes.subarray(0, 12)
  const text = start.toString('latin1')
  return /^[\x20-\x7e\s]+$/.test(text)
    ? JSON.stringify(text)
    : `the bytes ${start.toString('hex').replace(/..(?=.)/g, '$& ')}`
}
