/** Picture files, decoded by the browser: upright by their EXIF orientation, in sRGB, first frame. */
import { ImageError } from '../engine/errors.ts'
import type { PlanarImage } from '../engine/picture/image.ts'
import { fitLongEdge } from '../engine/picture/pyramid.ts'
import { memorySource, sha256Of } from '../engine/vgg/byte-source.ts'
import { toPlanar } from './pixels.ts'

interface PictureFile {
  readonly name: string
  readonly bytes: Uint8Array
}

const MAX_FILE_BYTES = 256 * 2 ** 20
const MAX_EDGE = 16_384
/** A style is never painted with at more than this, so its further pixels are not kept, px. */
const MAX_STYLE_EDGE = 4096

/** A thumbnail of at most `edge` px, and the file's checksum. @throws ImageError */
export async function makeThumbnail(
  file: PictureFile,
  edge: number,
): Promise<{ width: number; height: number; png: Uint8Array; sha256: string }> {
  const { canvas } = await draw(file, edge)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (!blob) throw new ImageError(`${file.name}: no thumbnail could be made of it`)
  const png = new Uint8Array(await blob.arrayBuffer())
  const sha256 = await sha256Of(memorySource(file.name, file.bytes))
  return { width: canvas.width, height: canvas.height, png, sha256 }
}

export interface StyleDecoder {
  /** The pictures in the order of their files. What an earlier call decoded is not decoded again. */
  decode(files: readonly PictureFile[]): Promise<PlanarImage[]>
}

/** Remembers the last call's pictures, by their content. */
export function makeStyleDecoder(): StyleDecoder {
  let known = new Map<string, PlanarImage>()
  return {
    async decode(files) {
      const used = new Map<string, PlanarImage>()
      const images: PlanarImage[] = []
      for (const file of files) {
        const key = await sha256Of(memorySource(file.name, file.bytes))
        const image = used.get(key) ?? known.get(key) ?? (await decodePicture(file))
        used.set(key, image)
        images.push(image)
      }
      known = used
      return images
    },
  }
}

async function decodePicture(file: PictureFile): Promise<PlanarImage> {
  const { canvas, context } = await draw(file, MAX_STYLE_EDGE)
  const { width, height } = canvas
  const { data } = context.getImageData(0, 0, width, height)
  const bytes = new Uint8Array(data.buffer)
  const image = toPlanar({ width, height, components: 4, bits: 8, bytes })
  const isOpaque = image.alpha?.every((value) => value === 1)
  return isOpaque ? { width, height, data: image.data } : image
}

/** The picture on a canvas of its own, made smaller where its long edge exceeds `maxEdge`. */
async function draw(file: PictureFile, maxEdge: number) {
  const picture = await load(file)
  const { naturalWidth: width, naturalHeight: height } = picture
  if (Math.max(width, height) > MAX_EDGE) {
    throw new ImageError(
      `${file.name}: has ${width}×${height} px, at most ${MAX_EDGE} a side are read; make it smaller`,
    )
  }
  const canvas = document.createElement('canvas')
  const longEdge = Math.min(maxEdge, Math.max(width, height))
  Object.assign(canvas, fitLongEdge({ width, height }, longEdge))
  const context = canvas.getContext('2d', { colorSpace: 'srgb', willReadFrequently: true })
  if (!context) throw new ImageError(`${file.name}: there is no memory to decode it`)
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return { canvas, context }
}

/** An element that knows the picture's size; its pixels are decoded when it is drawn. */
async function load({ name, bytes }: PictureFile): Promise<HTMLImageElement> {
  if (bytes.length > MAX_FILE_BYTES) {
    throw new ImageError(
      `${name}: has ${bytes.length} bytes, at most ${MAX_FILE_BYTES} are read; save a smaller copy`,
    )
  }
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]))
  const picture = new Image()
  try {
    await new Promise<void>((resolve, reject) => {
      picture.onload = () => resolve()
      picture.onerror = () =>
        reject(
          new ImageError(
            `${name}: is damaged, or no picture that can be read here; give a JPEG, PNG, WebP, GIF, BMP or AVIF file`,
          ),
        )
      picture.src = url
    })
    return picture
  } finally {
    URL.revokeObjectURL(url)
  }
}
