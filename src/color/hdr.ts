/**
 * Recognises pictures of high dynamic range, which are refused: their numbers mean light beyond
 * white.
 */
import { ImageError } from '../engine/errors.ts'

/** Code points of transfer characteristics (ITU-T H.273, table 3). */
const HDR_TRANSFERS: Readonly<Record<number, string>> = { 16: 'PQ', 18: 'HLG' }

/** The name of such a transfer curve; undefined for others. */
export const hdrTransfer = (code: number): string | undefined => HDR_TRANSFERS[code]

export const hdrPicture = (path: string, transfer: string): ImageError =>
  new ImageError(
    `${path}: is a picture of high dynamic range (${transfer}), expected one of standard dynamic ` +
      'range; save it as sRGB and try again',
  )
