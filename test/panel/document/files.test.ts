import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readPsd, writePsd } from '../../../src/host/psd-file.ts'
import type { DocumentState, LayerState } from '../../../src/host/state.ts'
import { DocumentError } from '../../../src/panel/document.ts'
import { embeddedProfile, ICC_PROFILE, parsePsd } from '../../../src/psd/document.ts'
import { listedEntries, replaceLayers } from '../../../src/psd/layer-list.ts'
import { inMemory, joined } from '../../../src/psd/stored.ts'
import { type Bench, errorOf, expectClean, open, RECIPE } from './support.ts'

const FILES = [
  'layered.psd',
  'layered-16.psd',
  'layered-32.psd',
  'layered.psb',
  'flat.psd',
  'gray.psd',
  'cmyk.psd',
  'lab.psd',
  'duotone.psd',
  'indexed.psd',
  'multichannel.psd',
  'bitmap.psd',
]

const WITHOUT_LAYERS: ReadonlySet<string> = new Set([
  'duotone',
  'indexed',
  'multichannel',
  'bitmap',
])

const stateOf = (file: string): DocumentState =>
  readPsd(file, readFileSync(new URL(`../../fixtures/psd/${file}`, import.meta.url)))

const everyLayer = (layers: readonly LayerState[]): readonly LayerState[] =>
  layers.flatMap((layer) => [layer, ...everyLayer(layer.children ?? [])])

/** The file that Photoshop would write now. */
const saved = (bench: Bench): Uint8Array => writePsd(bench.document().state)

describe.each(FILES)('%s', (file) => {
  const original = stateOf(file)
  const layers = everyLayer(original.layers)

  test.each(layers.map(({ name, id }) => [name, id] as const))(
    'with the result for “%s” undone is byte for byte the file that it was',
    async (_, id) => {
      const bench = open(original, id)
      const before = saved(bench)
      try {
        const read = await bench.work.read()
        expect(saved(bench)).toEqual(before)
        const at = await bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
        const isHere = at.documentId === bench.id
        expect(isHere).toBe(!WITHOUT_LAYERS.has(original.mode))
        if (isHere) {
          expect(saved(bench)).not.toEqual(before)
          bench.host.undo(bench.id)
        }
      } catch (error) {
        // Not every layer can be read.
        if (!(error instanceof DocumentError) || error.problem === 'failed') throw error
      }
      expect(saved(bench)).toEqual(before)
      expectClean(bench)
    },
  )

  test('changed by hand is saved the same after a failure', async () => {
    let isFailing = false
    const bench = open(original, undefined, {}, (name) => {
      if (isFailing && name === 'putPixels') throw new Error('Photoshop Error. Code: -1')
    })
    bench.host.edit(bench.id, 'Rename', (state) => ({
      ...state,
      layers: state.layers.map((layer) => ({ ...layer, name: `${layer.name} 2` })),
    }))
    const before = saved(bench)
    const readable = await firstReadable(bench)
    if (!readable) return
    isFailing = true
    await errorOf(bench.work.insert(readable, readable.pixels, 'Result', 'above-source', RECIPE))
    expect(saved(bench)).toEqual(before)
    expectClean(bench)
  })
})

async function firstReadable(bench: Bench) {
  for (const { id } of everyLayer(bench.document().state.layers)) {
    bench.host.selectLayers(bench.id, [id])
    try {
      return await bench.work.read()
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error
    }
  }
  return undefined
}

/** A header, and one tag with the name. */
function profileNamed(name: string): Buffer {
  const text = Buffer.concat([
    Buffer.from('desc\0\0\0\0\0\0\0', 'latin1'),
    Buffer.from([name.length]),
  ])
  const tag = Buffer.concat([text, Buffer.from(name, 'latin1')])
  const head = Buffer.alloc(144)
  head.write('mntrRGB XYZ ', 12, 'latin1')
  head.write('acsp', 36, 'latin1')
  head.writeUInt32BE(1, 128)
  head.write('desc', 132, 'latin1')
  head.writeUInt32BE(head.length, 136)
  head.writeUInt32BE(tag.length, 140)
  return Buffer.concat([head, tag])
}

test('a 32-bit document that Photoshop saved, whose profile is named as linear in the file, is painted', async () => {
  const name = 'sRGB IEC61966-2.1 (Linear RGB Profile)'
  const file = new Uint8Array(
    readFileSync(new URL('../../fixtures/psd/layered-32.psd', import.meta.url)),
  )
  const document = parsePsd('linear.psd', file)
  const resources = new Map([[ICC_PROFILE, new Uint8Array(profileNamed(name))]])
  const bytes = inMemory(joined(replaceLayers(document, listedEntries(document), { resources })))
  const state = readPsd('linear.psd', bytes)
  const bench = open(state, everyLayer(state.layers).find(({ name }) => name === 'Portrait')!.id)
  const read = await bench.work.read()
  expect(read.profile).toBe('sRGB IEC61966-2.1')
  const at = await bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
  expect(at.documentId).toBe(bench.id)
  expect(embeddedProfile(parsePsd('saved.psd', saved(bench)))).toEqual(resources.get(ICC_PROFILE))
})
