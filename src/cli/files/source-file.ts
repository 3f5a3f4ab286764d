import { open } from 'node:fs/promises'
import { ImageError } from '../../engine/errors.ts'
import { MAX_FILE_BYTES } from '../../psd/limits.ts'

type SourceFormat = 'jpeg' | 'png' | 'webp' | 'tiff' | 'psd'

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
    const foreign = foreignFormat(bytes)
    throw new ImageError(
      bytes.length === 0
        ? `${path}: is an empty file, expected a picture; ${ACCEPTED}`
        : foreign
          ? `${path}: is ${foreign}, which cannot be read; ${ACCEPTED}: save it as one of these`
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
            : code === 'ENAMETOOLONG'
              ? 'its name is longer than the file system allows; check the path'
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

/** Files that are given for pictures by mistake, by what they hold at a place near their start. */
const FOREIGN: readonly (readonly [name: string, at: number, marks: readonly string[]])[] = [
  ['a GIF picture', 0, ['GIF87a', 'GIF89a']],
  ['a BMP picture', 0, ['BM']],
  ['an AVIF picture', 4, ['ftypavif', 'ftypavis']],
  ['a HEIC picture', 4, ['ftyphei', 'ftyphev']],
  ['a HEIF picture', 4, ['ftypmif1', 'ftypmsf1']],
  ["a camera's raw file", 4, ['ftypcrx ']],
  ["a camera's raw file", 0, ['IIRO', 'IIRS', 'IIU\0', 'FUJIFILMCCD-RAW']],
  ['a film', 4, ['ftyp']],
  ['a film', 8, ['AVI ']],
  ['a film', 0, ['\x1aE\xdf\xa3']],
  ['a JPEG 2000 picture', 4, ['jP  ']],
  ['a JPEG 2000 picture', 0, ['\xff\x4f\xff\x51']],
  ['a JPEG XL picture', 4, ['JXL ']],
  ['a JPEG XL picture', 0, ['\xff\x0a']],
  ['a JPEG XR picture', 0, ['II\xbc']],
  ['an OpenEXR picture', 0, ['v/1\x01']],
  ['a Radiance HDR picture', 0, ['#?RADIANCE', '#?RGBE']],
  ['a DDS texture', 0, ['DDS ']],
  ['a QOI picture', 0, ['qoif']],
  ['a FITS picture', 0, ['SIMPLE  =']],
  ['an icon', 0, ['\0\0\x01\0', '\0\0\x02\0', 'icns']],
  ['a GIMP document', 0, ['gimp xcf']],
  ['a PDF document', 0, ['%PDF-']],
  ['a PostScript file', 0, ['%!PS', '\xc5\xd0\xd3\xc6']],
  ['a ZIP archive', 0, ['PK\x03\x04']],
]

function foreignFormat(bytes: Buffer): string | undefined {
  const start = bytes.toString('latin1', 0, 1024)
  const found = FOREIGN.find(([, at, marks]) => marks.some((mark) => start.startsWith(mark, at)))
  if (found) return found[0]
  // In a text, the first tag behind declarations and comments tells the format.
  const tags = start.replace(/<[?!][^>]*>/g, '').trim()
  const root = /^[^<]{0,9}<(\w+)/.exec(tags)?.[1]?.toLowerCase()
  return root === 'svg' ? 'an SVG drawing' : root === 'html' ? 'a web page' : undefined
}

/** The first bytes as text where they are text, else in hexadecimal. */
function opening(bytes: Buffer): string {
  const start = bytes.subarray(0, 12)
  const text = start.toString('latin1')
  return /^[\x20-\x7e\s]+$/.test(text)
    ? JSON.stringify(text)
    : `the bytes ${start.toString('hex').replace(/..(?=.)/g, '$& ')}`
}
