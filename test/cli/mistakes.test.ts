import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const STYLE = 'styles/ink.jpg'

await sharp('samples/dogs.jpg').resize(64, 48, { fit: 'fill' }).png().toFile(at('photo.png'))

describe('a mistake gets a message, its exit code and no stack trace', () => {
  writeFileSync(at('text.jpg'), 'this is no picture')
  writeFileSync(at('cut.jpg'), readFileSync('samples/dogs.jpg').subarray(0, 20_000))
  writeFileSync(at('cut.psd'), readFileSync('test/fixtures/psd/layered.psd').subarray(0, 3_000))

  const cases: {
    name: string
    args: () => Promise<string[]> | string[]
    style?: string[]
    code: number
    says: RegExp
    env?: () => Record<string, string>
  }[] = [
    {
      name: 'a missing file',
      args: () => [at('nowhere.jpg')],
      code: EXIT.image,
      says: /no such file/,
    },
    {
      name: 'a text file named .jpg',
      args: () => [at('text.jpg')],
      code: EXIT.image,
      says: /text\.jpg/,
    },
    { name: 'a truncated JPEG', args: () => [at('cut.jpg')], code: EXIT.image, says: /cut\.jpg/ },
    { name: 'a truncated PSD', args: () => [at('cut.psd')], code: EXIT.image, says: /cut\.psd/ },
    {
      name: '1×1 pixels',
      args: async () => [await blank('dot.png', 1, 1)],
      code: EXIT.image,
      says: /at least 16×16 px, got 1×1/,
    },
    {
      name: 'a start of another shape',
      args: async () => [at('photo.png'), '--init', await blank('start.png', 50, 50)],
      code: EXIT.image,
      says: /start\.png: is 50×50 px, expected the shape of the content, 64×48/,
    },
    {
      name: '4000×3 pixels',
      args: async () => [await blank('strip.png', 4000, 3)],
      code: EXIT.image,
      says: /4000×3/,
    },
    {
      name: 'a fully transparent layer',
      args: async () => [await blank('glass.png', 64, 64, 0)],
      code: EXIT.image,
      says: /fully transparent/,
    },
    {
      name: 'a CMYK PSD',
      args: () => ['test/fixtures/psd/cmyk.psd'],
      code: EXIT.image,
      says: /CMYK.*RGB/s,
    },
    {
      name: 'an unknown layer',
      args: () => ['test/fixtures/psd/layered.psd', '--layer', 'no such'],
      code: EXIT.image,
      says: /no such/,
    },
    {
      name: 'an unknown preset',
      args: () => [at('photo.png'), '--preset', 'fauvist'],
      code: EXIT.usage,
      says: /no preset "fauvist"; choose from default/,
    },
    {
      name: 'two styles with weights 0',
      args: () => [at('photo.png'), '--style', `${STYLE}:0`, 'styles/oil.jpg:0'],
      code: EXIT.usage,
      says: /all are 0/,
    },
    {
      name: 'a style that is neither a file nor built in',
      args: () => [at('photo.png'), '--style', 'acrylic'],
      code: EXIT.image,
      says: /acrylic: there is no such file.*built-in style: oil/,
    },
    {
      name: 'no style',
      args: () => [at('photo.png'), '--style-scales', '1'],
      style: [],
      code: EXIT.usage,
      says: /--style: expected at least one/,
    },
    {
      name: 'a mask of another shape',
      args: () => [at('photo.png'), '--mask', 'samples/dogs.jpg'],
      code: EXIT.image,
      says: /dogs\.jpg: is \d+×\d+ px, expected the shape of the content, 64×48/,
    },
    {
      name: 'a picture without settings in the place of a result',
      args: () => ['--from', at('photo.png')],
      code: EXIT.image,
      says: /holds no settings of Impasto/,
    },
    {
      name: '--size 100000',
      args: () => [at('photo.png'), '--size', '100000'],
      code: EXIT.usage,
      says: /--size: expected a whole number from 0 to 16384, got 100000/,
    },
    {
      name: 'an option that is not a number',
      args: () => [at('photo.png'), '--style-weight', 'NaN'],
      code: EXIT.usage,
      says: /--style-weight: expected a number/,
    },
    {
      name: 'an unknown option',
      args: () => [at('photo.png'), '--brushes', '3'],
      code: EXIT.usage,
      says: /unknown option/,
    },
    {
      name: 'a name with a space, without quotes',
      args: () => [at('my'), 'photo.png'],
      code: EXIT.usage,
      says: /put names with spaces in quotes/,
    },
    {
      name: 'an output folder that cannot be written',
      args: () => [at('photo.png'), '-o', join(at('photo.png'), 'painted.png')],
      code: EXIT.image,
      says: /photo\.png/,
    },
    {
      name: 'an unknown kind of output',
      args: () => [at('photo.png'), '-o', at('painted.gif')],
      code: EXIT.image,
      says: /\.png/,
    },
    {
      name: 'weights of a wrong checksum',
      args: () => [at('photo.png'), '--model', 'altered'],
      code: EXIT.model,
      says: /checksum|sha256/i,
      env: alteredModel,
    },
    {
      name: 'a model that is not installed',
      args: () => [at('photo.png'), '--model', 'vgg99'],
      code: EXIT.model,
      says: /vgg99/,
    },
  ]

  it.each(cases)('$name', async ({ args, style: own, code, says, env }) => {
    const given = await args()
    const style = own ?? (given.includes('--style') ? [] : ['--style', STYLE])
    const out = given.includes('-o') ? [] : ['-o', at('never.png')]
    const run = await runCli(['stylize', ...given, ...style, ...out], { env: env?.() })
    expect(run.stderr).toMatch(says)
    expect(run.stderr).not.toMatch(/\n\s+at /)
    expect(run.code).toBe(code)
    expect(existsSync(at('never.png'))).toBe(false)
  })

  it('truncated safetensors are refused by models add', async () => {
    const cut = at('cut.safetensors')
    writeFileSync(cut, readFileSync('test/golden/vgg19-tiny.safetensors').subarray(0, 100_000))
    const run = await runCli(['models', 'add', cut], { env: { IMPASTO_DATA: at('data') } })
    expect(run.stderr).toMatch(/cut\.safetensors/)
    expect(run.code).toBe(EXIT.model)
  })
})

async function blank(name: string, width: number, height: number, alpha = 1): Promise<string> {
  const background = { r: 90, g: 120, b: 40, alpha }
  await sharp({ create: { width, height, channels: 4, background } })
    .png()
    .toFile(at(name))
  return at(name)
}

/** A data directory with one installed model whose file was changed afterwards. */
function alteredModel(): Record<string, string> {
  const env = { IMPASTO_DATA: at('altered-data') }
  const file = join(env.IMPASTO_DATA, 'models', 'altered.safetensors')
  const bytes = readFileSync(file)
  bytes[bytes.length - 1] = bytes[bytes.length - 1]! ^ 1
  writeFileSync(file, bytes)
  return env
}
await runCli(['models', 'add', 'test/golden/vgg19-tiny.safetensors', '--name', 'altered'], {
  env: { IMPASTO_DATA: at('altered-data') },
})
