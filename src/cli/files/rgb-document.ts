import { type ColorProfile, readProfile } from '../../color/icc.ts'
import { ImageError } from '../../engine/errors.ts'
import { ByteReader } from '../../psd/byte-reader.ts'
import {
  COLOR_MODES,
  embeddedProfile,
  type PsdDocument,
  parsePsd,
  readHeader,
} from '../../psd/document.ts'
import type { Planes } from '../../psd/pixels.ts'
import type { BitsPerChannel, SamplePlanes } from '../../psd/samples.ts'

/** A document whose layers can be stylised: RGB of 8 or 16 bits. */
export interface RgbDocument extends PsdDocument {
  readonly bits: BitsPerChannel
  readonly profile?: ColorProfile
}

export function parseRgbPsd(path: string, bytes: Uint8Array): RgbDocument {
  const { mode, bits } = readHeader(path, new ByteReader(path, bytes))
  if (mode !== 'rgb') {
    throw new ImageError(
      `${path}: is in ${COLOR_MODES[mode].title}, expected RGB Color; ` +
        'in Photoshop choose Image > Mode > RGB Color and save again',
    )
  }
  if (bits !== 8 && bits !== 16) {
    throw new ImageError(
      `${path}: has ${bits} bits per channel, expected 8 or 16; ` +
        'in Photoshop choose Image > Mode > 16 Bits/Channel and save again',
    )
  }
  const document = parsePsd(path, bytes)
  const profile = readProfile(path, embeddedProfile(document))
  return { ...document, bits, ...(profile?.space === 'RGB' ? { profile } : {}) }
}

/** Planes decoded from such a document. */
export function rgbPlanes({ bits }: RgbDocument, planes: Planes): SamplePlanes {
  const [red, green, blue] = planes.color
  return { ...planes, bits, color: [red!, green!, blue!] }
}
