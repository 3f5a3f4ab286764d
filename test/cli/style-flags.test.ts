import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readCoverage } from '../../src/cli/coverage.ts'
import { expandPatterns } from '../../src/cli/expand-patterns.ts'
import { withSwitchValues } from '../../src/cli/run-flags.ts'
import { parseStyle, stylePath, styleSources } from '../../src/cli/style-flags.ts'
import { temporaryFolder } from './run-cli.ts'

type Color = { r: number; g: number; b: number; alpha: number }

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)

describe('styles on the command line', () => {
  it('have a weight behind their last colon, and nothing else as one', () => {
    expect(parseStyle('a.jpg:0.25')).toEqual({ file: 'a.jpg', weight: 0.25 })
    expect(parseStyle('C:\\pictures\\a.jpg')).toEqual({ file: 'C:\\pictures\\a.jpg', weight: 1 })
    expect(parseStyle('a.jpg')).toEqual({ file: 'a.jpg', weight: 1 })
    for (const weight of ['-1', '2e6', '1e400', '']) {
      expect(() => parseStyle(`a.jpg:${weight}`)).toThrow('expected a weight from 0 to 1000000')
    }
  })

  it('are built-in ones by name where there is no file of that name', () => {
    expect(stylePath('oil')).toMatch(/styles\/oil\.jpg$/)
    expect(stylePath('styles/ink.jpg')).toBe('styles/ink.jpg')
    expect(() => stylePath('acrylic')).toThrow(
      /no such file.*built-in style: oil, watercolour, ink/,
    )
  })

  it('have scale, rotation and mask in their order, or one for all', () => {
    const sources = styleSources({
      styles: ['oil', 'ink:2'],
      styleScales: '1, 0.5',
      styleRotations: '-90',
      masks: ['-', 'sky.png'],
    })
    expect(sources).toEqual([
      { path: stylePath('oil'), weight: 1, scale: 1, rotation: -90, mask: undefined },
      { path: stylePath('ink'), weight: 2, scale: 0.5, rotation: -90, mask: 'sky.png' },
    ])
  })

  it.each([
    [
      { styleScales: '1,2,3' },
      /--style-scales: expected one for all styles or one for each of the 2, got 3/,
    ],
    [{ styleScales: '1,100' }, /--style-scales: expected numbers from 0\.05 to 20.*got "1,100"/],
    [{ styleScales: '1,' }, /--style-scales: expected numbers/],
    [
      { styleRotations: 'left' },
      /--style-rotations: expected numbers from -360 to 360, comma-separated, got "left"/,
    ],
    [{ styleRotations: '1e300' }, /--style-rotations: expected numbers from -360 to 360/],
    [{ masks: ['a', 'b', 'c'] }, /--mask: expected one for all/],
    [{ styles: Array(9).fill('oil') }, /--style: expected at most 8 styles, got 9/],
  ])('of %o are refused', (flags, says) => {
    expect(() => styleSources({ styles: ['oil', 'ink'], ...flags })).toThrow(says)
  })
})

describe('a mask', () => {
  const content = { width: 80, height: 60 }
  const picture = async (name: string, width: number, height: number, background: Color) => {
    await sharp({ create: { width, height, channels: 4, background } })
      .png()
      .toFile(at(name))
    return at(name)
  }
  const GRAY = { r: 51, g: 51, b: 51, alpha: 1 }

  it('is luma by opacity, of any size in the shape of the content', async () => {
    const gray = await readCoverage(await picture('gray.png', 40, 30, GRAY), content)
    expect(gray.mask).toMatchObject({ width: 40, height: 30 })
    expect(gray.mask.data[0]).toBeCloseTo(0.2, 6)
    const glass = await picture('glass.png', 160, 121, { r: 255, g: 255, b: 255, alpha: 0.2 })
    expect((await readCoverage(glass, content)).mask.data[7]).toBeCloseTo(0.2, 2)
    const white = await picture('white.png', 81, 60, { r: 255, g: 255, b: 255, alpha: 1 })
    expect(Math.max(...(await readCoverage(white, content)).mask.data)).toBe(1)
  })

  it('of another shape is refused', async () => {
    const square = await picture('square.png', 60, 60, GRAY)
    await expect(readCoverage(square, content)).rejects.toThrow(
      /square\.png: is 60×60 px, expected the shape of the content, 80×60/,
    )
    await expect(readCoverage(at('none.png'), content)).rejects.toThrow(/no such file/)
  })
})

describe('a flag that is on or off', () => {
  it('stands alone or with true and false, and takes no file for its value', () => {
    const typed = ['stylize', '--colors-only', 'photo.jpg', '--clamp', 'false', '--seed', '3']
    expect(withSwitchValues(typed)).toEqual([
      ...['stylize', '--colors-only=true', 'photo.jpg', '--clamp=false', '--seed', '3'],
    ])
    expect(withSwitchValues(['--clamp=false', '--colors-only'])).toEqual([
      '--clamp=false',
      '--colors-only=true',
    ])
  })
})

describe('patterns', () => {
  mkdirSync(at('photos/deep'), { recursive: true })
  for (const name of ['10.jpg', '9.JPG', 'a.png', '[b].jpg', 'deep/c.jpg']) {
    writeFileSync(at(`photos/${name}`), '')
  }
  const names = async (...patterns: string[]) =>
    (await expandPatterns(patterns.map((pattern) => at(`photos/${pattern}`)))).map((path) =>
      path.slice(at('photos/').length),
    )

  it('are expanded in order of name, whatever the case of the ending', async () => {
    expect(await names('*.jpg')).toEqual(['[b].jpg', '9.JPG', '10.jpg'])
    expect(await names('**/*.{jpg,png}')).toEqual([
      '[b].jpg',
      '9.JPG',
      '10.jpg',
      'a.png',
      'deep/c.jpg',
    ])
  })

  it('leave files as they are, and none comes twice', async () => {
    expect(await names('a.png', '[b].jpg', 'missing.jpg', '*.png')).toEqual([
      'a.png',
      '[b].jpg',
      'missing.jpg',
    ])
  })

  it('that match nothing are refused', async () => {
    await expect(names('*.gif')).rejects.toThrow(/no file matches/)
  })
})
