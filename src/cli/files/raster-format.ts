export type RasterFormat = 'jpeg' | 'png' | 'webp' | 'tiff'

/** Longest edge each format can hold, px; of JPEG what libjpeg allows, a little below 16 bits. */
export const MAX_EDGE: Readonly<Record<RasterFormat, number>> = {
  jpeg: 65_500,
  png: 2 ** 31 - 1,
  webp: 16_383,
  tiff: 2 ** 31 - 1,
}
