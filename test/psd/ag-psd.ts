/** ag-psd as an independent reader, without a canvas. */
import { initializeCanvas, type Psd, readPsd } from 'ag-psd'

initializeCanvas(
  () => {
    throw new Error('no canvas in tests')
  },
  (width, height) => ({
    width,
    height,
    data: new Uint8ClampedArray(4 * width * height),
    colorSpace: 'srgb',
  }),
)

export function readByAgPsd(bytes: Uint8Array): Psd {
  return readPsd(bytes, { useImageData: true })
}
