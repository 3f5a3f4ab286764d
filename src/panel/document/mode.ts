/** Facts that follow from a document's colour mode, depth and profile. */
import type { Pixels } from '../../bridge/messages.ts'
import type { Photoshop, PsDocument } from './photoshop-types.ts'

/** Photoshop appends this to the names of profiles of 32-bit documents, and wants it gone after. */
const LINEAR_SUFFIX = ' (Linear RGB Profile)'

/** Bitmaps have 1 bit, but are never read with it. */
export function bitsOf({ constants }: Photoshop, document: PsDocument): Pixels['bits'] {
  switch (document.bitsPerChannel) {
    case constants.BitsPerChannelType.SIXTEEN:
      return 16
    case constants.BitsPerChannelType.THIRTYTWO:
      return 32
    default:
      return 8
  }
}

/** Empty where the document has no profile: samples then come and go unconverted. */
export function profileOf({ constants }: Photoshop, document: PsDocument): string {
  if (document.colorProfileType === constants.ColorProfileType.NONE) return ''
  const name = document.colorProfileName
  return name.endsWith(LINEAR_SUFFIX) ? name.slice(0, -LINEAR_SUFFIX.length) : name
}

/** Other modes must not be asked of getPixels: it fails, or takes Photoshop down. */
export function isReadableMode({ constants }: Photoshop, { mode }: PsDocument): boolean {
  const { DocumentMode } = constants
  return mode === DocumentMode.RGB || mode === DocumentMode.GRAYSCALE
}

/** Layers in colour: a duotone's are gray, and whether pixels can be put there is not documented. */
export function canHoldLayers({ constants }: Photoshop, { mode }: PsDocument): boolean {
  const { DocumentMode } = constants
  return (
    mode !== DocumentMode.BITMAP &&
    mode !== DocumentMode.INDEXEDCOLOR &&
    mode !== DocumentMode.MULTICHANNEL &&
    mode !== DocumentMode.DUOTONE
  )
}
