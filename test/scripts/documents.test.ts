import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { globSync } from 'tinyglobby'
import { describe, expect, it } from 'vitest'
import { OPTIONS_DOCUMENT, withTables } from '../../scripts/readme.ts'
import { createPsd, readStyle } from '../../src/cli/files/index.ts'
import { writePresets } from '../../src/panel/presets-file.ts'
import { installTiny, runCli, temporaryFolder } from '../cli/run-cli.ts'

const DOCUMENTS = globSync('{*.md,{docs,bench,bench/peer*,models,samples,licences}/*.md}')
const textOf = (file: string): string => readFileSync(file, 'utf8')

it('the command line’s document lists the options and presets that there are (npm run readme)', () => {
  const text = textOf(OPTIONS_DOCUMENT)
  expect(withTables(text)).toBe(text)
})

/** As GitHub makes them of headings. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

it.each(DOCUMENTS)('%s links to what is there', (file) => {
  const dead = [...textOf(file).matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]*))?\)/g)].flatMap(
    ([link, path, anchor]) => {
      const target = path ? join(dirname(file), path) : file
      const isThere = existsSync(target)
      const hasAnchor = !anchor || (isThere && anchorsOf(textOf(target)).includes(anchor))
      return isThere && hasAnchor ? [] : [link]
    },
  )
  expect(dead).toEqual([])
})

it.each(DOCUMENTS)('%s names files and scripts that there are', (file) => {
  const text = textOf(file)
  const paths = [...text.matchAll(/`((?:src|test|scripts|bench|docs)\/[\w./-]*)`/g)]
  expect(paths.map(([, path]) => path!).filter((path) => !existsSync(path))).toEqual([])
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }
  const used = [...text.matchAll(/npm (?:run )?([\w:-]+)/g)].map(([, name]) => name!)
  const known = ['ci', 'test', 'install', ...Object.keys(scripts)]
  expect(used.filter((name) => !known.includes(name))).toEqual([])
})

describe('every command line in the documents', async () => {
  const commands = DOCUMENTS.filter((file) => file !== 'docs/many-machines.md').flatMap((file) =>
    [...textOf(file).matchAll(/^npx impasto (.*?)(?:\s{2,}#.*)?$/gm)].map(([, line]) => line!),
  )
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder, name)
  await installTiny()
  for (const name of ['photos', 'styles']) mkdirSync(at(name))
  const picture = sharp('samples/dogs.jpg').resize(48, 36, { fit: 'fill' })
  const names = ['photo.jpg', 'photo.tif', 'forest.png', 'painting.jpg', 'a.jpg', 'b.png']
  for (const name of [...names, 'styles/ink.jpg', 'photos/1.jpg', 'photos/2.jpg']) {
    await picture.clone().toFile(at(name))
  }
  await createPsd(await readStyle(at('a.jpg')), 'Background', at('poster.psd'))
  const quick = { iterations: [1], minScale: 32, model: 'tiny' }
  writeFileSync(at('mine.json'), writePresets([{ name: 'Quick', options: quick }]))

  /** The last of two equal flags counts: what is written is small, whatever the document says. */
  const SMALL: Readonly<Record<string, string>> = {
    stylize: '--model tiny --size 48 --min-scale 32 --iterations 2',
    batch: '--model tiny --size 48 --min-scale 32 --iterations 2',
    plan: '--model tiny --size 48 --min-scale 32',
    sheet: '--size 32 --preset-file mine.json --presets Quick',
    show: '',
  }

  it.each([...new Set(commands)])('npx impasto %s', async (line) => {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!)
    const before = process.cwd()
    process.chdir(folder)
    try {
      const small = SMALL[words[0]!]!.split(' ').filter(Boolean)
      const run = await runCli([...words, ...small])
      expect(run.code, run.stderr).toBe(0)
    } finally {
      process.chdir(before)
    }
  })
})
