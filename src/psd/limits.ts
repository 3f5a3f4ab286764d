/** Largest picture read or written, in pixels: 400 megapixels is 6.4 GB once planar and in float32. */
export const MAX_PIXELS = 400_000_000

/** Largest file read: Node reads no more into one buffer, and a PSD may not be larger. */
export const MAX_FILE_BYTES = 2 ** 31 - 1
