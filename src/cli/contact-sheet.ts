/** A contact sheet: pictures in a grid, each with its name below. */
import { extname } from 'node:path'
import sharp, { type OverlayOptions, type Sharp } from 'sharp'
import { OptionError } from '../engine/errors.ts'
import type { PlanarImage, Size } from '../engine/picture/image.ts'
import { imageToPlanes } from '../psd/samples.ts'
import { MAX_EDGE } from './files/raster-format.ts'

export interface SheetCell {
  readonly image: PlanarImage
  readonly label: string
  /** Text behind the label, in a paler color. */
  readonly detail?: string
}

const GAP_PX = 8
const CAPTION_PX = 22
const FONT_PX = 13
/**
 * Average widths of a letter as shares of the font size, measured on DejaVu Sans, which is wide.
 */
const BOLD_WIDTH = 0.7
const REGULAR_WIDTH = 0.62
/** The same for Korean, Chinese and Japanese letters. */
const WIDE_WIDTH = 1.05
const DETAIL_GAP_PX = 6
/** What comes with systems; fontconfig, DirectWrite or Core Text chooses where none is there. */
const FONTS =
  'Arial, Helvetica, DejaVu Sans, Noto Sans, Noto Sans CJK KR, Malgun Gothic, sans-serif'

const JPEG = {
  format: 'jpeg',
  encode: (sheet: Sharp) => sheet.jpeg({ quality: 82, chromaSubsampling: '4:4:4' }),
} as const
const ENCODERS = {
  '.jpg': JPEG,
  '.jpeg': JPEG,
  '.png': { format: 'png', encode: (sheet: Sharp) => sheet.png() },
  '.webp': { format: 'webp', encode: (sheet: Sharp) => sheet.webp({ quality: 82 }) },
} as const

/** @throws OptionError unless a sheet can be written under that name. */
export function assertSheetName(path: string): keyof typeof ENCODERS {
  const extension = extname(path).toLowerCase()
  if (Object.hasOwn(ENCODERS, extension)) return extension as keyof typeof ENCODERS
  throw new OptionError(
    `${path}: a contact sheet is a picture; give a name that ends in ${Object.keys(ENCODERS).join(', ')}`,
  )
}

/** Call this before the pictures are painted. @throws OptionError for a sheet too large. */
export function assertSheetFits(count: number, extents: Size, path: string): void {
  const max = MAX_EDGE[ENCODERS[assertSheetName(path)].format]
  const { width, height } = sheetSize(count, columnsFor(count, extents), extents)
  if (Math.max(width, height) <= max) return
  throw new OptionError(
    `${path}: a sheet of ${count} pictures would have ${width}×${height} px, and this format holds at most ${max} an edge; give a smaller --size or the name of a .png`,
  )
}

const sheetSize = (count: number, columns: number, { width, height }: Size) => ({
  width: GAP_PX + columns * (width + GAP_PX),
  height: GAP_PX + Math.ceil(count / columns) * (height + CAPTION_PX + GAP_PX),
})

/** Columns that make a sheet of so many cells about half as wide again as it is high. */
export function columnsFor(count: number, { width, height }: Size) {
  const aspect = width / (height + CAPTION_PX)
  return Math.min(count, Math.max(1, Math.round(Math.sqrt((1.5 * count) / aspect))))
}

/**
 * Cells row by row, each picture in the middle of its place, on white.
 * @param path whose ending names the format.
 * @returns the bytes of the file.
 */
export async function contactSheet(
  cells: readonly SheetCell[],
  columns: number,
  path: string,
): Promise<Buffer> {
  const width = Math.max(...cells.map(({ image }) => image.width))
  const height = Math.max(...cells.map(({ image }) => image.height))
  const placed = cells.flatMap(({ image, label, detail }, index): OverlayOptions[] => {
    const left = GAP_PX + (index % columns) * (width + GAP_PX)
    const top = GAP_PX + Math.floor(index / columns) * (height + CAPTION_PX + GAP_PX)
    return [
      {
        input: interleaved(image),
        raw: { width: image.width, height: image.height, channels: 3 },
        left: left + Math.floor((width - image.width) / 2),
        top: top + Math.floor((height - image.height) / 2),
      },
      { input: caption(width, label, detail), left, top: top + height },
    ]
  })
  const sheet = sharp({
    create: {
      ...sheetSize(cells.length, columns, { width, height }),
      channels: 3,
      background: '#fff',
    },
    limitInputPixels: false,
  }).composite(placed)
  return ENCODERS[assertSheetName(path)].encode(sheet).toBuffer()
}

/** 8 bits, on white where it is transparent. */
function interleaved({ width, height, data, alpha }: PlanarImage): Buffer {
  const size = width * height
  const opaque = alpha ? data.map((value, i) => 1 + (value - 1) * alpha[i % size]!) : data
  const { color } = imageToPlanes({ width, height, data: opaque }, 8)
  const bytes = Buffer.alloc(3 * size)
  for (const [c, plane] of color.entries()) {
    for (let i = 0; i < size; i++) bytes[3 * i + c] = plane[i]!
  }
  return bytes
}

function caption(width: number, label: string, detail = ''): Buffer {
  const behind = detail ? DETAIL_GAP_PX + FONT_PX * textWidth(detail, REGULAR_WIDTH) : 0
  const shown = shortened(label, (width - behind) / FONT_PX)
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${CAPTION_PX}">` +
      `<text x="1" y="15" font-family="${FONTS}" font-size="${FONT_PX}" fill="#1a1a1a">` +
      `<tspan font-weight="bold">${escaped(shown)}</tspan>` +
      `<tspan dx="${DETAIL_GAP_PX}" fill="#666">${escaped(detail)}</tspan></text></svg>`,
  )
}

/** The text, or as much of it as fits, in multiples of the font's size. */
function shortened(label: string, room: number): string {
  if (textWidth(label, BOLD_WIDTH) <= room) return label
  const letters = [...label]
  while (letters.length > 1 && textWidth(`${letters.join('')}…`, BOLD_WIDTH) > room) letters.pop()
  return `${letters.join('')}…`
}

const textWidth = (text: string, letterWidth: number): number =>
  [...text].reduce((sum, letter) => sum + (letter >= '\u1100' ? WIDE_WIDTH : letterWidth), 0)

/** Without what XML does not allow. */
const escaped = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cs}]/gu, '').replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)
