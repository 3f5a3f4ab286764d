import { copyFileSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { parseShard } from '../../src/cli/batch-command.ts'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { runCli, spawnCli, temporaryFolder } from './run-cli.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const env = { IMPASTO_DATA: at('data') }
const COUNT = 12

await runCli(['models', 'add', 'test/golden/vgg19-tiny.safetensors', '--name', 'tiny'], { env })
mkdirSync(at('photos'))
for (let i = 1; i <= COUNT; i++) {
  const picture = sharp('samples/dogs.jpg').resize(40, 30, { fit: 'fill' })
  await picture.modulate({ hue: 25 * i }).toFile(at(`photos/${i}.png`))
}

const MANNER = ['--style', 'ink', '--model', 'tiny', '--size', '32', '--min-scale', '32']
const batch = (pictures: string, out: string, ...flags: string[]): string[] => [
  ...['batch', at(pictures), '--out', at(out), ...MANNER, '--iterations', '3', ...flags],
]

interface Line {
  readonly file: string
  readonly status: string
  readonly out?: string
  readonly seconds?: number
  readonly reason?: string
}

const linesOf = (stdout: string): Line[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)

describe('impasto batch --shard', () => {
  it('paints 12 pictures in 3 shards side by side, none twice, also when one is killed and started again', async () => {
    const shard = (index: number) => batch('photos/*.png', 'out', '--shard', `${index}/3`, '--json')
    const [first, killed, third] = await Promise.all([
      spawnCli(shard(1), undefined, env),
      spawnCli(shard(2), (text, _, kill) => /^2\/4/m.test(text) && kill(), env),
      spawnCli(shard(3), undefined, env),
    ])
    expect([first.code, killed.code, third.code]).toEqual([0, null, 0])
    const before = linesOf(killed.stdout).map(({ out }) => [out, statSync(out!).mtimeMs] as const)
    expect(before.length).toBeGreaterThanOrEqual(1)
    const again = await runCli(shard(2), { env })
    expect(again.code).toBe(0)
    for (const [out, mtime] of before) expect(statSync(out!).mtimeMs).toBe(mtime)

    const shards = [first, again, third].map(({ stdout }) => linesOf(stdout))
    expect(shards.map((lines) => lines.length)).toEqual([4, 4, 4])
    expect(shards[1]!.map(({ file }) => file)).toEqual(
      [2, 5, 8, 11].map((i) => at(`photos/${i}.png`)),
    )
    const painted = [first, killed, again, third]
      .flatMap(({ stdout }) => linesOf(stdout))
      .filter(({ status }) => status === 'painted')
      .map(({ file }) => file)
    expect(new Set(painted).size).toBe(painted.length)
    const results = readdirSync(at('out')).filter((name) => name.endsWith('.png'))
    expect(results).toHaveLength(COUNT)
    for (const name of results) await sharp(at(`out/${name}`)).stats()
  })

  it('deals the pictures out alike when results of an earlier start lie among them', async () => {
    mkdirSync(at('same'))
    for (let i = 1; i <= 4; i++) copyFileSync(at(`photos/${i}.png`), at(`same/${i}.png`))
    const shard = (index: number) =>
      runCli(batch('same/*.png', 'same', '--shard', `${index}/2`, '--json'), { env })
    const runs = [await shard(1), await shard(2), await shard(1)].map(({ stdout }) =>
      linesOf(stdout).map(({ file, status }) => [file, status]),
    )
    const odd = [at('same/1.png'), at('same/3.png')]
    const even = [at('same/2.png'), at('same/4.png')]
    expect(runs).toEqual([
      odd.map((file) => [file, 'painted']),
      even.map((file) => [file, 'painted']),
      odd.map((file) => [file, 'skipped']),
    ])
  })

  it('has nothing to do where there are more machines than pictures', async () => {
    const run = await runCli(batch('photos/1.png', 'few', '--shard', '2/2'), { env })
    expect([run.code, run.stdout]).toEqual([0, '0 painted, 0 skipped, 0 failed\n'])
  })

  it.each(['0/3', '4/3', '1', '1/0', 'a/b', '1/3/2', '-1/3', '1.5/3'])(
    'refuses %s',
    async (text) => {
      expect(() => parseShard(text)).toThrow(/--shard: expected I\/N, the I-th of N parts/)
    },
  )
})

describe('impasto batch --json', () => {
  it('prints a line a picture, with what came of it, and nothing else on standard output', async () => {
    copyFileSync('package.json', at('photos/none.png'))
    const flags = ['--json', '--quiet']
    const run = await runCli(batch('photos/{1,none}.png', 'json', ...flags), { env })
    expect(run.code).toBe(EXIT.partial)
    const out = at('json/1-impasto.png')
    expect(linesOf(run.stdout)).toEqual([
      { file: at('photos/1.png'), status: 'painted', out, seconds: expect.any(Number) },
      {
        file: at('photos/none.png'),
        status: 'failed',
        reason: expect.stringContaining('is not a picture'),
      },
    ])
    const again = await runCli(batch('photos/1.png', 'json', ...flags), { env })
    expect(linesOf(again.stdout)).toEqual([{ file: at('photos/1.png'), status: 'skipped', out }])
  })
})
