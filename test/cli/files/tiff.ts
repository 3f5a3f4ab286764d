/** Small TIFF files, also of kinds that few programs write. */

export interface TiffTraits {
  /** Kinds of the channels beyond the colors (ExtraSamples). */
  readonly extra?: readonly number[]
  /** PhotometricInterpretation; 2 is RGB. */
  readonly photometric?: number
  readonly compression?: number
  readonly planar?: boolean
  readonly bits?: number
  /** Samples of the pixel (default: one for each byte). */
  readonly channels?: number
  /** Further fields of one LONG. */
  readonly fields?: readonly (readonly [tag: number, value: number])[]
}

/** One pixel of these bytes, little-endian, in one strip. */
export function tiffOf(pixel: readonly number[], traits: TiffTraits = {}): Buffer {
  const { extra = [], photometric = 2, compression = 1, planar = false, bits = 8 } = traits
  const { channels = pixel.length } = traits
  const SHORT = 3
  const LONG = 4
  const data = Buffer.from(pixel)
  const lists: Buffer[] = []
  const fields: readonly (readonly [tag: number, type: number, values: readonly number[]])[] = [
    [256, LONG, [1]],
    [257, LONG, [1]],
    [258, SHORT, Array.from({ length: channels }, () => bits)],
    [259, SHORT, [compression]],
    [262, SHORT, [photometric]],
    [273, LONG, [0]],
    [277, SHORT, [channels]],
    [278, LONG, [1]],
    [279, LONG, [data.length]],
    [284, SHORT, [planar ? 2 : 1]],
    ...(extra.length > 0 ? [[338, SHORT, extra] as const] : []),
    ...(traits.fields ?? []).map(([tag, value]) => [tag, LONG, [value]] as const),
  ]
  const start = 10 + 12 * fields.length + 4
  const head = Buffer.alloc(start)
  head.write('II*\0', 'latin1')
  head.writeUInt32LE(8, 4)
  head.writeUInt16LE(fields.length, 8)
  let at = start
  const sorted = [...fields].sort(([a], [b]) => a - b)
  for (const [i, [tag, type, values]] of sorted.entries()) {
    const entry = 10 + 12 * i
    const size = type === SHORT ? 2 : 4
    const list = Buffer.alloc(values.length * size)
    for (const [k, value] of values.entries()) list.writeUIntLE(value, k * size, size)
    head.writeUInt16LE(tag, entry)
    head.writeUInt16LE(type, entry + 2)
    head.writeUInt32LE(values.length, entry + 4)
    if (list.length <= 4) list.copy(head, entry + 8)
    else {
      head.writeUInt32LE(at, entry + 8)
      lists.push(list)
      at += list.length
    }
  }
  head.writeUInt32LE(at, 10 + 12 * sorted.findIndex(([tag]) => tag === 273) + 8)
  return Buffer.concat([head, ...lists, data])
}
