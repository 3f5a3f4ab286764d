import { describe, expect, test } from 'vitest'
import { packetOf } from '../../../src/engine/output/xmp.ts'
import { type Bench, open, WRITE_REFUSAL } from './support.ts'

type Command = Parameters<Bench['action']['batchPlay']>[0][number]

const XMP = packetOf('{"made":"here"}')
const PROPERTY = { _ref: 'property', _property: 'XMPMetadataAsUTF8' }

const set = (target: object[], to: object): Command => ({ _obj: 'set', _target: target, to })
const get = (...target: object[]): Command => ({
  _obj: 'get',
  _target: [{ _property: 'XMPMetadataAsUTF8' }, ...target],
})
const red = (bench: Bench): object[] => [
  { _ref: 'layer', _id: bench.layer('Red').id },
  { _ref: 'document', _id: bench.documentId },
]
const setRed = (bench: Bench, to: object = { _obj: 'layer', XMPMetadataAsUTF8: XMP }): Command =>
  set([PROPERTY, ...red(bench)], to)

const play = async (bench: Bench, command: Command): Promise<Command> =>
  (await bench.modal(() => bench.action.batchPlay([command], {})))[0]!

const isError = { _obj: 'error', message: expect.any(String), result: expect.any(Number) }

test('a layer’s metadata is set in one history state, and got outside of modal scopes', async () => {
  const bench = open()
  expect(await play(bench, setRed(bench))).toEqual({ _obj: 'set' })
  expect(bench.history()).toHaveLength(1)
  expect(await bench.action.batchPlay([get(...red(bench))], {})).toEqual([
    { _obj: 'layer', XMPMetadataAsUTF8: XMP },
  ])
  await play(bench, setRed(bench))
  expect(bench.history()).toHaveLength(1)
  bench.host.undo(bench.documentId)
  expect(await play(bench, get(...red(bench)))).toEqual(isError)
})

test('to set it outside of modal scopes is refused', async () => {
  const bench = open()
  const before = bench.state()
  await expect(bench.action.batchPlay([setRed(bench)], {})).rejects.toThrow(WRITE_REFUSAL)
  expect(bench.state()).toBe(before)
})

test('a document has metadata of its own', async () => {
  const bench = open()
  const target = [{ _ref: 'document', _id: bench.documentId }]
  const empty = await play(bench, get(...target))
  expect(empty.XMPMetadataAsUTF8).toContain('<x:xmpmeta')
  const to = { _obj: 'document', XMPMetadataAsUTF8: XMP }
  expect(await play(bench, set([PROPERTY, ...target], to))).toEqual({ _obj: 'set' })
  expect(await play(bench, get(...target))).toEqual({ _obj: 'document', XMPMetadataAsUTF8: XMP })
  expect(await play(bench, get(...red(bench)))).toEqual(isError)
  expect(bench.history()).toHaveLength(1)
})

describe('to set it fails', () => {
  const commands: Readonly<Record<string, (bench: Bench) => Command>> = {
    'without the reference to the property': (bench) =>
      set([{ _property: 'XMPMetadataAsUTF8' }, ...red(bench)], setRed(bench).to),
    'to the object of something else': (bench) =>
      setRed(bench, { _obj: 'document', XMPMetadataAsUTF8: XMP }),
    'without text': (bench) => setRed(bench, { _obj: 'layer' }),
    'to JSON': (bench) => setRed(bench, { _obj: 'layer', XMPMetadataAsUTF8: '{"made":"here"}' }),
    'to half a packet': (bench) =>
      setRed(bench, { _obj: 'layer', XMPMetadataAsUTF8: XMP.slice(0, XMP.length / 2) }),
    'of no layer': (bench) => set([PROPERTY, { _ref: 'layer', _id: 999 }], setRed(bench).to),
    'of two layers': (bench) =>
      set(
        [PROPERTY, ...red(bench), { _ref: 'layer', _id: bench.layer('Background').id }],
        setRed(bench).to,
      ),
  }

  test.each(Object.entries(commands))('%s', async (_, command) => {
    const bench = open()
    const before = bench.state()
    expect(await play(bench, command(bench))).toEqual(isError)
    expect(bench.state()).toBe(before)
  })

  test('where the switch says so', async () => {
    const bench = open(undefined, { switches: { setsLayerXmp: false } })
    expect(await play(bench, setRed(bench))).toEqual(isError)
  })
})

test('of a layer without it, the descriptor lacks it where the switch says so', async () => {
  const bench = open(undefined, { switches: { absentXmpIsError: false } })
  expect(await play(bench, get(...red(bench)))).toEqual({ _obj: 'layer' })
})
