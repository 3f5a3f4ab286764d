/** By what a file or a layer is known: its name and a hash of what is in it. */
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { FileIdentity } from '../../engine/output/recipe.ts'
import type { SamplePlanes } from '../../psd/samples.ts'

/** An accented letter is one character to some programs, and two to others. */
export const isSameName = (a: string, b: string): boolean => a.normalize() === b.normalize()

export const fileIdentity = (path: string, bytes: Uint8Array): FileIdentity => ({
  name: basename(path),
  sha256: createHash('sha256').update(bytes).digest('hex'),
})

/**
 * For a layer its samples are hashed, since other layers of the document may change. They are
 * hashed as Photoshop hands them to the panel, so that both know a layer by the same checksum:
 * interleaved, with alpha where there is one, at 16 bits from 0 to 32768.
 */
export function layerIdentity(
  name: string,
  { width, height, bits, color, alpha }: SamplePlanes,
): FileIdentity {
  const hash = createHash('sha256')
  const planes = alpha ? [...color, alpha] : color
  for (let row = 0; row < height; row++) {
    const samples =
      bits === 16 ? new Uint16Array(width * planes.length) : Buffer.alloc(width * planes.length)
    for (const [p, plane] of planes.entries()) {
      for (let x = 0; x < width; x++) {
        const value = plane[row * width + x]!
        samples[x * planes.length + p] = bits === 16 ? Math.round((value * 32768) / 65535) : value
      }
    }
    hash.update(samples)
  }
  return { name, sha256: hash.digest('hex') }
}
