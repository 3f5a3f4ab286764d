/** Puts pixels and mask into a layer that the panel has made. */
import type { Pixels } from '../../bridge/messages.ts'
import { samplesOf } from '../../bridge/samples.ts'
import type { Bounds, SourceLayer } from '../document.ts'
import { bitsOf } from './mode.ts'
import type { Photoshop, PsDocument, PsLayer } from './photoshop-types.ts'
import { putMask } from './put-mask.ts'
import { atDepth, fadedBy } from './samples.ts'
import { disposing } from './scope.ts'

interface MaskedPixels extends Pick<SourceLayer, 'profile' | 'selection'> {
  readonly pixels: Pixels
  readonly bounds: Bounds
}

/** Fills the layer, at its document's depth, and masks what was not selected. */
export async function putMaskedPixels(
  photoshop: Photoshop,
  document: PsDocument,
  layer: PsLayer,
  { pixels, bounds, profile, selection }: MaskedPixels,
): Promise<void> {
  const { imaging } = photoshop
  const { width, height } = pixels
  const bits = bitsOf(photoshop, document)
  const target = { documentID: document.id, layerID: layer.id, targetBounds: bounds }

  const put = async (shown: Pixels): Promise<void> => {
    const { components } = shown
    const imageData = await imaging.createImageDataFromBuffer(samplesOf(atDepth(shown, bits)), {
      width,
      height,
      components,
      colorSpace: components > 2 ? 'RGB' : 'Grayscale',
      colorProfile: profile,
    })
    await disposing(imageData, () => imaging.putPixels({ ...target, imageData }))
  }
  await put(pixels)
  if (!selection) return
  if (await putMask(photoshop, document, layer, selection, bounds)) return
  // What a mask cannot hide must not show.
  await put(fadedBy(pixels, selection))
}
