import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { inMegabytes, memoryBytes } from '../../src/cli/memory.ts'
import { inShort } from '../../src/cli/planning.ts'
import type { RunPlan } from '../../src/engine/plan/plan.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const folder = temporaryFolder()
const photo = join(folder, 'photo.png')
const speeds = join(folder, 'speeds.json')
const env = { IMPASTO_DATA: folder }
const plan = (...flags: string[]) =>
  runCli(['plan', photo, '--style', 'styles/ink.jpg', ...flags], { env })

beforeAll(async () => {
  await sharp('samples/dogs.jpg').resize(640, 480, { fit: 'fill' }).png().toFile(photo)
})

describe('impasto plan', () => {
  it('prints each scale with its memory and time, measures the device once, and paints nothing', async () => {
    const scales = ['--min-scale', '256', '--scale-ratio', '2', '--iterations', '60,40']
    const first = await plan('--size', '512', ...scales)
    expect(first.stderr).toBe('')
    expect(first.code).toBe(0)
    expect(first.stdout).toMatch(
      /256×192 px\s+60\s+whole\s+float32\s+10\s+\d+ MB\s+[\d.]+ (s|min|h)\n/,
    )
    expect(first.stdout).toMatch(/512×384 px\s+40\s+whole/)
    expect(first.stdout).toMatch(/about [\d.]+ (s|min|h) in all, at most \d+ MB of memory\n$/)
    expect(existsSync(join(folder, 'photo-impasto.png'))).toBe(false)

    const [[device, speed]] = Object.entries(JSON.parse(readFileSync(speeds, 'utf8'))) as [
      [string, number],
    ]
    expect(device).toMatch(/cpu.*vgg16.*float32/)
    expect(speed).toBeGreaterThan(0)
    // What is remembered is used: 1000 s a megapixel make this plan long.
    writeFileSync(speeds, JSON.stringify({ [device]: 1000 }))
    const slow = await plan('--size', '512')
    expect(slow.stdout).toMatch(/about [\d.]+ h in all/)
    await plan('--size', '64', '--calibrate')
    expect(JSON.parse(readFileSync(speeds, 'utf8'))[device]).toBeLessThan(1000)
  })

  it('divides into tiles what is larger than the memory given', async () => {
    const { stdout } = await plan('--size', '0', '--min-scale', '640', '--memory', '0.9G')
    expect(stdout).toContain('900 MB may be used')
    expect(stdout).toMatch(/640×480 px\s+\d+\s+\d+ tiles of \d+×\d+ px/)
  })

  it('takes masks, a strength map and a picture to go on from, as stylize does', async () => {
    const start = join(folder, 'start.png')
    await sharp(photo).resize(256).toFile(start)
    const scales = ['--size', '512', '--min-scale', '64', '--scale-ratio', '2']
    const whole = await plan(...scales)
    expect(whole.stdout.match(/ px /g)).toHaveLength(4)
    const continued = await plan(...scales, '--init', start, '--mask', photo)
    expect(continued.stdout.match(/ px /g)).toHaveLength(2)
    const colors = await plan('--colors-only')
    expect(colors.stdout).toMatch(/nothing is painted/)
    const missing = await plan('--strength-map', 'samples/dogs.jpg')
    expect(missing.stderr).toMatch(/dogs\.jpg: is .* expected the shape of the content, 640×480/)
  })

  it('refuses what stylize would refuse', async () => {
    const strip = join(folder, 'strip.png')
    const create = { width: 6000, height: 60, channels: 3, background: 'gray' } as const
    await sharp({ create }).png().toFile(strip)
    const narrow = await runCli(['plan', strip, '--style', 'styles/ink.jpg'], { env })
    expect(narrow.stderr).toMatch(/6000×60 px is too narrow/)
    expect(narrow.code).toBe(EXIT.image)
    const weightless = await runCli(['plan', photo, '--style', 'styles/ink.jpg:0'], { env })
    expect(weightless.stderr).toMatch(/all are 0/)
    expect(weightless.code).toBe(EXIT.usage)
  })

  it('says what helps where memory is too short for any tile', async () => {
    const { code, stderr } = await plan('--memory', '100M')
    expect(code).toBe(EXIT.usage)
    expect(stderr).toMatch(/takes \d+ MB, 100 MB may be used; raise --memory/)
  })
})

describe('in a line, a plan', () => {
  const scale = { width: 4096, height: 3072, tiles: 90, tile: { width: 512, height: 384 } }
  const runPlan = {
    scales: [{}, {}, {}, scale],
    predictedBytes: 3978e6,
    work: 540,
  } as unknown as RunPlan

  it('says sizes, tiles, memory, and time where the speed is known', () => {
    const line = 'plan: 4 scales up to 4096×3072 px, 90 tiles at the top, at most 3978 MB'
    expect(inShort(runPlan)).toBe(line)
    expect(inShort(runPlan, 1)).toBe(`${line}, about 9 min`)
  })

  it('of one whole scale says no more than there is', () => {
    const whole = { ...runPlan, scales: [{ ...scale, tile: undefined }] } as unknown as RunPlan
    expect(inShort(whole)).toBe('plan: 1 scale of 4096×3072 px, at most 3978 MB')
  })
})

describe('memory', () => {
  it.each([
    ['4G', '4000'],
    ['1.5 GB', '1500'],
    ['800M', '800'],
    ['800mb', '800'],
    ['800', '800'],
    ['-1', '-1'],
  ])('%s is %s MB', (text, expected) => {
    expect(inMegabytes(text)).toBe(expected)
  })

  it.each(['much', '4T', ''])('"%s" is none, and what was typed is said', (text) => {
    expect(() => inMegabytes(text)).toThrow(`4G, 800M or 800 (MB), got "${text}"`)
  })

  it('may be used up to a share of what is free, on a GPU up to 4 GB', () => {
    const free = process.availableMemory() + process.memoryUsage.rss()
    expect(memoryBytes({ device: 'cpu' })).toBeGreaterThan(0.3 * free)
    expect(memoryBytes({ device: 'cpu' })).toBeLessThan(free)
    expect(memoryBytes({ device: 'webgpu' })).toBe(4e9)
  })
})
