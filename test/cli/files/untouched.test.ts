import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { openContent } from '../../../src/cli/files/index.ts'
import type { PlanarImage } from '../../../src/engine/picture/image.ts'
import { readByAgPsd } from '../../psd/ag-psd.ts'
import { adobeRgb, fixture, patternSamples, storedSamples, temporaryFolder } from './support.ts'

const inFolder = temporaryFolder()
const layerName = 'Impasto: style'
const WIDTH = 12
const HEIGHT = 9
const PIXELS = WIDTH * HEIGHT

const isHidden = (i: number): boolean => i % 3 === 0
/** Neither hidden pixels nor these are painted. */
const isSpared = (i: number): boolean => i % 2 === 0
const isKept = (i: number): boolean => isHidden(i) || isSpared(i)

/** In Adobe RGB, with colours that sRGB lacks and colours under alpha 0. */
async function makePicture(name: string, bits: 8 | 16): Promise<string> {
  const samples = patternSamples(4 * PIXELS, bits)
  for (let i = 0; i < PIXELS; i++) if (isHidden(i)) samples[4 * i + 3] = 0
  // Full green is beyond sRGB.
  samples.set([0, bits === 16 ? 65_535 : 255, 0], 8)
  const icc = inFolder(`${name}.icc`)
  writeFileSync(icc, adobeRgb)
  const path = inFolder(name)
  await sharp(samples, { raw: { width: WIDTH, height: HEIGHT, channels: 4 } })
    .toColourspace(bits === 16 ? 'rgb16' : 'srgb')
    .withIccProfile(icc)
    .png()
    .toFile(path)
  return path
}

/** What `stylize` makes of a content of which only some pixels are painted. */
const painted = (image: PlanarImage): PlanarImage => {
  const pixels = image.width * image.height
  const data = image.data.map((value, i) => (isKept(i % pixels) ? value : 1 - value))
  return { ...image, data }
}

describe.each([8, 16] as const)('at %i bits what was not painted keeps its samples', (bits) => {
  test.each(['png', 'tif', 'webp'])('in a .%s', async (extension) => {
    const path = await makePicture(`given-${bits}-${extension}.png`, bits)
    const content = await openContent(path)
    const out = inFolder(`out-${bits}.${extension}`)
    await content.save(painted(content.image), out, { layerName })
    const [before, after] = [await storedSamples(path), await storedSamples(out)]
    const isNarrowed = bits === 16 && extension === 'webp'
    const kept = (samples: Uint8Array | Uint16Array, divisor = 1): number[] =>
      Array.from(samples, (value) => Math.round(value / divisor)).filter((_, i) =>
        isKept(Math.floor(i / 4)),
      )
    expect(kept(after.samples)).toEqual(kept(before.samples, isNarrowed ? 257 : 1))
    if (!isNarrowed) expect(after.samples).not.toEqual(before.samples)
  })

  test('in a document made of a picture', async () => {
    const path = await makePicture(`given-${bits}-psd.png`, bits)
    const content = await openContent(path)
    const out = inFolder(`out-${bits}.psd`)
    await content.save(painted(content.image), out, { layerName })
    const result = await openContent(out, { layer: layerName })
    const alone = inFolder(`alone-${bits}.png`)
    await result.save(result.image, alone, { layerName })
    const [before, after] = [await storedSamples(path), await storedSamples(alone)]
    before.samples.forEach((value, i) => {
      if (isKept(Math.floor(i / 4))) expect(after.samples[i]).toBe(value)
    })
    expect(after.samples).not.toEqual(before.samples)
  })
})

test('in a document what was not painted of a layer keeps its samples in the new one', async () => {
  const content = await openContent(fixture('layered.psd'))
  const out = inFolder('layered.psd')
  await content.save(painted(content.image), out, { layerName })
  const samplesOf = async (path: string, name: string): Promise<Uint8ClampedArray> => {
    const document = readByAgPsd(await readFile(path))
    const all = (layers: NonNullable<typeof document.children>): typeof layers =>
      layers.flatMap((layer) => [layer, ...all(layer.children ?? [])])
    return all(document.children!).find((layer) => layer.name === name)!.imageData!
      .data as Uint8ClampedArray
  }
  const before = await samplesOf(out, content.layerName!)
  const after = await samplesOf(out, layerName)
  expect(after).toHaveLength(before.length)
  before.forEach((value, i) => {
    if (isKept(Math.floor(i / 4))) expect(after[i]).toBe(value)
  })
  expect(after).not.toEqual(before)
})
