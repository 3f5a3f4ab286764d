import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { carryPicture } from '../../src/panel/carried-styles.ts'
import { writePresets } from '../../src/panel/presets-file.ts'
import { installTiny, runCli, temporaryFolder } from './run-cli.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const OPTIONS = { size: 48, minScale: 48, iterations: [2] }

await sharp('samples/dogs.jpg').resize(64, 48, { fit: 'cover' }).png().toFile(at('photo.png'))
await sharp('styles/glass.jpg').resize(64, 48).jpeg().toFile(at('mine.jpg'))
const amounts = { weight: 1, scale: 1, rotation: 0 }
const carried = carryPicture('mine.jpg', readFileSync(at('mine.jpg')), amounts)
writeFileSync(
  at('mine.json'),
  writePresets([
    { name: 'Plain', options: OPTIONS },
    { name: 'Carrying', options: OPTIONS, styles: [carried] },
    { name: 'Continuing', options: { ...OPTIONS, init: 'image' } },
  ]),
)
await installTiny()
const stylize = (out: string, preset: string, ...more: string[]) =>
  runCli([
    ...['stylize', at('photo.png'), '--model', 'tiny', '-o', at(out)],
    ...['--preset-file', at('mine.json'), '--preset', preset, ...more],
  ])
const samplesOf = (name: string): Promise<Buffer> => sharp(at(name)).raw().toBuffer()

describe('--preset-file', () => {
  it('paints by a preset of the file, in the picture that it carries', async () => {
    const runs = [
      await stylize('carried.png', 'Carrying'),
      await stylize('given.png', 'Plain', '--style', at('mine.jpg')),
      await stylize('other.png', 'Carrying', '--style', 'ink'),
      await stylize('ink.png', 'Plain', '--style', 'ink'),
    ]
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    expect(await samplesOf('carried.png')).toEqual(await samplesOf('given.png'))
    // A style that is given takes the place of those that are carried.
    expect(await samplesOf('other.png')).toEqual(await samplesOf('ink.png'))
    expect(await samplesOf('other.png')).not.toEqual(await samplesOf('carried.png'))
  })

  it('refuses a preset that the file has not, naming those that there are', async () => {
    const run = await stylize('none.png', 'Loud', '--style', 'ink')
    expect(run.code).toBe(EXIT.usage)
    expect(run.stderr).toMatch(/no preset "Loud"; choose from default, .*, Plain, Carrying/)
  })

  it('takes the only preset of the file without its name, and asks for one of several', async () => {
    writeFileSync(at('one.json'), writePresets([{ name: 'Only', options: OPTIONS }]))
    const run = (file: string) =>
      runCli([
        ...['stylize', at('photo.png'), '--model', 'tiny', '-o', at('only.png'), '--style', 'ink'],
        ...['--preset-file', at(file)],
      ])
    expect(await run('one.json')).toMatchObject({ code: 0 })
    const recipe = await runCli(['show', at('only.png')])
    expect(recipe.stdout).toContain('Only')
    const several = await run('mine.json')
    expect(several.code).toBe(EXIT.usage)
    expect(several.stderr).toContain('with --preset: Plain, Carrying, Continuing')
    writeFileSync(at('empty.json'), writePresets([]))
    expect((await run('empty.json')).stderr).toContain('holds no preset')
  })

  it('refuses a preset that starts from an image where none is given', async () => {
    const run = await stylize('none.png', 'Continuing', '--style', 'ink')
    expect(run.code).toBe(EXIT.usage)
    expect(run.stderr).toContain('name it with --init')
    const given = await stylize(
      'from.png',
      'Continuing',
      '--style',
      'ink',
      '--init',
      at('mine.jpg'),
    )
    expect(given.code, given.stderr).toBe(0)
  })

  it('refuses a preset without styles where none is given', async () => {
    const run = await stylize('none.png', 'Plain')
    expect(run.code).toBe(EXIT.usage)
    expect(run.stderr).toContain('--style')
  })
})
