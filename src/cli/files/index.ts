import { basename, extname } from 'node:path'
import { ImageError } from '../../engine/errors.ts'
import type { FileIdentity, RecipeContent } from '../../engine/output/recipe.ts'
import { isSameSize, type PlanarImage, rowsOf, type Size } from '../../engine/picture/image.ts'
import { decodeComposite } from '../../psd/pixels.ts'
import {
  type BitsPerChannel,
  imageToPlanes,
  planeRows,
  planesToImage,
  resultPlanes,
} from '../../psd/samples.ts'
import { type RowSource, rowSourceOf, wholeOf } from './bands.ts'
import { fileIdentity, layerIdentity } from './identity.ts'
import { documentMetadata, type Metadata } from './metadata.ts'
import {
  buildPsd,
  hideMasked,
  insertResult,
  type NewDocument,
  openPsd,
  type PsdSource,
  type SaveOptions,
} from './psd.ts'
import { decodeRaster, encodeRaster, type RasterPicture } from './raster.ts'
import type { RasterFormat } from './raster-format.ts'
import { picturePacket } from './recipes.ts'
import { resultMetadata } from './result-metadata.ts'
import { parseRgbPsd, rgbPlanes } from './rgb-document.ts'
import { withScratch } from './scratch.ts'
import { readSourceFile, type SourceFile } from './source-file.ts'
import { assertPlaceWritable, writeFileAtomic } from './write-file.ts'

export { MAX_FILE_BYTES, MAX_PIXELS } from '../../psd/limits.ts'
export type { BitsPerChannel } from '../../psd/samples.ts'
export type { SaveOptions } from './psd.ts'

/** The content picture, and the way back into a file of its kind. */
export interface ContentFile {
  readonly path: string
  readonly kind: 'raster' | 'psd'
  /** The layer that was opened, if the file is a document. */
  readonly layerName?: string
  /** Upright and converted to sRGB. */
  readonly image: PlanarImage
  readonly bitsPerChannel: BitsPerChannel
  readonly identity: RecipeContent
  /** What is held beside the image until it is saved: its file, or its samples. */
  readonly heldBytes: number
  /**
   * Writes the result in the content's color profile, bit depth and alpha. A document is written
   * as itself with one layer more; a picture as .psd becomes a document of two layers; a layer as
   * a picture is written alone, transparent where its mask hides it. What the content says of itself
   * is kept: EXIF, IPTC, XMP, resolution.
   * @returns what is not shown or could not be stored, in sentences.
   */
  save(
    result: PlanarImage | RowSource,
    outPath: string,
    options: SaveOptions,
  ): Promise<readonly string[]>
}

type OutputFormat = RasterFormat | 'psd' | 'psb'

const EXTENSIONS: Readonly<Record<string, OutputFormat>> = {
  '.psd': 'psd',
  '.psb': 'psb',
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.jpe': 'jpeg',
  '.jfif': 'jpeg',
  '.tif': 'tiff',
  '.tiff': 'tiff',
  '.webp': 'webp',
}

/** Opens a picture, or one layer of a document: by name, or the topmost visible pixel layer. */
export async function openContent(
  path: string,
  options: { layer?: string | undefined } = {},
): Promise<ContentFile> {
  const file = await readSourceFile(path)
  return file.format === 'psd'
    ? openDocument(file, options.layer)
    : openPicture(file, options.layer)
}

function openDocument({ path, bytes }: SourceFile, layer: string | undefined): ContentFile {
  const { source, planes } = openPsd(path, bytes, layer)
  const { document, layerName } = source
  const { profile, bits } = document
  const image = planesToImage(planes, profile)
  return {
    path,
    kind: 'psd',
    layerName,
    image,
    bitsPerChannel: bits,
    identity: { ...layerIdentity(layerName, planes), document: basename(path) },
    heldBytes: bytes.length + (planes.alpha ? image.alpha!.byteLength : 0),
    async save(result, outPath, options) {
      const format = outputFormat(outPath)
      if (format !== 'psd' && format !== 'psb') {
        const { planes, result: shown } = hideMasked(source, wholeOf(result))
        const picture = { planes, profile, metadata: documentMetadata(document) }
        return saveRaster(outPath, format, shown, picture, options)
      }
      assertDocumentFormat(source, format, outPath)
      assertSameSize(outPath, result, source)
      return withScratch(outPath, async (makeSink) => {
        const { bytes: whole, notes } = await insertResult(
          source,
          rowSourceOf(result),
          options,
          makeSink,
        )
        await writeFileAtomic(outPath, whole)
        return options.strip ? [...notes, KEEPS_DESCRIPTION] : notes
      })
    },
  }
}

const KEEPS_DESCRIPTION =
  '--strip is for pictures: the document keeps what it says of itself, and so does the result'

async function openPicture(file: SourceFile, layer: string | undefined): Promise<ContentFile> {
  const { path, format } = file
  if (layer !== undefined) {
    throw new ImageError(
      `${path}: is a ${format.toUpperCase()} file and has no layer "${layer}"; ` +
        'leave the layer out or give a PSD',
    )
  }
  const { notes, ...picture } = await decodeRaster(file)
  const { planes, profile } = picture
  // Results have three channels, so a gray profile does not fit them.
  const outProfile = profile?.space === 'RGB' ? profile : undefined
  const image = planesToImage(planes, profile)
  return {
    path,
    kind: 'raster',
    image,
    bitsPerChannel: planes.bits,
    identity: fileIdentity(path, file.bytes),
    heldBytes: [...planes.color, ...(planes.alpha ? [planes.alpha, image.alpha!] : [])].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    ),
    async save(result, outPath, options) {
      const outFormat = outputFormat(outPath)
      if (outFormat === 'psb') throw notLarge(outPath)
      const given = { ...picture, profile: outProfile }
      if (outFormat !== 'psd') {
        return [
          ...notes,
          ...(await saveRaster(outPath, outFormat, wholeOf(result), given, options)),
        ]
      }
      assertSameSize(outPath, result, planes)
      const { width, height, bits } = planes
      const painted = rowSourceOf(result)
      const isPlain = !planes.alpha
      const document: NewDocument = {
        width,
        height,
        bits,
        layers: [
          { name: isPlain ? 'Background' : 'Content', background: isPlain },
          { name: options.layerName, recipe: options.recipe },
        ],
        rows(top, bottom) {
          const rows = planeRows(planes, top, bottom)
          const below =
            outProfile === profile ? rows : imageToPlanes(planesToImage(rows, profile), bits)
          return [below, resultPlanes(painted.rows(top, bottom), below, outProfile)]
        },
      }
      const said = saidOf(given, result, options)
      const about = { profile: outProfile, metadata: said.metadata }
      return [...notes, ...said.notes, ...(await writePsd(outPath, document, about))]
    },
  }
}

const writePsd = (
  path: string,
  document: NewDocument,
  about: Partial<Pick<RasterPicture, 'profile' | 'metadata'>> = {},
): Promise<readonly string[]> =>
  withScratch(path, async (makeSink) => {
    const { bytes, notes } = await buildPsd(path, document, about, makeSink)
    await writeFileAtomic(path, bytes)
    return notes
  })

export interface Picture {
  /** Upright and converted to sRGB. */
  readonly image: PlanarImage
  readonly identity: FileIdentity
}

/** Any picture as a whole: all that is seen of a document, or its topmost pixel layer. */
export async function readPicture(path: string): Promise<Picture> {
  const file = await readSourceFile(path)
  return { image: await decodeWhole(file), identity: fileIdentity(path, file.bytes) }
}

/** A picture whose style is wanted. */
export const readStyle = async (path: string): Promise<PlanarImage> =>
  (await readPicture(path)).image

async function decodeWhole(file: SourceFile): Promise<PlanarImage> {
  if (file.format !== 'psd') {
    const { planes, profile } = await decodeRaster(file)
    return planesToImage(planes, profile)
  }
  const { path, bytes } = file
  const document = parseRgbPsd(path, bytes)
  return document.hasComposite
    ? planesToImage(rgbPlanes(document, decodeComposite(document)), document.profile)
    : planesToImage(openPsd(path, bytes).planes, document.profile)
}

/** Writes an sRGB picture in the format that the path's extension names. */
export async function writeRaster(
  image: PlanarImage,
  path: string,
  options: { bitsPerChannel?: BitsPerChannel } = {},
): Promise<void> {
  const format = outputFormat(path)
  if (format === 'psd' || format === 'psb') {
    throw new ImageError(`${path}: expected the name of a picture, got that of a document`)
  }
  const planes = imageToPlanes(image, options.bitsPerChannel ?? 8)
  await writeFileAtomic(path, (await encodeRaster(path, { planes, metadata: {} }, format)).bytes)
}

/** Writes a document whose only layer is this picture. */
export async function createPsd(
  image: PlanarImage,
  layerName: string,
  path: string,
): Promise<void> {
  if (outputFormat(path) !== 'psd') {
    throw new ImageError(`${path}: expected a name that ends in .psd`)
  }
  const { width, height, alpha } = image
  await writePsd(path, {
    width,
    height,
    bits: 8,
    layers: [{ name: layerName, background: !alpha }],
    rows: (top, bottom) => [imageToPlanes(rowsOf(image, top, bottom), 8)],
  })
}

/** Call this before a long run: it checks that the extension is known and the folder writable. */
export async function assertWritable(outPath: string): Promise<void> {
  // A folder has no ending either, and what helps is another thing.
  await assertPlaceWritable(outPath)
  outputFormat(outPath)
}

/** Endings that results may have, without the dot. */
export const ENDINGS = Object.keys(EXTENSIONS).map((extension) => extension.slice(1))

function outputFormat(path: string): OutputFormat {
  const extension = extname(path).toLowerCase()
  const format = EXTENSIONS[extension]
  if (format === undefined) {
    throw new ImageError(
      `${path}: cannot be written: its ending is ${extension ? `"${extension}"` : 'missing'}, ` +
        `expected one of ${Object.keys(EXTENSIONS).join(', ')}`,
    )
  }
  return format
}

function notLarge(path: string): ImageError {
  return new ImageError(`${path}: a .psb is written only from a PSB; give a name that ends in .psd`)
}

function assertDocumentFormat({ document }: PsdSource, format: 'psd' | 'psb', path: string): void {
  if (document.large && format === 'psd') {
    throw new ImageError(
      `${path}: the content is a PSB and stays one; give a name that ends in .psb`,
    )
  }
  if (!document.large && format === 'psb') throw notLarge(path)
}

function assertSameSize(path: string, result: Size, source: Size): void {
  if (!isSameSize(result, source)) {
    throw new ImageError(
      `${path}: a layer is written in the size of its source, ${source.width}×${source.height}, ` +
        `and the result has ${result.width}×${result.height}; ` +
        'write a .png, or let the result have the size of the content',
    )
  }
}

async function saveRaster(
  path: string,
  format: RasterFormat,
  result: PlanarImage,
  source: RasterPicture,
  options: SaveOptions,
): Promise<readonly string[]> {
  const { profile } = source
  const planes = isSameSize(result, source.planes)
    ? resultPlanes(result, source.planes, profile)
    : imageToPlanes(result, source.planes.bits, profile)
  const said = saidOf(source, result, options)
  const { packet, note } = options.recipe
    ? picturePacket(said.metadata.xmp, options.recipe, format)
    : { packet: said.metadata.xmp }
  const metadata = { ...said.metadata, xmp: packet }
  const { bytes, notes } = await encodeRaster(path, { planes, profile, metadata }, format)
  await writeFileAtomic(path, bytes)
  return [...said.notes, ...(note ? [note] : []), ...notes]
}

/** What the result says of itself; resolution and colors are no description of the content. */
function saidOf(
  { planes, profile, metadata }: RasterPicture,
  result: Size,
  { strip }: SaveOptions,
): { readonly metadata: Metadata; readonly notes: readonly string[] } {
  if (strip) return { metadata: { density: metadata.density }, notes: [] }
  return resultMetadata(metadata, {
    width: result.width,
    height: result.height,
    isSameSize: isSameSize(result, planes),
    isSrgb: profile === undefined || profile.isSrgb,
  })
}
