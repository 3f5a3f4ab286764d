import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { inMegabytes, memoryBytes } from '../../src/cli/memory.ts'
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
    const first = await plan('--size', '512', '--min-scale', '256', '--scale-ratio', '2')
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
    expect(device).toMatch(/cpu.*vgg16/)
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
    expect(stdout).toMatch(/640×480 px\s+60\s+\d+ tiles of \d+×\d+ px/)
  })

  it('says what helps where memory is too short for any tile', async () => {
    const { code, stderr } = await plan('--memory', '100M')
    expect(code).toBe(EXIT.usage)
    expect(stderr).toMatch(/takes \d+ MB, 100 MB may be used; raise --memory/)
  })
})

describe('memory', () => {
  it.each([
    ['4G', '4000'],
    ['1.5 GB', '1500'],
    ['800M', '800'],
    ['800mb', '800'],
    ['800', '800'],
    ['much', 'much'],
  ])('%s is %s MB', (text, expected) => {
    expect(inMegabytes(text)).toBe(expected)
  })

  it('may be used up to a share of what is free, on wasm no more than it addresses', () => {
    const free = process.availableMemory() + process.memoryUsage.rss()
    expect(memoryBytes({ device: 'cpu' })).toBeGreaterThan(0.3 * free)
    expect(memoryBytes({ device: 'cpu' })).toBeLessThan(free)
    expect(memoryBytes({ device: 'webgpu' })).toBe(4e9)
  })
})
