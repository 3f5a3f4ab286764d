/**
 * Texts of ours in XMP packets (ISO 16684-1:2019): read, and put into a packet that is there already
 * without touching what else it says. Packets are text here; who holds the file knows their bytes.
 */

const NAMESPACE = 'urn:impasto:xmp:1.0:'
const PREFIX = 'impasto'
const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'

/** The recipe of a picture or a layer; of a document's layers, all recipes by layer id. */
export type XmpProperty = 'recipe' | 'layerRecipes'

/** A packet that says nothing but this. */
export const packetOf = (recipeJson: string): string =>
  withProperty(undefined, 'recipe', recipeJson)!

/** Undefined where there is none, or the packet is damaged. */
export const recipeIn = (packet: string): string | undefined => readProperty(packet, 'recipe')

/** Undefined where there is none, or the packet is damaged. */
export function readProperty(packet: string, property: XmpProperty): string | undefined {
  const found = scan(packet)?.properties.findLast(({ name }) => name === property)
  return found && unescapeXml(found.escaped)
}

/**
 * The packet with the property in place of the one of that name.
 * @param packet absent: a new one is made.
 * @param text absent: the property is taken out.
 * @returns undefined where the packet is damaged, so that nothing can be put into it.
 */
export function withProperty(
  packet: string | undefined,
  property: XmpProperty,
  text: string | undefined,
): string | undefined {
  const description =
    text === undefined
      ? ''
      : `<rdf:Description xmlns:rdf="${RDF}" rdf:about="" xmlns:${PREFIX}="${NAMESPACE}">` +
        `<${PREFIX}:${property}>${escapeXml(text)}</${PREFIX}:${property}></rdf:Description>`
  if (packet === undefined) return emptyPacket(description)
  const scanned = scan(packet)
  if (scanned === undefined) return undefined
  const { insertAt, properties } = scanned
  const edits = [
    ...properties
      .filter(({ name }) => name === property)
      .map(({ start, end }) => ({ start, end, text: '' })),
    { start: insertAt, end: insertAt, text: description },
  ].sort((a, b) => a.start - b.start)
  const parts: string[] = []
  let at = 0
  for (const edit of edits) {
    // One inside another that is cut out already is gone.
    if (edit.start < at) continue
    parts.push(packet.slice(at, edit.start), edit.text)
    at = edit.end
  }
  return parts.join('') + packet.slice(at)
}

/** Begins with the byte order mark and id that mark a packet, and may be written to in place. */
const emptyPacket = (description: string): string =>
  `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">` +
  `<rdf:RDF xmlns:rdf="${RDF}">${description}</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>`

interface FoundProperty {
  readonly name: string
  /** As it stands in the packet. */
  readonly escaped: string
  /** Of the element, or of the attribute that a writer has made of it. */
  readonly start: number
  readonly end: number
}

interface Scanned {
  /** Before the end of the RDF element. */
  readonly insertAt: number
  /** Those of our namespace, in their order. */
  readonly properties: readonly FoundProperty[]
}

interface OpenElement {
  readonly name: string
  /** Empty for the default namespace. */
  readonly declaredPrefixes: readonly string[]
  readonly start: number
  readonly textStart: number
}

const TOKEN =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<(?<close>\/)?(?<name>[^\s<>/!?="']+)(?<attributes>(?:\s+[^\s<>/="']+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<empty>\/)?>|</g
const ATTRIBUTE = /\s+(?<name>[^\s=]+)\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')/g

/**
 * Walks the elements once, in a time that grows with their number alone: a packet is anybody's.
 * Undefined where they do not nest, or there is no RDF element.
 */
function scan(packet: string): Scanned | undefined {
  const open: OpenElement[] = []
  const meanings: Meanings = new Map()
  const properties: FoundProperty[] = []
  let insertAt: number | undefined
  for (const match of packet.matchAll(TOKEN)) {
    const { close, name, attributes = '', empty } = match.groups!
    const end = match.index + match[0].length
    if (name === undefined) {
      // A lone "<" is no XML, and a document type could declare anything.
      if (match[0] === '<') return undefined
      continue
    }
    if (close) {
      const element = open.pop()
      if (element?.name !== name) return undefined
      if (splitName(element.name)[1] === 'RDF') insertAt = match.index
      const ours = ourName(element.name, meanings)
      if (ours && open.length > 0) {
        const escaped = packet.slice(element.textStart, match.index)
        properties.push({ name: ours, escaped, start: element.start, end })
      }
      forget(element.declaredPrefixes, meanings)
      continue
    }
    const listed = [...attributes.matchAll(ATTRIBUTE)]
    const declaredPrefixes: string[] = []
    for (const { groups } of listed) {
      const declared = /^xmlns(?::(.+))?$/.exec(groups!.name!)
      if (!declared) continue
      const prefix = declared[1] ?? ''
      const meaning = groups!.double ?? groups!.single!
      declaredPrefixes.push(prefix)
      const outer = meanings.get(prefix)
      if (outer) outer.push(meaning)
      else meanings.set(prefix, [meaning])
    }
    for (const { 0: whole, index, groups } of listed) {
      const ours = groups!.name!.includes(':') && ourName(groups!.name!, meanings)
      if (!ours) continue
      const start = match.index + match[0].indexOf(attributes) + index
      const escaped = groups!.double ?? groups!.single!
      properties.push({ name: ours, escaped, start, end: start + whole.length })
    }
    if (empty) forget(declaredPrefixes, meanings)
    else open.push({ name, declaredPrefixes, start: match.index, textStart: end })
  }
  return open.length > 0 || insertAt === undefined ? undefined : { insertAt, properties }
}

/** Namespaces by prefix, of each the innermost last. */
type Meanings = Map<string, string[]>

function forget(prefixes: readonly string[], meanings: Meanings): void {
  for (const prefix of prefixes) meanings.get(prefix)?.pop()
}

/** The name without its prefix, where the prefix stands for our namespace. */
function ourName(name: string, meanings: Meanings): string | undefined {
  const [prefix, local] = splitName(name)
  return meanings.get(prefix)?.at(-1) === NAMESPACE ? local : undefined
}

function splitName(name: string): readonly [prefix: string, local: string] {
  const colon = name.indexOf(':')
  return colon < 0 ? ['', name] : [name.slice(0, colon), name.slice(colon + 1)]
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
}

const escapeXml = (text: string): string =>
  text.replace(/[<>&]/g, (character) => ({ '<': '&lt;', '>': '&gt;' })[character] ?? '&amp;')

/** Of text without elements; a CDATA section is text as it stands. */
function unescapeXml(text: string): string {
  return text.replace(
    /<!\[CDATA\[([\s\S]*?)\]\]>|&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (whole, cdata?: string, hex?: string, decimal?: string, entity?: string) => {
      if (cdata !== undefined) return cdata
      if (entity !== undefined) return ENTITIES[entity] ?? whole
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )
}
