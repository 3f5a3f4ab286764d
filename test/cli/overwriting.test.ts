import {
  copyFileSync,
  linkSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const PICTURES = ['photo.png', 'style.png', 'mask.png', 'start.png']

const picture = await sharp('samples/dogs.jpg').resize(32, 24, { fit: 'fill' }).png().toBuffer()
for (const name of PICTURES) writeFileSync(at(name), picture)
symlinkSync('photo.png', at('symbolic.png'))
linkSync(at('photo.png'), at('hard.png'))
symlinkSync('.', at('folder'))

const env = { IMPASTO_DATA: at('data') }
await runCli(['models', 'add', 'test/golden/vgg19-tiny.safetensors', '--name', 'tiny'], { env })
const STYLED = ['--model', 'tiny', '--style', at('style.png'), '--size', '32', '--min-scale', '32']
const stylize = (...flags: string[]) =>
  runCli(['stylize', at('photo.png'), ...STYLED, '--iterations', '1', ...flags], { env })

describe('nothing is written over what is read or written', () => {
  it.each([
    ['the content', ['-o', at('photo.png')], /--out .*the same file is read as CONTENT/],
    ['the content, by a report', ['--report', at('photo.png')], /--report .*read as CONTENT/],
    ['a symbolic link to it', ['-o', at('symbolic.png')], /--out .*read as CONTENT/],
    ['a hard link to it', ['--plot', at('hard.png')], /--plot .*read as CONTENT/],
    ['the style', ['-o', at('style.png')], /--out .*read as --style/],
    ['a mask', ['--mask', at('mask.png'), '-o', at('folder/mask.png')], /read as --mask/],
    ['a strength map', ['--strength-map', at('mask.png'), '-o', at('mask.png')], /--strength-map/],
    ['the start', ['--init', at('start.png'), '-o', at('start.png')], /read as --init/],
    ['the result, by a report', ['-o', at('o.png'), '--report', at('o.png')], /written as --out/],
    [
      'the report, by a plot in the same folder by another name',
      ['-o', at('o.png'), '--report', at('r'), '--plot', at('folder/r')],
      /--plot .*the same file is written as --report/,
    ],
  ])('%s', async (_, flags, says) => {
    const before = readdirSync(folder)
    const run = await stylize(...flags)
    expect(run.stderr).toMatch(says)
    expect(run.code).toBe(EXIT.usage)
    expect(readdirSync(folder)).toEqual(before)
    for (const name of PICTURES) expect(readFileSync(at(name)).equals(picture)).toBe(true)
  })

  it('by a batch whose style has the name of a result', async () => {
    copyFileSync(at('style.png'), at('photo-impasto.png'))
    const args = ['batch', at('photo.png'), '--style', at('photo-impasto.png'), '--overwrite']
    const run = await runCli([...args, '--size', '32', '--out', folder])
    expect(run.code).toBe(EXIT.partial)
    expect(run.stdout).toMatch(/the same file is read as --style/)
    expect(readFileSync(at('photo-impasto.png')).equals(picture)).toBe(true)
  })

  it('by a sheet', async () => {
    const run = await runCli(['sheet', at('photo.png'), '--size', '32', '-o', at('photo.png')])
    expect(run.stderr).toMatch(/the same file is read as CONTENT/)
    expect(readFileSync(at('photo.png')).equals(picture)).toBe(true)
  })

  it('save for a device, which takes whatever comes', async () => {
    const run = await stylize('-o', at('two.png'), '--report', '/dev/null', '--plot', '/dev/null')
    expect([run.code, run.stderr]).toEqual([0, expect.stringContaining('painted')])
  })
})
