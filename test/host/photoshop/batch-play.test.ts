import { describe, expect, test } from 'vitest'
import { selection } from '../../../src/host/build.ts'
import { type Bench, open, WRITE_REFUSAL, wrongly } from './support.ts'

type Command = Parameters<Bench['action']['batchPlay']>[0][number]

const makeMask = (value: string): Command => ({
  _obj: 'make',
  new: { _class: 'channel' },
  at: { _ref: 'channel', _enum: 'channel', _value: 'mask' },
  using: { _enum: 'userMaskEnabled', _value: value },
})

const targetLayer = (id: number): object[] => [{ _ref: 'layer', _id: id }]

const play = (bench: Bench, commands: Command[], options = {}): Promise<Command[]> =>
  bench.modal(() => bench.action.batchPlay(commands, options))

describe('a command that fails', () => {
  const failing: Command[] = [{ _obj: 'stylizeEverything' }]

  test('resolves with an error in its slot, which a caller must look at', async () => {
    const bench = open()
    const before = bench.state()
    const results = await play(bench, failing)
    expect(results).toEqual([
      { _obj: 'error', message: expect.stringContaining('stylizeEverything'), result: -25922 },
    ])
    expect(bench.state()).toBe(before)
  })

  test('throws, when so switched', async () => {
    const bench = open(undefined, { switches: { batchPlayThrows: true } })
    await expect(play(bench, failing)).rejects.toThrow('not currently available')
  })

  test('ends the list, unless told to go on', async () => {
    const bench = open()
    const hide: Command = { _obj: 'hide', _target: targetLayer(bench.layer('Red').id) }
    expect(await play(bench, [...failing, hide])).toHaveLength(1)
    expect(bench.layer('Red').visible).toBe(true)
    expect(await play(bench, [...failing, hide], { continueOnError: true })).toHaveLength(2)
    expect(bench.layer('Red').visible).toBe(false)
  })

  test('is not the same as invalid arguments, which reject', async () => {
    const bench = open()
    await expect(play(bench, wrongly({ _obj: 'get' }))).rejects.toThrow('list of descriptors')
    await expect(play(bench, wrongly([{ obj: 'get' }]))).rejects.toThrow('_obj')
  })
})

test('get works outside of a modal scope, what writes does not', async () => {
  const bench = open({ layers: [{ name: 'Board', isArtboard: true, children: [] }] })
  const { id } = bench.layer('Board')
  const target = [{ _property: 'artboardEnabled' }, { _ref: 'layer', _id: id }]
  await expect(bench.action.batchPlay([{ _obj: 'get', _target: target }])).resolves.toEqual([
    { _obj: 'layer', artboardEnabled: true },
  ])
  await expect(
    bench.action.batchPlay([{ _obj: 'select', _target: targetLayer(id) }]),
  ).rejects.toThrow(WRITE_REFUSAL)
})

test('get tells of unknown layers, documents and properties', async () => {
  const bench = open()
  const get = (target: object[]): Promise<Command[]> =>
    bench.action.batchPlay([{ _obj: 'get', _target: target }])
  expect(await get([{ _ref: 'document', _id: bench.documentId }])).toMatchObject([
    { _obj: 'document', title: 'test.psd' },
  ])
  for (const target of [
    [{ _ref: 'layer', _id: 999 }],
    [{ _ref: 'document', _id: 999 }],
    [{ _property: 'mood' }, { _ref: 'layer', _id: 1 }],
  ])
    expect(await get(target)).toMatchObject([{ _obj: 'error' }])
})

describe('make layer mask', () => {
  const spec = {
    layers: [{ name: 'Layer', paint: [1, 1, 1, 1] }],
    selection: selection([1, 1, 2, 1], (x) => x * 100),
  }

  test.each<[string, number[], number]>([
    ['revealAll', [], 255],
    ['hideAll', [], 0],
    ['revealSelection', [100, 200], 0],
    ['hideSelection', [155, 55], 255],
  ])('%s', async (value, samples, outside) => {
    const bench = open(spec)
    expect(await play(bench, [makeMask(value)])).toEqual([{ _obj: 'make' }])
    expect(bench.state().layers[0]!.mask).toMatchObject({
      samples: Uint8Array.from(samples),
      outside,
    })
    expect(bench.state().selection === undefined).toBe(value.endsWith('Selection'))
    expect(bench.history()).toHaveLength(1)
  })

  test('fails on the background, a second time, and without a selection to reveal', async () => {
    const bench = open()
    expect(await play(bench, [makeMask('revealSelection')])).toMatchObject([{ _obj: 'error' }])
    const second = await play(bench, [makeMask('hideAll'), makeMask('hideAll')])
    expect(second[1]).toMatchObject({ _obj: 'error' })
    const background = bench.layer('Background').id
    const results = await play(bench, [
      { _obj: 'select', _target: targetLayer(background) },
      makeMask('hideAll'),
    ])
    expect(results[1]).toMatchObject({ _obj: 'error' })
  })

  test('and deleting it', async () => {
    const bench = open(spec)
    const mask = { _ref: 'channel', _enum: 'channel', _value: 'mask' }
    await play(bench, [makeMask('hideAll'), { _obj: 'delete', _target: [mask] }])
    expect(bench.state().layers[0]!.mask).toBeUndefined()
  })
})

test('layers are selected, renamed, hidden, rasterized and deleted by id', async () => {
  const bench = open({
    layers: [{ name: 'Text', kind: 'text', paint: [0, 0, 0, 1] }, { name: 'Below' }],
  })
  const { id } = bench.layer('Below')
  const text = bench.layer('Text').id
  const results = await play(bench, [
    { _obj: 'select', _target: targetLayer(id), makeVisible: false },
    { _obj: 'set', _target: targetLayer(id), to: { _obj: 'layer', name: 'Renamed' } },
    { _obj: 'rasterizeLayer', _target: targetLayer(text) },
    { _obj: 'hide', _target: targetLayer(text) },
  ])
  expect(results.map(({ _obj }) => _obj)).toEqual(['select', 'set', 'rasterizeLayer', 'hide'])
  expect(bench.host.documents[0]!.selectedLayerIds).toEqual([id])
  expect(bench.state().layers).toMatchObject([
    { kind: 'pixel', isVisible: false },
    { name: 'Renamed' },
  ])
  await play(bench, [{ _obj: 'delete', _target: targetLayer(text) }])
  expect(bench.state().layers).toHaveLength(1)
})
