import { readdir, readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { PRESETS } from '../../src/engine/presets.ts'

const NAMES = PRESETS.filter(({ isSlow }) => !isSlow).map(({ name }) => name)
const folder = 'icons/presets'
const samplesOf = (name: string): Promise<Buffer> =>
  sharp(`${folder}/${name}.jpg`).resize(96, 96).raw().toBuffer()

describe('thumbnails of presets (npm run thumbnails)', () => {
  it('are there for every built-in preset that is not slow, and for no other', async () => {
    const names = NAMES.map((name) => `${name}.jpg`)
    expect((await readdir(folder)).sort()).toEqual(names.sort())
  })

  it.each(NAMES)('%s is square, small, and fit for 2×', async (name) => {
    const bytes = await readFile(`${folder}/${name}.jpg`)
    expect(bytes.length).toBeLessThan(12_000)
    const { width, height, format } = await sharp(bytes).metadata()
    expect([width, height, format]).toEqual([192, 192, 'jpeg'])
  })

  it('differ to the eye at the size at which they are shown', async () => {
    const pictures = await Promise.all(NAMES.map(samplesOf))
    for (const [i, a] of pictures.entries()) {
      for (const [j, b] of pictures.slice(0, i).entries()) {
        const difference = a.reduce((sum, value, k) => sum + Math.abs(value - b[k]!), 0) / a.length
        expect(difference, `${NAMES[i]}, ${NAMES[j]}`).toBeGreaterThan(5)
      }
    }
  })
})
