import { expect, test } from 'vitest'
import { concat, latin1, u32 } from '../../src/psd/bytes.ts'
import { layerMetadata, METADATA_BLOCK, readLayerXmp } from '../../src/psd/layer-xmp.ts'

/** A layer whose block `shmd` is these bytes, and the file they are in. */
function layerWith(data: Uint8Array) {
  const range = { start: 3, end: 3 + data.length }
  const blocks = [{ key: METADATA_BLOCK, ...range, data: range }]
  const document = { path: 'test.psd', bytes: concat([new Uint8Array(3), data, new Uint8Array(5)]) }
  return { document, layer: { blocks } }
}

const xmpOf = (data: Uint8Array): string | undefined => {
  const { document, layer } = layerWith(data)
  return readLayerXmp(document, layer)
}

const u64 = (): Uint8Array => Uint8Array.of(0x41, 0xd9, 1, 2, 3, 4, 5, 6)
const key = (name: string): Uint8Array => concat([u32(name.length), latin1(name)])
const LAYER_TIME = concat([key('layerTime'), latin1('doub'), u64()])

function entry(name: string, data: Uint8Array): Uint8Array {
  return concat([latin1(`8BIM${name}`), u32(0), u32(data.length), data])
}

/** As Photoshop writes it: version, name, class, and the items. */
function descriptor(...items: Uint8Array[]): Uint8Array {
  const head = [u32(16), u32(1), new Uint8Array(2), key('metadata'), u32(items.length)]
  return concat([...head, ...items])
}

const TIMELINE = entry('tmln', Uint8Array.of(1, 2, 3, 4))

/** Whether the bytes of one array stand in another in a row. */
const holds = (whole: Uint8Array, part: Uint8Array): boolean =>
  Buffer.from(whole).includes(Buffer.from(part))

test('a packet comes back as it was, whatever its length and characters', () => {
  for (const xmp of ['', 'a', 'äöü', '한국어', '😀<x:xmpmeta/>', 'x'.repeat(70_000)]) {
    expect(xmpOf(layerMetadata(xmp))).toBe(xmp)
    expect(layerMetadata(xmp).length % 4).toBe(0)
  }
})

test('it takes the place of an earlier one; other entries and items stay', () => {
  const first = layerMetadata('first', layerWith(concat([u32(1), TIMELINE])))
  expect(xmpOf(first)).toBe('first')
  expect(holds(first, TIMELINE)).toBe(true)
  const timed = concat([u32(2), entry('cust', descriptor(LAYER_TIME)), TIMELINE])
  expect(xmpOf(timed)).toBeUndefined()
  const second = layerMetadata('second', layerWith(timed))
  const third = layerMetadata('third', layerWith(second))
  for (const data of [second, third]) {
    expect(holds(data, TIMELINE)).toBe(true)
    expect(holds(data, LAYER_TIME)).toBe(true)
  }
  expect(xmpOf(second)).toBe('second')
  expect(xmpOf(third)).toBe('third')
  expect(holds(third, Uint8Array.of(0, 0x73, 0, 0x65, 0, 0x63))).toBe(false)
})

test('it is put before what is not understood, which stays', () => {
  const object = concat([key('custom'), latin1('Objc'), u32(7)])
  const before = concat([u32(1), entry('cust', descriptor(object))])
  const after = layerMetadata('mine', layerWith(before))
  expect(xmpOf(before)).toBeUndefined()
  expect(xmpOf(after)).toBe('mine')
  expect(holds(after, object)).toBe(true)
})

test('a damaged block has none, and is replaced', () => {
  const whole = layerMetadata('packet')
  for (const damaged of [
    new Uint8Array(),
    u32(0xffffffff),
    whole.subarray(0, whole.length - 8),
    concat([u32(1), entry('cust', u32(17))]),
  ]) {
    expect(xmpOf(damaged)).toBeUndefined()
    expect(xmpOf(layerMetadata('new', layerWith(damaged)))).toBe('new')
  }
})
