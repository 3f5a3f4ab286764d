import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { type CliRun, installTiny, runCli, spawnCli, temporaryFolder } from './run-cli.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
await installTiny()
const MANNER = [
  ...['--style', 'ink', '--model', 'tiny', '--size', '32', '--min-scale', '32'],
  ...['--iterations', '1'],
]
const BAD = ['03.png', '11.png', '17.jpg']

const batch = (args: readonly string[]) => runCli(['batch', ...args, ...MANNER])

/** When each result was written. */
const written = (out: string): Record<string, number> =>
  Object.fromEntries(
    readdirSync(at(out)).map((name) => [name, statSync(join(at(out), name)).mtimeMs]),
  )

const statuses = ({ stdout }: CliRun): Record<string, number> => {
  const counts: Record<string, number> = { painted: 0, skipped: 0, failed: 0 }
  for (const [, status] of stdout.matchAll(/^(painted|skipped|failed) /gm)) counts[status!]!++
  return counts
}

beforeAll(async () => {
  mkdirSync(at('photos'))
  const small = sharp('samples/dogs.jpg').resize(40, 30, { fit: 'fill' })
  for (let i = 1; i <= 20; i++) {
    const name = `${String(i).padStart(2, '0')}.${i % 4 === 3 ? 'png' : 'jpg'}`
    if (BAD.includes(name)) writeFileSync(at(`photos/${name}`), 'no picture')
    else
      await small
        .clone()
        .modulate({ hue: 18 * i })
        .toFile(at(`photos/${name}`))
  }
})

describe('impasto batch', () => {
  it('paints 17 of 20 files of which 3 are bad, names these, and goes on after a kill with the rest', async () => {
    const args = [at('photos/*'), '--out', at('out')]
    const killed = await spawnCli(['batch', ...args, ...MANNER], (text, _, kill) => {
      if (/^8\/20/m.test(text)) kill()
    })
    expect(killed.code).toBeNull()
    const before = written('out')
    const done = Object.keys(before).filter((name) => !name.startsWith('.'))
    expect(done.length).toBeGreaterThanOrEqual(5)
    expect(done.length).toBeLessThan(17)

    const run = await batch(args)
    expect(run.code).toBe(EXIT.partial)
    expect(statuses(run)).toEqual({ painted: 17 - done.length, skipped: done.length, failed: 3 })
    expect(run.stdout).toMatch(/, 3 failed\n$/)
    for (const name of BAD) {
      expect(run.stdout).toMatch(new RegExp(`^failed +${name} .*is not a picture`, 'm'))
      expect(run.stderr).toContain(`failed: ${at(`photos/${name}`)}`)
    }
    const after = written('out')
    for (const name of done) expect(after[name]).toBe(before[name])
    const results = Object.keys(after).filter((name) => !name.startsWith('.'))
    expect(results).toHaveLength(17)
    for (const name of results) await sharp(join(at('out'), name)).stats()
  })

  it('leaves what is no result of these settings, unless told to overwrite', async () => {
    const photo = at('photos/01.jpg')
    mkdirSync(at('other'))
    writeFileSync(at('other/01-impasto.jpg'), 'something else')
    const refused = await batch([photo, '--out', at('other')])
    expect(refused.code).toBe(EXIT.partial)
    expect(refused.stdout).toMatch(/is there already and was not painted so; --overwrite/)
    const replaced = await batch([photo, '--out', at('other'), '--overwrite'])
    expect([replaced.code, statuses(replaced).painted]).toEqual([0, 1])
    const otherSeed = ['--init', 'random', '--seed', '2', '--overwrite']
    const anew = await batch([photo, '--out', at('other'), ...otherSeed])
    expect(statuses(anew).painted).toBe(1)
    const same = await batch([photo, '--out', at('other'), ...otherSeed])
    expect(statuses(same).skipped).toBe(1)
  })

  it('paints into the folder of the pictures without painting its results again', async () => {
    mkdirSync(at('same'))
    await sharp(at('photos/01.jpg')).toFile(at('same/a.jpg'))
    const args = [at('same/*.jpg'), '--out', at('same')]
    await batch(args)
    const again = await batch(args)
    expect(statuses(again)).toEqual({ painted: 0, skipped: 2, failed: 0 })
    expect(readdirSync(at('same')).sort()).toEqual(['a-impasto.jpg', 'a.jpg'])
  })

  it('knows its results in the folder of the pictures through a link to it', async () => {
    mkdirSync(at('linked'))
    symlinkSync('linked', at('link'))
    await sharp(at('photos/01.jpg')).toFile(at('linked/a.jpg'))
    const args = [at('linked/*.jpg'), '--out', at('link')]
    await batch(args)
    expect(statuses(await batch(args))).toEqual({ painted: 0, skipped: 2, failed: 0 })
    expect(readdirSync(at('linked')).sort()).toEqual(['a-impasto.jpg', 'a.jpg'])
  })

  it('refuses at once a result that leads to a picture that is yet to be read', async () => {
    mkdirSync(at('led'))
    for (const name of ['a.jpg', 'b.jpg'])
      await sharp(at('photos/01.jpg')).toFile(at(`led/${name}`))
    symlinkSync('b.jpg', at('led/a-impasto.jpg'))
    const before = readFileSync(at('led/b.jpg'))
    const run = await batch([
      ...[at('led/a.jpg'), at('led/b.jpg'), '--out', at('led'), '--overwrite'],
    ])
    expect(readFileSync(at('led/b.jpg')).equals(before)).toBe(true)
    expect(run.code).toBe(EXIT.usage)
    expect(run.stderr).toMatch(/--out \S+a-impasto\.jpg: the same file is read as CONTENT/)
  })

  it('gives up the picture that is being painted on Ctrl-C, and says what is done', async () => {
    const long = ['--iterations', '100000', '--size', '64']
    const args = [at('photos/0[1-2].jpg'), '--out', at('stopped'), ...MANNER, ...long]
    const run = await runCli(['batch', ...args], {
      onError: (text, interrupt) => {
        if (text.includes('iteration') && !text.includes('stopping')) interrupt()
      },
    })
    expect(run.code).toBe(EXIT.cancelled)
    expect(run.stdout).toBe('0 painted, 0 skipped, 0 failed, 2 not begun or given up\n')
    expect(existsSync(at('stopped/01-impasto.jpg'))).toBe(false)
  })

  it('refuses at once what would fail for every picture', async () => {
    const nothing = await batch([at('photos/*.gif'), '--out', at('never')])
    expect([nothing.code, existsSync(at('never'))]).toEqual([EXIT.usage, false])
    const style = await runCli(['batch', at('photos/*'), '--style', 'none', '--out', at('never')])
    expect([style.code, existsSync(at('never'))]).toEqual([EXIT.image, false])
  })

  it('says which of two pictures of one name has the result', async () => {
    mkdirSync(at('more'))
    await sharp(at('photos/01.jpg')).toFile(at('more/01.jpg'))
    const args = [at('photos/01.jpg'), at('more/01.jpg'), '--out', at('twins')]
    const run = await batch(args)
    expect(statuses(run)).toEqual({ painted: 1, skipped: 0, failed: 1 })
    expect(run.stdout).toMatch(/is the result of \S+photos\/01\.jpg; give each its own/)
  })
})
