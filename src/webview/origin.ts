/** What a picture was made of, by the checksums of what came over the bridge. */
import type { Origin, StylizeJob } from '../bridge/messages.ts'
import type { Runtime } from '../engine/runtime/runtime.ts'
import { memorySource, sha256Of } from '../engine/vgg/byte-source.ts'
import type { VggModel } from '../engine/vgg/model.ts'

/** @param runtime that painted last. */
export async function originOf(
  { content, styles, strength, init }: StylizeJob,
  model: VggModel,
  runtime: Pick<Runtime, 'description'>,
): Promise<Origin> {
  const hash = ({ bytes }: { readonly bytes: Uint8Array }) => sha256Of(memorySource('', bytes))
  const ofStyles = []
  for (const style of styles) {
    ofStyles.push({ file: await hash(style), mask: style.mask && (await hash(style.mask)) })
  }
  return {
    content: await hash(content),
    styles: ofStyles,
    strength: strength && (await hash(strength)),
    init: init && (await hash(init.pixels)),
    model: { name: model.name, sha256: model.sha256 },
    device: runtime.description,
  }
}
