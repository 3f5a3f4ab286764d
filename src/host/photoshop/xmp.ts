/** batchPlay's XMPMetadataAsUTF8: the metadata of a layer or a document as one packet. */
import type { Platform } from './platform.ts'
import type { Descriptor } from './real.ts'
import type { Target } from './target.ts'
import { changeLayer } from './tree.ts'

export const XMP_PROPERTY = 'XMPMetadataAsUTF8'

/** Every document has a packet, whether somebody wrote into it or not. */
export const EMPTY_PACKET = `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`

/** What Photoshop makes of other texts is not documented; a plug-in must not try. */
const PACKET =
  /^\s*(?:<\?xpacket\s[^?]*\?>\s*)?<x:xmpmeta\s[\s\S]*<rdf:RDF\s[\s\S]*<\/rdf:RDF>\s*<\/x:xmpmeta>\s*(?:<\?xpacket\s[^?]*\?>\s*)?$/

/** @returns whether the command has the reported form and was carried out. */
export function setXmp(
  platform: Platform,
  { document, layers, kind }: Target,
  { _target, to }: Descriptor,
): boolean {
  const [first] = Array.isArray(_target) ? _target : [_target]
  const xmp: unknown = to?.[XMP_PROPERTY]
  if (first?._ref !== 'property' || to?._obj !== kind) return false
  if (typeof xmp !== 'string' || !PACKET.test(xmp)) return false
  if (kind === 'document') {
    platform.store.change(document, 'File Info', (state) =>
      state.xmp === xmp ? state : { ...state, xmp },
    )
    return true
  }
  const [layer, ...others] = layers
  if (!layer || others.length > 0 || !platform.switches.setsLayerXmp) return false
  platform.store.change(document, 'Layer Metadata', (state) => {
    const changed = changeLayer(state.layers, layer.id, (found) =>
      found.xmp === xmp ? found : { ...found, xmp },
    )
    return changed === state.layers ? state : { ...state, layers: changed }
  })
  return true
}
