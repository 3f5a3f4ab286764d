/** Colours of a PNG that has no profile, by the chunks that describe them. */
import { type Chromaticities, fromChromaticities } from '../../color/chromaticities.ts'
import { SRGB_CURVE, spaceOfCodes } from '../../color/cicp.ts'
import { hdrPicture, hdrTransfer } from '../../color/hdr.ts'
import { isSrgbMatrix, SRGB_TO_XYZ } from '../../color/icc.ts'
import { ImageError } from '../../engine/errors.ts'
import { matrixProfile } from '../../psd/matrix-profile.ts'
import type { Chunk } from './png-chunks.ts'

/**
 * An ICC profile of them, in the order of the specification (third edition, 4.3): cICP, the embedded
 * profile, sRGB, gAMA with cHRM. Undefined for sRGB and where nothing is said.
 * @param embedded the profile that the file carries.
 * @throws ImageError for high dynamic range, and for code points that are not understood.
 */
export function pngProfile(
  path: string,
  chunks: readonly Chunk[],
  embedded: Uint8Array | undefined,
): Uint8Array | undefined {
  const data = (type: string) => chunks.find((chunk) => chunk.type === type)?.data
  const codes = data('cICP')
  // Code 2 leaves it open.
  if (codes?.length === 4 && codes[0] !== 2 && codes[1] !== 2) return codedProfile(path, codes)
  if (embedded) return embedded
  return data('sRGB') ? undefined : gammaProfile(data('gAMA'), data('cHRM'))
}

function codedProfile(path: string, codes: Uint8Array): Uint8Array {
  const [primaries, transfer, matrix, isFullRange] = codes as unknown as [
    number,
    number,
    number,
    number,
  ]
  const hdr = hdrTransfer(transfer)
  if (hdr) throw hdrPicture(path, hdr)
  const space = spaceOfCodes(primaries, transfer)
  if (!space || matrix !== 0 || isFullRange !== 1) {
    throw new ImageError(
      `${path}: its colors are described by the code points ${[...codes].join(', ')} of ITU-T H.273, ` +
        'which are not understood here; convert the picture to sRGB and try again',
    )
  }
  return matrixProfile(space)
}

/** Encoding exponents that mean sRGB, whose curve is near the gamma 2.2. */
const SRGB_EXPONENTS = { min: 0.45, max: 0.46 }

/** Both chunks hold 100,000ths; exponents beyond reason are taken for none. */
function gammaProfile(
  gamma: Uint8Array | undefined,
  primaries: Uint8Array | undefined,
): Uint8Array | undefined {
  const exponent = numbersOf(gamma)[0]
  if (exponent === undefined || exponent < 0.1 || exponent > 10) return undefined
  const isSrgbCurve = exponent >= SRGB_EXPONENTS.min && exponent <= SRGB_EXPONENTS.max
  const described = matrixOf(primaries)
  const toXyz = described && isSrgbMatrix(described) ? undefined : described
  if (isSrgbCurve && toXyz === undefined) return undefined
  return matrixProfile({
    name: `PNG, gamma ${(1 / exponent).toFixed(2)}${toXyz ? ', own primaries' : ''}`,
    toXyz: toXyz ?? SRGB_TO_XYZ,
    curve: isSrgbCurve ? SRGB_CURVE : [1 / exponent],
  })
}

function matrixOf(primaries: Uint8Array | undefined) {
  const values = numbersOf(primaries)
  if (values.length !== 8) return undefined
  // White comes first.
  const [white, colors] = [values.slice(0, 2), values.slice(2)]
  return fromChromaticities([...colors, ...white] as readonly number[] as Chromaticities)
}

function numbersOf(data: Uint8Array | undefined): number[] {
  if (data === undefined) return []
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  return Array.from({ length: Math.floor(data.length / 4) }, (_, i) => view.getUint32(4 * i) / 1e5)
}
