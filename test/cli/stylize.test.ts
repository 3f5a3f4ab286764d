import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPsd } from 'ag-psd'
import { Ajv } from 'ajv'
import sharp from 'sharp'
import { describe, expect, it, vi } from 'vitest'
import { createPsd, openContent } from '../../src/cli/files/index.ts'
import { makeProgressLine } from '../../src/cli/progress-line.ts'
import { type PaintedLayer, recallAll } from '../../src/cli/recall.ts'
import type { Report } from '../../src/cli/report.ts'
import { installTiny, runCli, spawnCli, temporaryFolder } from './run-cli.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const STYLE = 'styles/ink.jpg'
await installTiny()
/** The smallest run that still goes through two scales. */
const TWO_SCALES = ['--size', '48', '--min-scale', '32', '--scale-ratio', '2', '--iterations', '2']
const QUICK = ['--model', 'tiny', ...TWO_SCALES]

await sharp('samples/dogs.jpg').resize(64, 48, { fit: 'fill' }).png().toFile(at('photo.png'))

const schema = JSON.parse(readFileSync('docs/report.schema.json', 'utf8')) as object
const validReport = new Ajv({ allErrors: true }).compile(schema)

describe('impasto stylize', () => {
  it('paints a picture, writes a report that fits the schema, and a plot', async () => {
    const args = [
      ...['stylize', at('photo.png'), '--style', STYLE, '-o', at('painted.png'), ...TWO_SCALES],
      ...['--report', at('report.json'), '--plot', at('losses.svg')],
    ]
    const run = await runCli(args)
    expect(run.stderr).toMatch(/^plan: 2 scales up to 48×36 px, at most \d+ MB/)
    expect(run.stderr).toContain('painted')
    expect(run.code).toBe(0)
    const { width, height } = await sharp(at('painted.png')).metadata()
    expect([width, height]).toEqual([48, 36])

    const report = JSON.parse(readFileSync(at('report.json'), 'utf8')) as Report
    expect(validReport(report), JSON.stringify(validReport.errors)).toBe(true)
    expect(report.notes).toEqual([])
    expect(report.evaluations.map(({ scale }) => scale)).toEqual([32, 32, 48, 48])
    for (const { total, terms } of report.evaluations) {
      expect(Object.values(terms).reduce((a, b) => a + b, 0)).toBeCloseTo(total, 6)
    }
    const svg = readFileSync(at('losses.svg'), 'utf8')
    for (const term of ['total', 'content.relu4_2', 'style.relu4_1', 'tv'])
      expect(svg).toContain(term)
    await expect(sharp(Buffer.from(svg)).metadata()).resolves.toMatchObject({ width: 800 })
  })

  it('is quiet where asked to, save for what goes wrong', async () => {
    const args = ['stylize', at('photo.png'), '--style', STYLE, '-o', at('quiet.png')]
    const run = await spawnCli([...args, ...QUICK, '--quiet'])
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
    const endless = [...args, '--model', 'tiny', '--size', '64', '--iterations', '100000']
    const run = await runCli(endless, {
      onError(text, interrupt) {
        if (/iteration.*\n$/.test(text)) setTimeout(interrupt, 500)
      },
    })
    expect(run.stderr).toContain('kept the best picture')
    expect(run.code).toBe(0)
    const [{ recipe }] = (await recallAll(at('kept.png'))) as [PaintedLayer]
    expect(recipe.isStopped).toBe(true)
  })

  it('paints each style where its mask says, and leaves what the strength map spares', async () => {
    await halves('left.png', 'white', 'black')
    await halves('right.png', 'black', 'white')
    const args = [
      ...['stylize', at('photo.png'), '--style', 'ink', 'oil:2', '--style-scales', '1,0.5'],
      ...['--style-rotations', '0,-90', '--mask', at('left.png'), '-', '-o', at('regions.png')],
      ...['--strength-map', at('right.png'), '--report', at('regions.json')],
    ]
    const run = await runCli([...args, ...QUICK, '--size', '64'])
    expect(run.stderr).toContain('painted')
    const report = JSON.parse(readFileSync(at('regions.json'), 'utf8')) as Report
    expect(validReport(report), JSON.stringify(validReport.errors)).toBe(true)
    expect(report.styles).toMatchObject([
      { weight: 1, scale: 1, rotation: 0, mask: at('left.png') },
      { weight: 2, scale: 0.5, rotation: -90 },
    ])
    expect(report.strengthMap).toBe(at('right.png'))
    const [before, after] = await Promise.all(
      ['photo.png', 'regions.png'].map(async (name) => (await openContent(at(name))).image.data),
    )
    const differs = (x: number) => before![24 * 64 + x] !== after![24 * 64 + x]
    // At the edge of the map itself its values are interpolated.
    expect(Array.from({ length: 30 }, (_, x) => differs(x)).some(Boolean)).toBe(false)
    expect(Array.from({ length: 30 }, (_, x) => differs(34 + x)).some(Boolean)).toBe(true)
  })

  it('moves colours alone, with the flag alone before the content', async () => {
    const args = ['--colors-only', at('photo.png'), '--style', 'glass', '-o', at('colors.png')]
    const run = await runCli(['stylize', ...args, '--report', at('colors.json')])
    expect(run.stderr).toContain('painted')
    const report = JSON.parse(readFileSync(at('colors.json'), 'utf8')) as Report
    expect(validReport(report), JSON.stringify(validReport.errors)).toBe(true)
    expect(report.evaluations).toEqual([])
    const { width, height } = await sharp(at('colors.png')).metadata()
    expect([width, height]).toEqual([64, 48])
  })

  it('a 16-bit PSD is painted at 16 bit', async () => {
    const args = ['stylize', 'test/fixtures/psd/layered-16.psd', '--style', STYLE, ...QUICK]
    const run = await runCli([...args, '-o', at('sixteen.psd')])
    expect(run.stderr).toContain('painted')
    expect((await openContent(at('sixteen.psd'))).bitsPerChannel).toBe(16)
  })
})

async function halves(name: string, left: string, right: string): Promise<void> {
  const half = { create: { width: 32, height: 48, channels: 3, background: left } } as const
  await sharp({ create: { width: 64, height: 48, channels: 3, background: right } })
    .composite([{ input: await sharp(half).png().toBuffer(), left: 0, top: 0 }])
    .png()
    .toFile(at(name))
}
