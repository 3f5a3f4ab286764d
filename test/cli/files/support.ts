import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll } from 'vitest'
import type { PlanarImage } from '../../../src/engine/picture/image.ts'

/** A folder for one test file, gone after it. */
export function temporaryFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'impasto-files-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return (name) => join(folder, name)
}

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/psd/${name}`, import.meta.url))
}

/** Small inputs that other programs read otherwise than one would think. */
export function caseFile(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/cases/${name}`, import.meta.url))
}

/** True where the program runs and succeeds; its tests are skipped elsewhere. */
export function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

export function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** A result unlike its source: every color inverted. */
export function inverted(image: PlanarImage): PlanarImage {
  return { ...image, data: image.data.map((value) => 1 - value) }
}

/** Interleaved samples of some pattern with all high and low bytes in use. */
export function patternSamples(length: number, bits: 8 | 16): Uint8Array | Uint16Array {
  const value = (i: number) => (i * 40_503 + 977 * (i >> 3)) % (bits === 16 ? 65_536 : 256)
  return bits === 16
    ? Uint16Array.from({ length }, (_, i) => value(i))
    : Uint8Array.from({ length }, (_, i) => value(i))
}

/** The samples in a PNG or TIFF file, without any color conversion. */
export async function storedSamples(path: string): Promise<{
  samples: Uint8Array | Uint16Array
  channels: number
}> {
  const { depth, channels } = await sharp(path).metadata()
  const deep = depth === 'ushort'
  const data = await sharp(path, { ignoreIcc: true })
    .toColourspace(deep ? 'rgb16' : 'srgb')
    .raw({ depth: deep ? 'ushort' : 'uchar' })
    .toBuffer()
  const samples = deep ? new Uint16Array(new Uint8Array(data).buffer) : new Uint8Array(data)
  return { samples, channels }
}

/** An ICC profile of primaries in D50 XYZ and one gamma, such as Adobe RGB (1998). */
export function gammaProfile(columns: readonly (readonly number[])[], gamma: number): Buffer {
  const fixed = (values: readonly number[]) => {
    const bytes = Buffer.alloc(8 + 4 * values.length)
    bytes.write('XYZ ', 'latin1')
    values.forEach((value, i) => {
      bytes.writeInt32BE(Math.round(value * 65_536), 8 + 4 * i)
    })
    return bytes
  }
  const curve = Buffer.alloc(16)
  curve.write('curv', 'latin1')
  curve.writeUInt32BE(1, 8)
  curve.writeUInt16BE(Math.round(gamma * 256), 12)
  const text = Buffer.alloc(104)
  text.write('desc', 'latin1')
  text.writeUInt32BE(11, 8)
  text.write('Wide Gamma', 12, 'latin1')
  const tags: [string, Buffer][] = [
    ['desc', text],
    ['wtpt', fixed([0.9642, 1, 0.8249])],
    ...['r', 'g', 'b'].map((c, i): [string, Buffer] => [`${c}XYZ`, fixed(columns[i]!)]),
    ...['r', 'g', 'b'].map((c): [string, Buffer] => [`${c}TRC`, curve]),
  ]
  const head = Buffer.alloc(132 + 12 * tags.length)
  let at = head.length
  tags.forEach(([key, data], i) => {
    head.write(key, 132 + 12 * i, 'latin1')
    head.writeUInt32BE(at, 136 + 12 * i)
    head.writeUInt32BE(data.length, 140 + 12 * i)
    at += data.length
  })
  head.writeUInt32BE(at, 0)
  head.writeUInt32BE(0x02100000, 8)
  head.write('mntrRGB XYZ ', 12, 'latin1')
  head.write('acsp', 36, 'latin1')
  head.writeUInt32BE(tags.length, 128)
  return Buffer.concat([head, ...tags.map(([, data]) => data)])
}

/** Adobe RGB (1998) by its published primaries, adapted to D50, and its gamma 563/256. */
export const adobeRgb = gammaProfile(
  [
    [0.60974, 0.31111, 0.01947],
    [0.20528, 0.62567, 0.06087],
    [0.14919, 0.06322, 0.74457],
  ],
  563 / 256,
)
