import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPsd } from 'ag-psd'
import { Ajv } from 'ajv'
import sharp from 'sharp'
import { describe, expect, it, vi } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { createPsd, openContent } from '../../src/cli/files/index.ts'
import { makeProgressLine } from '../../src/cli/progress-line.ts'
import type { Report } from '../../src/cli/report.ts'
import { parseStyle } from '../../src/cli/stylize-command.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const STYLE = 'styles/ink.jpg'
/** The smallest run that still goes through two scales. */
const QUICK = ['--size', '48', '--min-scale', '32', '--scale-ratio', '2', '--iterations', '2']

await sharp('samples/dogs.jpg').resize(64, 48, { fit: 'fill' }).png().toFile(at('photo.png'))

describe('impasto stylize', () => {
  it('paints a picture, writes a report that fits the schema, and a plot', async () => {
    const args = [
      ...['stylize', at('photo.png'), '--style', STYLE, '-o', at('painted.png'), ...QUICK],
      ...['--report', at('report.json'), '--plot', at('losses.svg')],
    ]
    const run = await runCli(args)
    expect(run.stderr).toMatch(/^plan: 2 scales up to 48×36 px, at most \d+ MB/)
    expect(run.stderr).toContain('painted')
    expect(run.code).toBe(0)
    const { width, height } = await sharp(at('painted.png')).metadata()
    expect([width, height]).toEqual([48, 36])

    const report = JSON.parse(readFileSync(at('report.json'), 'utf8')) as Report
    const schema = JSON.parse(readFileSync('docs/report.schema.json', 'utf8')) as object
    const validate = new Ajv({ allErrors: true }).compile(schema)
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true)
    expect(report.notes).toEqual([])
    expect(report.evaluations.map(({ scale }) => scale)).toEqual([32, 32, 48, 48])
    for (const { total, terms } of report.evaluations) {
      expect(Object.values(terms).reduce((a, b) => a + b, 0)).toBeCloseTo(total, 6)
    }
    const svg = readFileSync(at('losses.svg'), 'utf8')
    for (const term of ['total', 'content.relu4_2', 'style.relu5_1', 'tv'])
      expect(svg).toContain(term)
    await expect(sharp(Buffer.from(svg)).metadata()).resolves.toMatchObject({ width: 800 })
  })

  it('is quiet where asked to, save for what goes wrong', async () => {
    const args = ['stylize', at('photo.png'), '--style', STYLE, '-o', at('quiet.png')]
    const run = await runCli([...args, ...QUICK, '--quiet'])
    expect([run.code, run.stdout, run.stderr]).toEqual([0, '', ''])
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const line = makeProgressLine(true)
    line.note('painted')
    line.warn('memory ran out')
    expect(written.mock.calls).toEqual([['memory ran out\n']])
    written.mockRestore()
  })

  it('paints the same picture to the bit when run again', async () => {
    const paint = (out: string) =>
      runCli([
        'stylize',
        at('photo.png'),
        '--style',
        STYLE,
        '-o',
        at(out),
        ...QUICK,
        '--init',
        'random',
      ])
    await paint('first.png')
    await paint('second.png')
    expect(readFileSync(at('first.png')).equals(readFileSync(at('second.png')))).toBe(true)
  })

  it('adds the result to a PSD as a layer above the one it was made of', async () => {
    const { image } = await openContent(at('photo.png'))
    await createPsd(image, 'Photograph', at('document.psd'))
    const run = await runCli(['stylize', at('document.psd'), '--style', STYLE, ...QUICK])
    expect(run.stderr).toContain(at('document-impasto.psd'))
    const psd = readPsd(readFileSync(at('document-impasto.psd')), {
      skipLayerImageData: true,
      skipCompositeImageData: true,
      skipThumbnail: true,
    })
    expect(psd.children?.map(({ name }) => name)).toEqual([
      'Photograph',
      'Impasto: ink.jpg (default)',
    ])
    const [below, above] = psd.children!
    expect([above!.left, above!.top, above!.right, above!.bottom]).toEqual([
      below!.left,
      below!.top,
      below!.right,
      below!.bottom,
    ])
    const painted = await openContent(at('document-impasto.psd'))
    const untouched = await openContent(at('document-impasto.psd'), { layer: 'Photograph' })
    expect(untouched.image.data).toEqual(image.data)
    expect(painted.image.data).not.toEqual(image.data)
  })

  it('keeps the best picture on Ctrl-C', async () => {
    const args = ['stylize', at('photo.png'), '--style', STYLE, '-o', at('kept.png')]
    const run = await runCli([...args, '--size', '64', '--iterations', '100000'], {
      onError: (text, interrupt) => {
        if (text.includes('iteration') && !text.includes('stopping')) interrupt()
      },
    })
    expect(run.stderr).toContain('kept the best picture')
    expect(run.code).toBe(0)
    expect(existsSync(at('kept.png'))).toBe(true)
  })

  it('reads a weight behind the last colon of a style, and nothing else as one', () => {
    expect(parseStyle('a.jpg:0.25')).toEqual({ file: 'a.jpg', weight: 0.25 })
    expect(parseStyle('C:\\pictures\\a.jpg')).toEqual({ file: 'C:\\pictures\\a.jpg', weight: 1 })
    expect(parseStyle('a.jpg')).toEqual({ file: 'a.jpg', weight: 1 })
    expect(() => parseStyle('a.jpg:-1')).toThrow('expected a weight ≥ 0')
  })
})

describe('a mistake gets a message, its exit code and no stack trace', () => {
  writeFileSync(at('text.jpg'), 'this is no picture')
  writeFileSync(at('cut.jpg'), readFileSync('samples/dogs.jpg').subarray(0, 20_000))
  writeFileSync(at('cut.psd'), readFileSync('test/fixtures/psd/layered.psd').subarray(0, 3_000))

  const cases: {
    name: string
    args: () => Promise<string[]> | string[]
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

  it.each(cases)('$name', async ({ args, code, says, env }) => {
    const given = await args()
    const style = given.includes('--style') ? [] : ['--style', STYLE]
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

  it('a 16-bit PSD is painted at 16 bit', async () => {
    const args = ['stylize', 'test/fixtures/psd/layered-16.psd', '--style', STYLE, ...QUICK]
    const run = await runCli([...args, '-o', at('sixteen.psd')])
    expect(run.stderr).toContain('painted')
    expect((await openContent(at('sixteen.psd'))).bitsPerChannel).toBe(16)
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
