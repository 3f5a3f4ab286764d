/** What is in a TIFF beside an ordinary picture, in words. */
import { type FieldTree, mainNumbers, numberField, TAG, withFields } from './tiff-fields.ts'

const COLORS: Readonly<Record<number, string>> = {
  4: 'a transparency mask',
  8: 'CIE L*a*b* colors',
  9: 'ICC L*a*b* colors',
  10: 'ITU L*a*b* colors',
  32803: 'the raw data of a camera',
  32844: 'LogL colors',
  32845: 'LogLuv colors',
  34892: 'the raw data of a camera',
}

const COMPRESSIONS: Readonly<Record<number, string>> = {
  6: 'old-style JPEG',
  9: 'JBIG',
  10: 'JBIG',
  34661: 'JBIG',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34892: 'lossy JPEG of DNG',
  34925: 'LZMA',
  50000: 'Zstandard',
  50002: 'JPEG XL',
}

const COMMON_COMPRESSIONS = [1, 2, 3, 4, 5, 7, 8, 32_773, 32_946, 50_001]
const COMMON_COLORS = [0, 1, 2, 3, 5, 6]
/** The most channels that the library reads. */
const MAX_CHANNELS = 5
const COMMON_DEPTHS = [1, 2, 4, 8, 16]

/** Such as "CIE L*a*b* colors, in planes and tiles"; undefined for what the library reads. */
export function uncommonTiff(tree: FieldTree): string | undefined {
  const first = (tag: number, otherwise: number) => mainNumbers(tree, tag)[0] ?? otherwise
  const colors = first(TAG.photometric, 2)
  const compression = first(TAG.compression, 1)
  const bits = first(TAG.bitsPerSample, 1)
  const isPlanar = first(TAG.planarConfiguration, 1) === 2
  const isTiled = tree.main.has(TAG.tileWidth)
  const sampleFormat = first(TAG.sampleFormat, 1)
  const channels = first(TAG.samplesPerPixel, 1)
  const traits = [
    ...(COMMON_COLORS.includes(colors) ? [] : [COLORS[colors] ?? `colors of kind ${colors}`]),
    ...(COMMON_DEPTHS.includes(bits) ? [] : [`${bits} bits`]),
    ...(sampleFormat === 1 ? [] : [SAMPLES[sampleFormat] ?? 'samples of an unknown kind']),
    ...(channels > MAX_CHANNELS ? [`${channels} channels`] : []),
    ...(isPlanar && isTiled ? ['in planes and tiles'] : []),
    ...(COMMON_COMPRESSIONS.includes(compression)
      ? []
      : [`compressed by ${COMPRESSIONS[compression] ?? `method ${compression}`}`]),
  ]
  return traits.length > 0 ? traits.join(', ') : undefined
}

const SAMPLES: Readonly<Record<number, string>> = {
  2: 'signed samples',
  3: 'floating-point samples',
  4: 'samples of an unknown kind',
  5: 'complex samples',
  6: 'complex samples',
}

/** A camera's raw file: its first picture is a small preview, the photograph lies in others. */
export function isCameraRaw(tree: FieldTree, bytes: Uint8Array): boolean {
  const isCr2 = bytes[8] === 0x43 && bytes[9] === 0x52
  const isPreview = ((mainNumbers(tree, TAG.newSubfileType)[0] ?? 0) & 1) === 1
  return isCr2 || tree.main.has(TAG.dngVersion) || (isPreview && tree.main.has(TAG.subDirectories))
}

const STRAIGHT_ALPHA = 2

/** Channels of the colors, by PhotometricInterpretation. */
const COLOR_CHANNELS: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3 }

/**
 * The file with its one channel beyond the colors marked as transparency where it has no mark, as
 * old programs mean it; the library refuses it so.
 */
export function withMarkedAlpha(tree: FieldTree, tiff: Buffer): Buffer {
  const colors = COLOR_CHANNELS[mainNumbers(tree, TAG.photometric)[0] ?? -1]
  const channels = mainNumbers(tree, TAG.samplesPerPixel)[0]
  const isBig = tiff[tree.littleEndian ? 2 : 3] !== 42
  if (isBig || tree.main.has(TAG.extraSamples) || colors === undefined || channels !== colors + 1)
    return tiff
  const { littleEndian } = tree
  const mark = numberField(3, STRAIGHT_ALPHA, littleEndian)
  return Buffer.from(
    withFields(tiff, { littleEndian, main: new Map([[TAG.extraSamples, mark]]) }).buffer,
  )
}

/**
 * Which of the channels beyond the colors is the transparency (TIFF 6.0, section 18): the first that
 * is marked as alpha.
 * @returns its place among them; undefined for none.
 */
export function alphaAmongExtras(tree: FieldTree): number | undefined {
  const place = mainNumbers(tree, TAG.extraSamples).findIndex((kind) => kind === 1 || kind === 2)
  return place < 0 ? undefined : place
}
