/** Makes what a result says of itself: what its photograph said, as far as it is still true. */

import { withChanges } from '../../engine/output/xmp.ts'
import type { Size } from '../../engine/picture/image.ts'
import type { Metadata } from './metadata.ts'
import { type FieldTree, numberField, TAG } from './tiff-fields.ts'

interface ResultShape extends Size {
  /** True if the result has as many pixels as its photograph. */
  readonly isSameSize: boolean
  /** False where a profile of another space goes with it. */
  readonly isSrgb: boolean
}

interface MetadataWithNotes {
  readonly metadata: Metadata
  /** What is left out, in sentences. */
  readonly notes: readonly string[]
}

/**
 * The orientation is 1, sizes are the result's. Previews and what goes with the pixels of the
 * photograph, gain maps and such, are left out.
 */
export function resultMetadata(source: Metadata, result: ResultShape): MetadataWithNotes {
  const { exif, xmp } = source
  const corrected = xmp === undefined ? undefined : correctedXmp(xmp, result)
  const marks = new Set([...(source.hasGainMap ? ['gain map'] : []), ...(corrected?.marks ?? [])])
  return {
    metadata: {
      ...source,
      exif: exif && correctedExif(exif, result),
      xmp: corrected ? corrected.packet : xmp,
      hasGainMap: false,
    },
    notes:
      marks.size > 0
        ? [`left out, as it is no longer true of the painting: ${[...marks].join(', ')}`]
        : [],
  }
}

function correctedExif(tree: FieldTree, { width, height, isSrgb }: ResultShape): FieldTree {
  const { littleEndian: little } = tree
  const exif = tree.exif && new Map(tree.exif)
  exif?.set(TAG.pixelWidth, numberField(4, width, little))
  exif?.set(TAG.pixelHeight, numberField(4, height, little))
  if (exif?.has(TAG.colorSpace)) {
    exif.set(TAG.colorSpace, numberField(3, isSrgb ? 1 : UNCALIBRATED, little))
  }
  return { ...tree, exif }
}

/** EXIF's value for a color space that an embedded profile describes. */
const UNCALIBRATED = 65_535

const XMP_TIFF = 'http://ns.adobe.com/tiff/1.0/'
const XMP_EXIF = 'http://ns.adobe.com/exif/1.0/'
const PANORAMA = 'http://ns.google.com/photos/1.0/panorama/'

/** Namespaces of what belongs to the photograph's pixels, and what to call it. */
const MARKS: Readonly<Record<string, string>> = {
  [PANORAMA]: 'panorama marks of another size',
  'http://ns.adobe.com/hdr-gain-map/1.0/': 'gain map',
  'http://ns.apple.com/HDRGainMap/1.0/': 'gain map',
  'http://ns.google.com/photos/1.0/camera/': 'motion photo',
  'http://ns.google.com/photos/1.0/container/': 'pictures appended to the file',
  'http://ns.google.com/photos/1.0/container/item/': 'pictures appended to the file',
  'http://ns.google.com/photos/1.0/depthmap/': 'depth map',
  'http://ns.google.com/photos/1.0/focus/': 'depth map',
  'http://ns.google.com/photos/1.0/image/': 'pictures appended to the file',
  'http://ns.google.com/photos/1.0/audio/': 'sound',
  'http://ns.google.com/photos/dd/1.0/device/': 'depth map',
  'http://ns.adobe.com/xmp/note/': 'the extended part of the XMP',
}

function correctedXmp(packet: string, { width, height, isSameSize, isSrgb }: ResultShape) {
  const values: Readonly<Record<string, string | null>> = {
    [`${XMP_TIFF}Orientation`]: '1',
    [`${XMP_TIFF}ImageWidth`]: `${width}`,
    [`${XMP_TIFF}ImageLength`]: `${height}`,
    [`${XMP_EXIF}PixelXDimension`]: `${width}`,
    [`${XMP_EXIF}PixelYDimension`]: `${height}`,
    [`${XMP_EXIF}ColorSpace`]: `${isSrgb ? 1 : UNCALIBRATED}`,
    'http://ns.adobe.com/xap/1.0/Thumbnails': null,
  }
  const marks = new Set<string>()
  const changed = withChanges(packet, (namespace, name) => {
    const mark = namespace === PANORAMA && isSameSize ? undefined : MARKS[namespace]
    if (mark === undefined) return values[namespace + name]
    marks.add(mark)
    return null
  })
  return changed === undefined ? undefined : { packet: changed, marks }
}
