import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { expandPatterns } from '../../src/cli/expand-patterns.ts'
import { createPsd, openContent } from '../../src/cli/files/index.ts'
import { buildPsd } from '../../src/cli/files/psd.ts'
import { parseStyle } from '../../src/cli/style-flags.ts'
import { checkInput } from '../../src/engine/input/check-input.ts'
import { parseOption, resolveOptions } from '../../src/engine/options.ts'
import { inMemory, memorySink } from '../../src/psd/stored.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const env = { IMPASTO_DATA: at('data') }
const picture = sharp('samples/dogs.jpg').resize(32, 24, { fit: 'fill' })
const TINY = ['--model', 'tiny', '--size', '32', '--min-scale', '32', '--iterations', '1']
const flat = (width: number, height: number) => ({
  width,
  height,
  data: new Float32Array(3 * width * height),
})

await picture.clone().png().toFile(at('photo.png'))
await runCli(['models', 'add', 'test/golden/vgg19-tiny.safetensors', '--name', 'tiny'], { env })

describe('a pattern', () => {
  it.each(['trip (1)', 'trip [raw]', '(all) [1-2] {a}'])(
    'may lie in a folder called %s',
    async (name) => {
      mkdirSync(at(name))
      writeFileSync(at(`${name}/2.jpg`), '')
      writeFileSync(at(`${name}/10.JPG`), '')
      const files = await expandPatterns([at(`${name}/*.jpg`)])
      expect(files.map((file) => relative(at(name), file))).toEqual(['2.jpg', '10.JPG'])
    },
  )

  it('means parentheses as they are, and brackets as a choice', async () => {
    for (const name of ['IMG (1).jpg', 'IMG (2).jpg', 'IMG 1.jpg']) writeFileSync(at(name), '')
    const named = async (pattern: string) =>
      (await expandPatterns([at(pattern)])).map((file) => relative(folder, file))
    expect(await named('IMG (*).jpg')).toEqual(['IMG (1).jpg', 'IMG (2).jpg'])
    expect(await named('IMG ([13]).jpg')).toEqual(['IMG (1).jpg'])
  })
})

describe('a style', () => {
  it('is the file of that name before it is a file and a weight', () => {
    for (const name of ['a:2.jpg', 'b:2']) writeFileSync(at(name), '')
    expect(parseStyle(at('a:2.jpg'))).toEqual({ file: at('a:2.jpg'), weight: 1 })
    expect(parseStyle(at('a:2.jpg:3'))).toEqual({ file: at('a:2.jpg'), weight: 3 })
    expect(parseStyle(at('b:2'))).toEqual({ file: at('b:2'), weight: 1 })
    expect(parseStyle(at('c:2'))).toEqual({ file: at('c'), weight: 2 })
  })

  it('that took the photograph as well is told of', async () => {
    for (const photo of ['photo.png', 'missing.png']) {
      const run = await runCli(['stylize', '--style', 'ink', at(photo)])
      expect(run.stderr).toContain(`--style took ${at(photo)} as well, as it takes all files`)
      expect(run.code).toBe(EXIT.usage)
    }
    for (const command of ['batch', 'sheet']) {
      const other = await runCli([command, '--out', at('o'), '--style', 'ink', at('photo.png')])
      expect(other.stderr).toMatch(/missing required argument.*\n.*--style and --mask take all/)
      expect(other.code).toBe(EXIT.usage)
    }
  })

  it('and its file are named where the picture is at fault', () => {
    const styles = [{ image: flat(32, 32) }, { image: { ...flat(1, 1), name: 'sky.png' } }]
    expect(() =>
      checkInput(
        flat(64, 64),
        styles.map((style) => ({ ...style, weight: 1 })),
        resolveOptions({}),
        {},
      ),
    ).toThrow(/^style 2, sky\.png: expected at least 16×16 px, got 1×1/)
  })

  it('is found again by --from under the other spelling of its accents', async () => {
    await picture
      .clone()
      .png()
      .toFile(at('été.png'.normalize('NFC')))
    const args = ['stylize', at('photo.png'), '--style', at('été.png'.normalize('NFC')), ...TINY]
    await runCli([...args, '-o', at('first.png')], { env })
    renameSync(at('été.png'.normalize('NFC')), at('été.png'.normalize('NFD')))
    const again = await runCli(['stylize', '--from', at('first.png'), '-o', at('again.png')], {
      env,
    })
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('painted')])
  })
})

describe('a layer', () => {
  it('is found under the other spelling of its accents', async () => {
    await createPsd(flat(16, 16), 'Café'.normalize('NFC'), at('layer.psd'))
    const { layerName } = await openContent(at('layer.psd'), { layer: 'Café'.normalize('NFD') })
    expect(layerName).toBe('Café'.normalize('NFC'))
  })

  it('that is not there is answered with ten that are, cut where they are long', async () => {
    const size = { width: 1, height: 1, bits: 8 } as const
    const plane = new Uint8Array(1)
    const planes = { ...size, color: [plane, plane, plane] } as const
    const layers = Array.from({ length: 40 }, (_, i) => ({ name: `${i} ${'long '.repeat(30)}` }))
    const document = { ...size, layers, rows: () => layers.map(() => planes) }
    const { bytes } = await buildPsd(at('many.psd'), document, {}, memorySink)
    writeFileSync(at('many.psd'), inMemory(bytes))
    const error = await openContent(at('many.psd'), { layer: 'none' }).catch((thrown) => thrown)
    expect(error.message).toMatch(/has no layer "none"; its layers .*"39 long .*… and|and 30 more$/)
    expect(error.message).toMatch(/ and 30 more$/)
    expect(error.message.length).toBeLessThan(1000)
  })
})

describe('an option', () => {
  it.each([
    ['size', '64px', /--size: expected a whole number, got "64px"; leave the unit out: 64$/],
    ['styleWeight', '1.5 x', /got "1\.5 x"; leave the unit out: 1\.5$/],
    ['size', 'large', /--size: expected a whole number, got "large"$/],
    ['iterations', '10,20s', /--iterations: expected a whole number, got "10,20s"; leave the unit/],
    ['size', 'NaN', /got "NaN"$/],
  ] as const)('%s refuses %s in words', (name, text, says) => {
    expect(() => parseOption(name, text)).toThrow(says)
  })
})

describe('a batch', () => {
  it('writes every ending that pictures have, also in capitals', async () => {
    mkdirSync(at('endings'))
    for (const name of ['a.jfif', 'b.JPE', 'c.JPG']) {
      writeFileSync(at(`endings/${name}`), await picture.clone().jpeg().toBuffer())
    }
    writeFileSync(at('endings/d.TIF'), await picture.clone().tiff().toBuffer())
    const args = ['batch', at('endings/*.*'), '--style', 'ink', ...TINY, '--out', at('kept')]
    const kept = await runCli(args, { env })
    expect(kept.stdout).toMatch(/^4 painted, 0 skipped, 0 failed\n$/m)
    expect(readdirSync(at('kept')).sort()).toEqual(
      ['a-impasto.jfif', 'b-impasto.JPE', 'c-impasto.JPG', 'd-impasto.TIF'].sort(),
    )
    expect((await sharp(at('kept/a-impasto.jfif')).metadata()).format).toBe('jpeg')
  })

  it('writes all results in the format that is asked for', async () => {
    const args = ['batch', at('endings/[ad].*'), '--style', 'ink', ...TINY, '--format', 'png']
    const run = await runCli([...args, '--out', at('png')], { env })
    expect(run.code).toBe(0)
    expect(readdirSync(at('png')).sort()).toEqual(['a-impasto.png', 'd-impasto.png'])
    expect((await sharp(at('png/d-impasto.png')).metadata()).format).toBe('png')
    const wrong = await runCli([...args.slice(0, -1), 'gif', '--out', at('gif')], { env })
    expect([wrong.code, wrong.stderr]).toEqual([EXIT.usage, expect.stringContaining('png, jpg')])
  })
})
