/** Files as documents and back. */
import { photographDocument } from '../photograph.ts'
import { readPsd, writePsd } from '../psd-file.ts'
import { renderRgba } from '../render.ts'
import type { DocumentState } from '../state.ts'
import type { Labels } from './labels.ts'

/** Extensions that the open dialog offers. */
export const OPENABLE = '.psd,.psb,.png,.jpg,.jpeg,.webp'

/** @throws Error that says what is wrong with the file. */
export async function readDocument(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  labels: Labels,
): Promise<DocumentState> {
  if (new TextDecoder('latin1').decode(bytes.subarray(0, 4)) === '8BPS') return readPsd(name, bytes)
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(new Blob([bytes]), { premultiplyAlpha: 'none' })
  } catch {
    throw new Error(labels.unknownFile)
  }
  const { width, height } = bitmap
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('internal: no 2d context')
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  return photographDocument(width, height, context.getImageData(0, 0, width, height).data)
}

export const render = (state: DocumentState): Uint8ClampedArray<ArrayBuffer> =>
  renderRgba(state).data as Uint8ClampedArray<ArrayBuffer>

export const encodePsd = (state: DocumentState): Uint8Array<ArrayBuffer> =>
  writePsd(state) as Uint8Array<ArrayBuffer>

/** Whether the bytes of a document are those of a PSB: version 2. */
export const isLargeDocument = (bytes: Uint8Array): boolean => bytes[5] === 2

export async function encodePng(state: DocumentState): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(state.width, state.height)
  canvas.getContext('2d')?.putImageData(new ImageData(render(state), state.width), 0, 0)
  const blob = await canvas.convertToBlob({ type: 'image/png' })
  return new Uint8Array(await blob.arrayBuffer())
}

/** 'photo.jpg' → 'photo.psd' */
export const withExtension = (name: string, extension: string): string =>
  `${name.replace(/\.[a-z0-9]{2,4}$/i, '')}.${extension}`
