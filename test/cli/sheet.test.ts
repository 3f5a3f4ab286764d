import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { columnsFor, contactSheet } from '../../src/cli/contact-sheet.ts'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { PRESETS } from '../../src/engine/presets.ts'
import { carryPicture } from '../../src/panel/carried-styles.ts'
import { writePresets } from '../../src/panel/presets-file.ts'
import { BUILT_IN_STYLES } from '../../src/panel/styles.ts'
import { installTiny, runCli, temporaryFolder } from './run-cli.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const SIZE = 32
const cellsOf = (text: string): string[] =>
  [...text.matchAll(/^\d+\/\d+ {2}(.+)$/gm)].map(([, label]) => label!)

await sharp('samples/dogs.jpg').resize(48, 32, { fit: 'cover' }).png().toFile(at('photo.png'))
const style = await sharp('styles/ink.jpg').resize(48, 32).jpeg().toBuffer()
/** Presets so quick that a test can paint by them. */
const quick = { iterations: [1], minScale: SIZE, model: 'tiny' }
const amounts = { weight: 1, scale: 1, rotation: 0 }
writeFileSync(
  at('mine.json'),
  writePresets([
    { name: 'Quick', options: quick },
    { name: 'Longer', options: { ...quick, iterations: [1000] } },
    { name: 'Carrying', options: quick, styles: [carryPicture('ink.jpg', style, amounts)] },
  ]),
)
await installTiny()
const MINE = ['--preset-file', at('mine.json'), '--size', String(SIZE)]

describe('impasto sheet', () => {
  it('paints the photograph by every preset that is not slow', async () => {
    const args = ['--style', 'ink', '--size', '24', '-o', at('presets.png')]
    const run = await runCli(['sheet', at('photo.png'), ...args])
    expect(run.code, run.stderr).toBe(0)
    const expected = PRESETS.filter(({ isSlow }) => !isSlow).map(({ name }) => name)
    expect(cellsOf(run.stderr)).toEqual(expected)
    expect(run.stderr).toContain(`${expected.length} of ${expected.length} painted`)
    await expect(sharp(at('presets.png')).metadata()).resolves.toMatchObject({ format: 'png' })
  })

  it('paints it in every built-in style where none is given', async () => {
    const args = [...MINE, '--presets', 'Quick', '-o', at('styles.jpg')]
    const run = await runCli(['sheet', at('photo.png'), ...args])
    expect(run.code, run.stderr).toBe(0)
    expect(cellsOf(run.stderr)).toEqual(BUILT_IN_STYLES)
  })

  it('takes the style that a preset carries, and puts the sheet beside the photograph', async () => {
    const run = await runCli(['sheet', at('photo.png'), ...MINE, '--presets', 'Carrying'])
    expect(run.code, run.stderr).toBe(0)
    expect(cellsOf(run.stderr)).toEqual(['Carrying'])
    await expect(sharp(at('photo-sheet.jpg')).metadata()).resolves.toMatchObject({ format: 'jpeg' })
  })

  it('keeps the pictures that are done when it is interrupted', async () => {
    const args = [...MINE, '--style', 'ink', '--presets', 'Quick,Longer,Quick']
    let isInterrupted = false
    const run = await runCli(['sheet', at('photo.png'), ...args, '-o', at('kept.png')], {
      onError(text, interrupt) {
        if (isInterrupted || !/Longer\n.*iteration/s.test(text)) return
        isInterrupted = true
        interrupt()
      },
    })
    expect(run.stderr).toContain('1 of 3 painted')
    expect([run.code, existsSync(at('kept.png'))]).toEqual([0, true])
  })

  it('ends as cancelled, with no sheet, when nothing is done yet', async () => {
    const args = [...MINE, '--style', 'ink', '--presets', 'Longer', '-o', at('none.png')]
    const run = await runCli(['sheet', at('photo.png'), ...args], {
      onError: (text, interrupt) => text.endsWith(' left\n') && interrupt(),
    })
    expect([run.code, existsSync(at('none.png'))]).toEqual([EXIT.cancelled, false])
  })

  it.each([
    ['a preset that there is not', ['--presets', 'loud'], 'no preset "loud"; choose from default'],
    ['a file that there is not', ['--preset-file', 'no.json'], 'there is no such file'],
    ['a file that is none of ours', ['--preset-file', 'package.json'], 'Impasto exported'],
    ['a size that is none', ['--size', 'large'], '--size: expected'],
    ['a document for the sheet', ['-o', at('sheet.psd')], 'a contact sheet is a picture'],
    [
      'a sheet that its format cannot hold',
      ['--size', '6000', '-o', at('large.webp')],
      'holds at most 16383',
    ],
    [
      'a preset that starts from an image',
      ['--preset-file', at('own.json'), '--presets', 'mine', '--style', 'ink'],
      'starts from an image of your own',
    ],
    ['a style that there is not', ['--style', 'lava'], 'lava: there is no such file'],
  ])('refuses %s before it paints', async (_, args, message) => {
    const presets = [{ name: 'mine', options: { init: 'image' } }]
    writeFileSync(at('own.json'), JSON.stringify({ impasto: 'presets', version: 1, presets }))
    const run = await runCli(['sheet', at('photo.png'), ...args])
    expect(run.stderr).toContain(message)
    // Not '1/' alone: the name of a temporary folder may end so.
    expect(run.stderr).not.toMatch(/(^|\s)1\/\d/)
    expect([EXIT.usage, EXIT.image]).toContain(run.code)
  })
})

describe('a contact sheet', () => {
  const flat = (width: number, height: number, value: number, alpha?: number) => ({
    width,
    height,
    data: new Float32Array(3 * width * height).fill(value),
    ...(alpha === undefined ? {} : { alpha: new Float32Array(width * height).fill(alpha) }),
  })

  it('sets pictures row by row, in the middle of their places, on white', async () => {
    const images = [flat(40, 20, 0), flat(20, 20, 0.5), flat(40, 20, 0, 0)]
    const cells = images.map((image, i) => ({ image, label: `<${i}>` }))
    const bytes = await contactSheet(cells, 2, 'a.png')
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
    const place = { x: 40 + 8, y: 20 + 22 + 8 }
    expect([info.width, info.height]).toEqual([8 + 2 * place.x, 8 + 2 * place.y])
    const at = (x: number, y: number) => data[(y * info.width + x) * info.channels]
    expect([at(8, 8), at(47, 27), at(48, 27), at(7, 8)]).toEqual([0, 0, 255, 255])
    expect([at(8 + place.x + 9, 8), at(8 + place.x + 10, 8)]).toEqual([255, 128])
    expect(at(8, 8 + place.y)).toBe(255)
  })

  it('writes each label below its picture, in dark letters', async () => {
    const bytes = await contactSheet(
      [{ image: flat(160, 20, 1), label: 'Watercolour' }],
      1,
      'a.png',
    )
    const caption = sharp(bytes).extract({ left: 8, top: 28, width: 160, height: 22 })
    const { channels } = await caption.stats()
    expect(channels[0]!.min).toBeLessThan(100)
  })

  it('is a little wider than high', () => {
    const cell = { width: 256, height: 192 }
    expect([1, 6, 11, 21].map((count) => columnsFor(count, cell))).toEqual([1, 3, 4, 5])
  })
})
