/**
 * Fields of TIFF files (TIFF 6.0, BigTIFF) and of EXIF (CIPA DC-008), which is a TIFF without a
 * picture: what describes a photograph is read from both and written into both.
 */

export interface Field {
  /** 2 text, 3 SHORT, 4 LONG, 5 RATIONAL, 7 any bytes … */
  readonly type: number
  readonly count: number
  /** In the byte order of its tree. */
  readonly data: Uint8Array
  /** Where it stood in the file. */
  readonly at?: number
}

/** Fields by tag; without the pointers to other directories. */
export type Directory = ReadonlyMap<number, Field>

export interface FieldTree {
  readonly littleEndian: boolean
  readonly main: Directory
  readonly exif?: Directory | undefined
  readonly gps?: Directory | undefined
  readonly interop?: Directory | undefined
}

export const TAG = {
  newSubfileType: 254,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  orientation: 274,
  samplesPerPixel: 277,
  xResolution: 282,
  yResolution: 283,
  planarConfiguration: 284,
  resolutionUnit: 296,
  tileWidth: 322,
  subDirectories: 330,
  extraSamples: 338,
  sampleFormat: 339,
  iptc: 33_723,
  exif: 34_665,
  gps: 34_853,
  makerNote: 37_500,
  photoshopLayers: 37_724,
  colorSpace: 40_961,
  pixelWidth: 40_962,
  pixelHeight: 40_963,
  interop: 40_965,
  interopIndex: 1,
  dngVersion: 50_706,
} as const

const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]

/** The bytes of one number in a field, which is what another byte order turns around. */
const UNIT_BYTES = [1, 1, 1, 2, 4, 4, 1, 1, 2, 4, 4, 4, 8, 4, 1, 1, 8, 8, 8]

/** Fields of one directory; a file's has some tens. */
const MAX_FIELDS = 4096

/** The first directory and those that it points to; undefined where the bytes are no TIFF. */
export function readFields(bytes: Uint8Array): FieldTree | undefined {
  if (bytes.length < 8) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const order = view.getUint16(0)
  const littleEndian = order === 0x4949
  const magic = view.getUint16(2, littleEndian)
  if (!(littleEndian || order === 0x4d4d) || (magic !== 42 && magic !== 43)) return undefined
  const file: Source = { bytes, view, littleEndian, isBig: magic === 43 }
  if (file.isBig && bytes.length < 16) return undefined
  const all = readDirectory(file, offsetAt(file, file.isBig ? 8 : 4))
  if (all === undefined) return undefined
  const pointed = (from: Directory | undefined, tag: number) => {
    const pointer = from?.get(tag)
    return pointer && readDirectory(file, numbersIn(pointer, littleEndian)[0] ?? 0)
  }
  const exif = pointed(all, TAG.exif)
  return {
    littleEndian,
    main: withoutTags(all, [TAG.exif, TAG.gps]),
    exif: exif && withoutTags(exif, [TAG.interop]),
    gps: pointed(all, TAG.gps),
    interop: pointed(exif, TAG.interop),
  }
}

interface Source {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly littleEndian: boolean
  /** BigTIFF, with counts and offsets of 64 bits. */
  readonly isBig: boolean
}

function offsetAt({ view, littleEndian, isBig }: Source, at: number): number {
  return isBig ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian)
}

/** Fields that reach beyond the file are left out. */
function readDirectory(file: Source, start: number): Directory | undefined {
  const { bytes, view, littleEndian, isBig } = file
  const head = isBig ? 8 : 2
  const step = isBig ? 20 : 12
  if (!(start >= 8 && start + head <= bytes.length)) return undefined
  const count = isBig ? offsetAt(file, start) : view.getUint16(start, littleEndian)
  if (count > MAX_FIELDS || start + head + count * step > bytes.length) return undefined
  const fields = new Map<number, Field>()
  for (let i = 0; i < count; i++) {
    const at = start + head + i * step
    const type = view.getUint16(at + 2, littleEndian)
    const values = offsetAt(file, at + 4)
    const size = values * (TYPE_BYTES[type] ?? 0)
    const inline = at + (isBig ? 12 : 8)
    const from = size <= (isBig ? 8 : 4) ? inline : offsetAt(file, inline)
    if (size === 0 || from + size > bytes.length) continue
    const data = bytes.subarray(from, from + size)
    fields.set(view.getUint16(at, littleEndian), { type, count: values, data, at: from })
  }
  return fields
}

const withoutTags = (directory: Directory, tags: readonly number[]): Directory =>
  new Map([...directory].filter(([tag]) => !tags.includes(tag)))

/** Whole numbers and fractions; nothing of other types. */
function numbersIn({ type, count, data }: Field, littleEndian: boolean): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  const size = TYPE_BYTES[type]!
  return Array.from({ length: Math.min(count, MAX_FIELDS) }, (_, i) => {
    const at = i * size
    switch (type) {
      case 1:
        return view.getUint8(at)
      case 3:
        return view.getUint16(at, littleEndian)
      case 4:
      case 13:
        return view.getUint32(at, littleEndian)
      case 5:
        return view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian)
      case 16:
      case 18:
        return Number(view.getBigUint64(at, littleEndian))
      default:
        return Number.NaN
    }
  })
}

/** The numbers of a field of the main directory, or none. */
export const mainNumbers = ({ main, littleEndian }: FieldTree, tag: number): readonly number[] => {
  const field = main.get(tag)
  return field ? numbersIn(field, littleEndian) : []
}

export const textIn = (field: Field | undefined): string =>
  field ? Buffer.from(field.data).toString('latin1').replace(/\0.*$/s, '') : ''

/** A field of one SHORT, LONG or RATIONAL value, the last to 1/10000. */
export function numberField(type: 3 | 4 | 5, value: number, little: boolean): Field {
  const data = new Uint8Array(TYPE_BYTES[type]!)
  const view = new DataView(data.buffer)
  const unit = type === 5 && !Number.isInteger(value) ? 10_000 : 1
  if (type === 3) view.setUint16(0, value, little)
  else view.setUint32(0, value * unit, little)
  if (type === 5) view.setUint32(4, unit, little)
  return { type, count: 1, data }
}

export function inOrder(tree: FieldTree, littleEndian: boolean): FieldTree {
  if (tree.littleEndian === littleEndian) return tree
  const turned = (directory: Directory | undefined) =>
    directory &&
    new Map([...directory].map(([tag, field]) => [tag, { ...field, data: turnedAround(field) }]))
  const { main, exif, gps, interop } = tree
  return {
    littleEndian,
    main: turned(main)!,
    exif: turned(exif),
    gps: turned(gps),
    interop: turned(interop),
  }
}

function turnedAround({ type, data }: Field): Uint8Array {
  const unit = UNIT_BYTES[type]!
  return data.map((_, i) => data[i - (i % unit) + unit - 1 - (i % unit)]!)
}

/** Makers' notes refer to places in the file, so they stay where they are, if that is near its start. */
const MAX_PINNED_AT = 16_384

/** Writes EXIF the way other files embed it: as a TIFF of its own. */
export function writeExif(tree: FieldTree): Uint8Array {
  const note = tree.exif?.get(TAG.makerNote)
  const isPinned = note?.at !== undefined && note.at >= 8 && note.at <= MAX_PINNED_AT
  const start = isPinned ? evenly(note.at! + note.data.length) : 8
  const body = layOut(tree, start, isPinned ? note : undefined)
  const bytes = new Uint8Array(start + body.length)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, tree.littleEndian ? 0x4949 : 0x4d4d)
  view.setUint16(2, 42, tree.littleEndian)
  view.setUint32(4, start, tree.littleEndian)
  if (isPinned) bytes.set(note.data, note.at)
  bytes.set(body, start)
  return bytes
}

/** A TIFF whose first directory has these fields as well, in place of those of the same tag. */
export function withFields(tiff: Uint8Array, added: FieldTree): Uint8Array {
  const own = readFields(tiff)
  if (own === undefined) throw new Error('internal: the encoder wrote no TIFF')
  const { main, ...others } = inOrder(added, own.littleEndian)
  const start = evenly(tiff.length)
  const body = layOut({ ...others, main: new Map([...own.main, ...main]) }, start)
  const bytes = new Uint8Array(start + body.length)
  bytes.set(tiff)
  bytes.set(body, start)
  new DataView(bytes.buffer).setUint32(4, start, own.littleEndian)
  return bytes
}

/**
 * The directories as they stand from `start` on in a file, the main one first.
 * @param placed a field whose data stands elsewhere in the file already.
 */
function layOut(tree: FieldTree, start: number, placed?: Field): Uint8Array {
  const { littleEndian, exif, gps, interop } = tree
  const main = new Map(tree.main)
  const inner = exif && new Map(exif)
  const isWanted = (directory: Directory | undefined) =>
    directory !== undefined && directory.size > 0
  const pointer = numberField(4, 0, littleEndian)
  if (isWanted(interop)) inner?.set(TAG.interop, pointer)
  if (isWanted(inner)) main.set(TAG.exif, pointer)
  if (isWanted(gps)) main.set(TAG.gps, pointer)
  const sizeOf = (directory: Directory) =>
    [...directory.values()].reduce(
      (sum, field) => sum + (isInline(field) || field === placed ? 0 : evenly(field.data.length)),
      2 + 12 * directory.size + 4,
    )
  const starts = new Map<number, number>()
  let at = start + sizeOf(main)
  const below = [
    [TAG.exif, inner],
    [TAG.interop, inner && interop],
    [TAG.gps, gps],
  ] as const
  for (const [tag, directory] of below) {
    if (!directory || !isWanted(directory)) continue
    starts.set(tag, at)
    at += sizeOf(directory)
  }
  const bytes = new Uint8Array(at - start)
  const view = new DataView(bytes.buffer)
  const write = (directory: Directory, from: number) => {
    const sorted = [...directory].sort(([a], [b]) => a - b)
    let entry = from - start
    let values = entry + 2 + 12 * sorted.length + 4
    view.setUint16(entry, sorted.length, littleEndian)
    entry += 2
    for (const [tag, field] of sorted) {
      view.setUint16(entry, tag, littleEndian)
      view.setUint16(entry + 2, field.type, littleEndian)
      view.setUint32(entry + 4, field.count, littleEndian)
      if (field === pointer) view.setUint32(entry + 8, starts.get(tag)!, littleEndian)
      else if (isInline(field)) bytes.set(field.data, entry + 8)
      else if (field === placed) view.setUint32(entry + 8, field.at!, littleEndian)
      else {
        view.setUint32(entry + 8, start + values, littleEndian)
        bytes.set(field.data, values)
        values += evenly(field.data.length)
      }
      entry += 12
    }
  }
  write(main, start)
  for (const [tag, directory] of below) {
    const from = starts.get(tag)
    if (directory && from !== undefined) write(directory, from)
  }
  return bytes
}

const isInline = ({ data }: Field): boolean => data.length <= 4

const evenly = (length: number): number => length + (length % 2)
