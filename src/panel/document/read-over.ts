/** Reading one layer's pixels in the place of another. */
import type { Pixels } from '../../bridge/messages.ts'
import type { SourceLayer } from '../document.ts'
import type { Photoshop } from '../photoshop.ts'
import { problem, sourceOf } from './active-layer.ts'
import { readSource } from './read.ts'
import { intersection, place } from './rects.ts'
import { fadedBy } from './samples.ts'
import { inModalScope } from './scope.ts'

/** @throws DocumentError */
export function readOver(
  photoshop: Photoshop,
  layerId: number,
  { documentId, bounds, pixels: { width, height } }: SourceLayer,
): Promise<Pixels> {
  return inModalScope(photoshop, 'Read layer', async (scope) => {
    const read = await readSource(photoshop, scope, sourceOf(photoshop, layerId, documentId))
    if (!intersection(read.bounds, bounds)) throw problem('elsewhere')
    const opaque = new Uint8Array(read.pixels.width * read.pixels.height).fill(255)
    const { bits, components, bytes } = fadedBy(read.pixels, opaque)
    const placed = place(bytes, read.bounds, bounds, (components * bits) / 8)
    return { width, height, bits, components, bytes: placed }
  })
}
