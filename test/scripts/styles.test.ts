import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { drawings } from '../../scripts/styles/drawings.ts'

const folder = fileURLToPath(new URL('../../styles/', import.meta.url))
const WIDTH_PX = 96

describe('built-in style images', () => {
  for (const [name, { draw, seed }] of Object.entries(drawings)) {
    describe(name, () => {
      const picture = draw(WIDTH_PX, seed)

      it('is the same bit for bit when drawn again from its seed', () => {
        expect(Buffer.compare(draw(WIDTH_PX, seed).data, picture.data)).toBe(0)
      })

      it('differs when drawn from another seed', () => {
        expect(Buffer.compare(draw(WIDTH_PX, seed + 1).data, picture.data)).not.toBe(0)
      })

      it('has the size asked for', () => {
        expect([picture.width, picture.height]).toEqual([WIDTH_PX, 72])
      })

      it('lies in the folder of styles, at least 768 px on each side, from dark to light', async () => {
        const { data, info } = await sharp(`${folder}${name}.jpg`).raw().toBuffer({
          resolveWithObject: true,
        })
        expect(Math.min(info.width, info.height)).toBeGreaterThanOrEqual(768)
        const sorted = Uint8Array.from(data).sort()
        const at = (share: number) => sorted[Math.floor(share * sorted.length)]!
        expect(at(0.02)).toBeLessThan(70)
        expect(at(0.98)).toBeGreaterThan(200)
      })
    })
  }

  it('are the only images in the folder', async () => {
    const images = (await readdir(folder)).filter((file) => file.endsWith('.jpg'))
    expect(images.sort()).toEqual(
      Object.keys(drawings)
        .map((name) => `${name}.jpg`)
        .sort(),
    )
  })
})
