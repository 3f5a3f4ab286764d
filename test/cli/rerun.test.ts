import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createPsd, openContent } from '../../src/cli/files/index.ts'
import { addModel } from '../../src/cli/models/store.ts'
import { recallAll } from '../../src/cli/recall.ts'
import type { Report } from '../../src/cli/report.ts'
import { showCommand } from '../../src/cli/show-command.ts'
import { type StylizeArguments, stylizeCommand } from '../../src/cli/stylize-command.ts'
import type { StylizeOptions } from '../../src/engine/options.ts'
import { readByAgPsd } from '../psd/ag-psd.ts'
import { temporaryFolder } from './run-cli.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)

const OPTIONS: Partial<StylizeOptions> = {
  model: 'tiny',
  size: 64,
  minScale: 32,
  iterations: [3],
  init: 'random',
  seed: 7,
}

const stylize = (given: Partial<StylizeArguments>): Promise<void> =>
  stylizeCommand({ styles: [], options: {}, device: 'cpu', quiet: true, ...given })

const samples = async (path: string) => (await openContent(path)).image

beforeAll(async () => {
  vi.stubEnv('IMPASTO_DATA', at('data'))
  await addModel('test/golden/vgg19-tiny.safetensors', { name: 'tiny' })
  await sharp('samples/dogs.jpg').resize(80, 64, { fit: 'fill' }).png().toFile(at('photo.png'))
  await sharp('samples/stream.jpg').resize(72, 64, { fit: 'fill' }).png().toFile(at('own.png'))
  const half = { create: { width: 40, height: 64, channels: 3, background: 'white' } } as const
  await sharp({ create: { width: 80, height: 64, channels: 3, background: 'black' } })
    .composite([{ input: await sharp(half).png().toBuffer(), left: 0, top: 0 }])
    .png()
    .toFile(at('half.png'))
})

afterAll(() => void vi.unstubAllEnvs())

describe('a result painted again from its own metadata', () => {
  it.each(['png', 'jpg', 'tif', 'webp'])('is the same to the bit as .%s', async (ending) => {
    await stylize({
      content: at('photo.png'),
      styles: [at('own.png'), 'ink:0.5'],
      styleScales: '1,0.5',
      styleRotations: '0,90',
      masks: ['-', at('half.png')],
      strengthMap: at('half.png'),
      options: OPTIONS,
      out: at(`first.${ending}`),
    })
    await stylize({ from: at(`first.${ending}`), out: at(`again.${ending}`) })
    expect(await samples(at(`again.${ending}`))).toEqual(await samples(at(`first.${ending}`)))
    expect(await recallAll(at(`again.${ending}`))).toEqual(await recallAll(at(`first.${ending}`)))
    const [{ recipe }] = (await recallAll(at(`first.${ending}`))) as [{ recipe: object }]
    expect(recipe).toMatchObject({
      content: { name: 'photo.png' },
      styles: [
        { name: 'own.png', weight: 1, scale: 1, rotation: 0 },
        { name: 'ink.jpg', weight: 0.5, scale: 0.5, rotation: 90, mask: { name: 'half.png' } },
      ],
      strength: { name: 'half.png' },
      settings: { seed: 7, memory: 0 },
    })
  })

  it('is the same to the bit as a layer of a PSD, made of a layer of the same PSD', async () => {
    const { image } = await openContent(at('photo.png'))
    await createPsd(image, 'Photograph', at('document.psd'))
    await stylize({ content: at('document.psd'), styles: ['oil'], options: OPTIONS })
    const first = at('document-impasto.psd')
    // Its layers are all that is needed: the document that it came from is gone.
    renameSync(at('document.psd'), at('gone.psd'))
    await stylize({ from: first, out: at('twice.psd') })
    const [upper, lower] = await recallAll(at('twice.psd'))
    const document = basename(first)
    expect(lower!.recipe).toEqual({
      ...upper!.recipe,
      content: { ...upper!.recipe.content, document },
    })
    const twice = readByAgPsd(readFileSync(at('twice.psd')))
    const [photograph, again, earlier] = twice.children!
    expect([again!.name, earlier!.name]).toEqual([upper!.layer, upper!.layer])
    expect(again!.imageData).toEqual(earlier!.imageData)
    expect(again!.imageData).not.toEqual(photograph!.imageData)
  })

  it('continues from what it was continued from', async () => {
    await stylize({
      content: at('photo.png'),
      styles: ['ink'],
      options: { ...OPTIONS, init: 'image' },
      initFile: at('first.png'),
      out: at('continued.png'),
    })
    await stylize({ from: at('continued.png'), out: at('continued-again.png') })
    expect(await samples(at('continued-again.png'))).toEqual(await samples(at('continued.png')))
  })

  it('is evaluated as before where memory was short, however much there is now', async () => {
    const pairs = { size: 96, iterations: [60], lbfgsMemory: 60 }
    const run = { styles: ['ink'], options: { ...OPTIONS, ...pairs } }
    const report = async (name: string, given: Partial<StylizeArguments>) => {
      await stylize({ ...given, out: at(`${name}.png`), report: at(`${name}.json`) })
      return JSON.parse(readFileSync(at(`${name}.json`), 'utf8')) as Report
    }
    const content = at('photo.png')
    const { plan: ample } = await report('ample', { ...run, content })
    const allowance = ample.predictedBytes - 4e6
    const free = vi.spyOn(process, 'availableMemory').mockReturnValue(0)
    const held = vi.spyOn(process.memoryUsage, 'rss').mockReturnValue(allowance)
    const { plan } = await report('short', { ...run, content })
    free.mockRestore()
    held.mockRestore()
    expect(plan.scales.at(-1)!.lbfgsMemory).toBeLessThan(60)
    const again = await report('short-again', { from: at('short.png') })
    expect(again.settings.memory).toBe(Math.floor(allowance / 1e6))
    expect(again.plan.scales.map(({ lbfgsMemory }) => lbfgsMemory)).toEqual(
      plan.scales.map(({ lbfgsMemory }) => lbfgsMemory),
    )
    expect(await samples(at('short-again.png'))).toEqual(await samples(at('short.png')))
    expect(await samples(at('short.png'))).not.toEqual(await samples(at('ample.png')))
  })

  it('has what flags and files given with it say in place of its own', async () => {
    await stylize({
      from: at('first.png'),
      styles: ['glass'],
      options: { seed: 8 },
      content: at('own.png'),
      out: at('other.png'),
      report: at('other.json'),
      strengthMap: '-',
    })
    const report = JSON.parse(readFileSync(at('other.json'), 'utf8')) as Report
    expect(report.styles.map(({ file }) => basename(file))).toEqual(['glass.jpg'])
    expect(report.settings).toMatchObject({ ...OPTIONS, seed: 8 })
    expect(report.strengthMap).toBeUndefined()
    expect([report.content, report.from]).toEqual([at('own.png'), at('first.png')])
  })

  it('says what is missing or is not what it was', async () => {
    mkdirSync(at('elsewhere'))
    copyFileSync(at('first.png'), at('elsewhere/result.png'))
    const again = (given: Partial<StylizeArguments> = {}) =>
      stylize({ from: at('elsewhere/result.png'), out: at('never.png'), ...given })
    await expect(again()).rejects.toThrow(/its style "own\.png" is neither beside it.*--style/)
    mkdirSync(at('elsewhere/own.png'))
    await expect(again()).rejects.toThrow(/its style "own\.png" is not what it was/)
    rmdirSync(at('elsewhere/own.png'))
    copyFileSync(at('photo.png'), at('elsewhere/own.png'))
    await expect(again()).rejects.toThrow(
      /its style "own\.png" is not what it was: \S+elsewhere\/own\.png differs.*--style/,
    )
    copyFileSync(at('own.png'), at('elsewhere/own.png'))
    await expect(again()).rejects.toThrow(/its mask "half\.png".*--mask/)
    copyFileSync(at('half.png'), at('elsewhere/half.png'))
    await expect(again()).rejects.toThrow(/its content "photo\.png".*CONTENT/)
    await expect(again({ preset: 'bold' })).rejects.toThrow(/no --preset goes with it/)
    await expect(again({ fromLayer: 'Impasto' })).rejects.toThrow(/layer "Impasto" holds no/)
    await expect(stylize({ from: at('photo.png') })).rejects.toThrow(/holds no settings of Impasto/)
    await expect(stylize({ styles: ['oil'] })).rejects.toThrow(/expected CONTENT/)
  })
})

describe('impasto show', () => {
  const show = async (file: string, json = false): Promise<string> => {
    const lines: string[] = []
    await showCommand({ file: at(file), json }, (line) => void lines.push(line))
    return lines.join('\n')
  }

  it('prints what departs from the preset, and what was painted with', async () => {
    const text = await show('first.png')
    expect(text).toMatch(/^content {2}photo\.png {2}\(sha256 [0-9a-f]{12}…\)$/m)
    expect(text).toMatch(
      /^style {4}ink\.jpg .*, weight 0\.5, scale 0\.5, turned by 90°, where half/m,
    )
    expect(text).toMatch(
      /^preset {3}default\n {9}--size 64\n {9}--iterations 3\n {9}--init random/m,
    )
    expect(text).toMatch(/^model {4}tiny /m)
    expect(text).not.toMatch(/--content-weight/)
  })

  it('prints it as JSON, of a document one a painted layer', async () => {
    const list = JSON.parse(await show('twice.psd', true)) as { layer: string; recipe: object }[]
    expect(list.map(({ layer }) => layer)).toEqual(Array(2).fill('Impasto: oil.jpg (default)'))
    expect(JSON.parse(await show('first.png', true))).toEqual(await recallAll(at('first.png')))
  })

  it('refuses a file that is no picture', async () => {
    writeFileSync(at('notes.txt'), 'no picture')
    await expect(show('notes.txt')).rejects.toThrow(/is not a picture/)
  })
})
