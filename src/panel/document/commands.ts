/** Commands of Photoshop that its DOM lacks, or has in some versions only. */
import type { Photoshop, PsDocument, PsLayer } from './photoshop-types.ts'

type Descriptor = Awaited<ReturnType<Photoshop['action']['batchPlay']>>[number]

/** Commands fail by value or by exception, depending on the version. @throws Error */
export async function play(
  { action }: Photoshop,
  ...commands: readonly Descriptor[]
): Promise<Descriptor[]> {
  const results = await action.batchPlay([...commands], {})
  commands.forEach(({ _obj }, i) => {
    const result = results[i]
    if (!result || result._obj === 'error') {
      throw new Error(`${_obj}: ${result?.message ?? 'no answer'}`)
    }
  })
  return results
}

export const referenceOf = (documentId: number, layerId: number): object[] => [
  { _ref: 'layer', _id: layerId },
  { _ref: 'document', _id: documentId },
]

/** Selects that layer alone, in the active document. */
export async function selectLayer(
  photoshop: Photoshop,
  document: PsDocument,
  layer: PsLayer,
): Promise<void> {
  try {
    // Since Photoshop 26.9; before, there is a getter only.
    ;(document as { activeLayers: readonly PsLayer[] }).activeLayers = [layer]
    const [selected, ...others] = Array.from(document.activeLayers)
    if (selected?.id === layer.id && others.length === 0) return
  } catch {
    // An older version.
  }
  await play(photoshop, {
    _obj: 'select',
    _target: [{ _ref: 'layer', _id: layer.id }],
    makeVisible: false,
  })
}
