/** Pixels and mask into a layer of our own. */
import type { Pixels } from '../../bridge/messages.ts'
import { samplesOf } from '../../bridge/samples.ts'
import type { Bounds, SourceLayer } from '../document.ts'
import type { Photoshop, PsDocument, PsLayer } from '../photoshop.ts'
import { bitsOf } from './mode.ts'
import { atDepth, coverageAtDepth, fadedBy } from './samples.ts'
import { disposing, succeeds } from './scope.ts'

export interface MaskedPixels extends Pick<SourceLayer, 'profile' | 'selection'> {
  readonly pixels: Pixels
  readonly bounds: Bounds
}

/** The profile of masks, by Photoshop's documentation. */
const MASK_PROFILE = 'Gray Gamma 2.2'

/** Fills the layer at its document's depth, and masks what was not selected. */
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
  const putMask = async (coverage: Uint8Array): Promise<void> => {
    const imageData = await imaging.createImageDataFromBuffer(coverageAtDepth(coverage, bits), {
      width,
      height,
      components: 1,
      colorSpace: 'Grayscale',
      colorProfile: MASK_PROFILE,
    })
    await disposing(imageData, () => imaging.putLayerMask({ ...target, kind: 'user', imageData }))
  }

  await put(pixels)
  if (!selection) return
  // Whether putLayerMask makes the mask of a layer that has none is not documented.
  const isMasked =
    (await succeeds(() => putMask(selection))) ||
    ((await succeeds(() => makeMask(photoshop, layer))) &&
      (await succeeds(() => putMask(selection))))
  if (!isMasked) await put(fadedBy(pixels, selection))
}

/** A mask that hides nothing; the DOM has no call for it. */
async function makeMask({ action }: Photoshop, layer: PsLayer): Promise<void> {
  const results = await action.batchPlay(
    [
      { _obj: 'select', _target: [{ _ref: 'layer', _id: layer.id }], makeVisible: false },
      {
        _obj: 'make',
        new: { _class: 'channel' },
        at: { _ref: 'channel', _enum: 'channel', _value: 'mask' },
        using: { _enum: 'userMaskEnabled', _value: 'revealAll' },
      },
    ],
    {},
  )
  // Commands fail by value or by exception, depending on the version.
  const failure = results.find(({ _obj }) => _obj === 'error')
  if (failure) throw new Error(`make layer mask: ${failure.message}`)
}
