/** Reading one layer's pixels in the place of another. */
import type { Pixels } from '../../bridge/messages.ts'
import type { Bounds, SourceLayer } from '../document.ts'
import { problem, sourceOf } from './active-layer.ts'
import type { Photoshop } from './photoshop-types.ts'
import { readSource } from './read.ts'
import { intersection, place } from './rects.ts'
import { fadedBy } from './samples.ts'
import { inModalScope } from './scope.ts'

/** The pixels have alpha where the bounds of the two layers differ. @throws DocumentError */
export function readOver(
  photoshop: Photoshop,
  layerId: number,
  { documentId, bounds }: Pick<SourceLayer, 'documentId' | 'bounds'>,
): Promise<Pixels> {
  return inModalScope(photoshop, 'Read layer', async (scope) => {
    const read = await readSource(photoshop, scope, sourceOf(photoshop, layerId, documentId))
    if (isEqual(read.bounds, bounds)) return read.pixels
    if (!intersection(read.bounds, bounds)) throw problem('layer-moved')
    // Alpha tells where the layer has pixels and where it has none.
    const opaque = new Uint8Array(read.pixels.width * read.pixels.height).fill(255)
    const { bits, components, bytes } = fadedBy(read.pixels, opaque)
    const placed = place(bytes, read.bounds, bounds, { pixelBytes: (components * bits) / 8 })
    const { left, top, right, bottom } = bounds
    return { width: right - left, height: bottom - top, bits, components, bytes: placed }
  })
}

const isEqual = (a: Bounds, b: Bounds): boolean =>
  a.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom
