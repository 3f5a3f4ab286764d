/** What a file or a layer is known by: its name and a hash of what is in it. */
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { FileIdentity } from '../../engine/recipe.ts'
import type { SamplePlanes } from '../../psd/samples.ts'

export const fileIdentity = (path: string, bytes: Uint8Array): FileIdentity => ({
  name: basename(path),
  sha256: createHash('sha256').update(bytes).digest('hex'),
})

/** Of a layer its samples count: other layers of the document may change. */
export function layerIdentity(
  name: string,
  { width, height, bits, color, alpha }: SamplePlanes,
): FileIdentity {
  const hash = createHash('sha256').update(`${width}×${height}, ${bits} bit`)
  for (const { buffer, byteOffset, byteLength } of alpha ? [...color, alpha] : color) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  }
  return { name, sha256: hash.digest('hex') }
}
