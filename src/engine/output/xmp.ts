/**
 * Reads texts of ours in XMP packets (ISO 16684-1:2019), and puts them into a packet without
 * touching what else it says. Packets are strings here; whoever holds the file knows their bytes.
 */

const NAMESPACE = 'urn:impasto:xmp:1.0:'
const PREFIX = 'impasto'
const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'

/** The recipe of a picture or a layer; for a document, the recipes of all its layers by layer id. */
type XmpProperty = 'recipe' | 'layerRecipes'

/** A packet that says nothing else. */
export const packetOf = (recipeJson: string): string =>
  withProperty(undefined, 'recipe', recipeJson)!

/** Undefined where there is none, or the packet is damaged. */
export const recipeIn = (packet: string): string | undefined => readProperty(packet, 'recipe')

/** Undefined where there is none, or the packet is damaged. */
export function readProperty(packet: string, property: XmpProperty): string | undefined {
  const found = scan(packet)?.properties.findLast((one) => isOurs(one, property))
  return found && unescapeXml(packet.slice(found.textStart, found.textEnd))
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
  return edited(packet, [
    ...properties
      .filter((one) => isOurs(one, property))
      .map(({ start, end }) => ({ start, end, text: '' })),
    { start: insertAt, end: insertAt, text: description },
  ])
}

/**
 * The packet with other properties changed, whether elements or attributes.
 * @param change gets each property's namespace and name; returns its new text, null to take it out,
 * undefined to keep it.
 * @returns undefined where the packet is damaged.
 */
export function withChanges(
  packet: string,
  change: (namespace: string, name: string) => string | null | undefined,
): string | undefined {
  const scanned = scan(packet)
  return scanned && edited(packet, changes(scanned.properties, change))
}

const changes = (
  properties: readonly FoundProperty[],
  change: (namespace: string, name: string) => string | null | undefined,
): Edit[] =>
  properties.flatMap(({ namespace, name, start, end, textStart, textEnd }) => {
    const text = change(namespace, name)
    if (text === undefined || (text !== null && textStart === end)) return []
    return text === null
      ? [{ start, end, text: '' }]
      : [{ start: textStart, end: textEnd, text: escapeXml(text) }]
  })

/** The text of the first such property, where it is there and has no elements in it. */
export function textOfProperty(
  packet: string,
  namespace: string,
  name: string,
): string | undefined {
  const found = scan(packet)?.properties.find(
    (one) => one.namespace === namespace && one.name === name,
  )
  const text = found && packet.slice(found.textStart, found.textEnd)
  return text?.includes('<') ? undefined : text && unescapeXml(text).trim()
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

function edited(packet: string, edits: readonly Edit[]): string {
  const parts: string[] = []
  let at = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start || b.end - a.end)) {
    // What lies inside another that is cut out is gone already.
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
  readonly namespace: string
  readonly name: string
  /** The range of the element, or of the attribute that a writer has made of it. */
  readonly start: number
  readonly end: number
  /** The range of what it says, as it stands in the packet. */
  readonly textStart: number
  readonly textEnd: number
}

const isOurs = ({ namespace, name }: FoundProperty, property: XmpProperty): boolean =>
  namespace === NAMESPACE && name === property

interface Scanned {
  /** Before the end of the RDF element. */
  readonly insertAt: number
  /** Elements and attributes of any namespace, in the order of their ends. */
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
 * Walks the elements once, in a time that grows with their number alone, because a packet may come
 * from anybody. Undefined where they do not nest, or there is no RDF element.
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
      const named = meaningOf(element.name, meanings)
      if (named && open.length > 0) {
        const { start, textStart } = element
        properties.push({ ...named, start, end, textStart, textEnd: match.index })
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
      const named = groups!.name!.includes(':') && meaningOf(groups!.name!, meanings)
      if (!named) continue
      const start = match.index + match[0].indexOf(attributes) + index
      const end = start + whole.length
      const textStart = end - 1 - (groups!.double ?? groups!.single!).length
      properties.push({ ...named, start, end, textStart, textEnd: end - 1 })
    }
    if (empty) {
      // It has no place for a text, but can be taken out.
      const named = meaningOf(name, meanings)
      const start = match.index
      if (named && open.length > 0) {
        properties.push({ ...named, start, end, textStart: end, textEnd: end })
      }
      forget(declaredPrefixes, meanings)
    } else open.push({ name, declaredPrefixes, start: match.index, textStart: end })
  }
  return open.length > 0 || insertAt === undefined ? undefined : { insertAt, properties }
}

/** Namespaces by prefix; for each prefix the innermost last. */
type Meanings = Map<string, string[]>

function forget(prefixes: readonly string[], meanings: Meanings): void {
  for (const prefix of prefixes) meanings.get(prefix)?.pop()
}

/** The name's parts, where its prefix is declared. */
function meaningOf(
  qualified: string,
  meanings: Meanings,
): { readonly namespace: string; readonly name: string } | undefined {
  const [prefix, name] = splitName(qualified)
  const namespace = meanings.get(prefix)?.at(-1)
  return namespace === undefined ? undefined : { namespace, name }
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

/** The text of content without elements; a CDATA section is text as it stands. */
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
