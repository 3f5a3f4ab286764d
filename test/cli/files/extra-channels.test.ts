import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openContent } from '../../../src/cli/files/index.ts'
import { caseFile, storedSamples, temporaryFolder } from './support.ts'
import { tiffOf } from './tiff.ts'

const inFolder = temporaryFolder()

/** The first pixel of each, by ImageMagick and a hex dump: 120, 200, 100 or gray 120. */
describe('channels of a TIFF beyond its colors', () => {
  test.each([
    ['selection.tif', [120, 200, 100], undefined, 1],
    ['gray-selection.tif', [120, 120, 120], undefined, 1],
    ['selection-then-alpha.tif', [120, 200, 100], [1], 1],
    ['alpha+selection.tif', [120, 200, 100], [1], 1],
    ['assoc.tif', [0, 0, 0], [0, 1], 0],
  ])('%s has the transparency that is marked as such', async (name, first, alpha, unshown) => {
    const content = await openContent(caseFile(name))
    const { image } = content
    const size = image.width * image.height
    expect([0, 1, 2].map((c) => Math.round(image.data[c * size]! * 255))).toEqual(first)
    expect(image.alpha && [...new Set(image.alpha)].sort()).toEqual(alpha)

    const out = inFolder(`${name}.png`)
    const notes = await content.save(image, out, { layerName: '' })
    expect(notes).toEqual(
      Array.from({ length: unshown }, () => expect.stringMatching(/a further channel of the TIFF/)),
    )
    expect((await storedSamples(out)).channels).toBe(alpha ? 4 : 3)
  })

  test('colors are divided by the alpha that they were multiplied by, wherever it stands', async () => {
    const path = inFolder('second.tif')
    writeFileSync(path, tiffOf([60, 50, 40, 33, 128], { extra: [0, 1] }))
    const { image } = await openContent(path)
    const [red, green, blue] = Array.from(image.data, (value) => value * 255)
    // 60·255/128 and so on, rounded down by the library.
    expect([red, green, blue]).toEqual([119, 99, 79].map((value) => expect.closeTo(value, 0)))
    expect(image.alpha![0]! * 255).toBeCloseTo(128)
  })

  test('a single one without a mark is the transparency, as old programs mean it', async () => {
    const path = inFolder('unmarked.tif')
    writeFileSync(path, tiffOf([60, 50, 40, 128]))
    const { image } = await openContent(path)
    expect(Array.from(image.data, (value) => Math.round(value * 255))).toEqual([60, 50, 40])
    expect(image.alpha![0]! * 255).toBeCloseTo(128)
  })

  test('of two selections neither is transparency', async () => {
    const path = inFolder('two.tif')
    writeFileSync(path, tiffOf([60, 50, 40, 1, 2], { extra: [0, 0] }))
    const content = await openContent(path)
    expect(content.image.alpha).toBeUndefined()
    const notes = await content.save(content.image, inFolder('two.png'), { layerName: '' })
    expect(notes).toEqual([expect.stringMatching(/^2 further channels/)])
  })
})
