import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packetOf, recipeIn } from '../../../src/engine/output/xmp.ts'

const RECIPE = JSON.stringify({ name: "Öl & <Tusche> “1” '2'", note: 'a\nb\u0001' })

test('any recipe comes back out of its packet', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(JSON.parse(recipeIn(packetOf(json)) ?? '')).toEqual(JSON.parse(json))
    }),
  )
})

test('a packet is XML with the recipe as text', () => {
  const packet = packetOf(RECIPE)
  expect(packet).toMatch(/^<\?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"\?>\n<x:xmpmeta /)
  expect(packet).toMatch(/<\/x:xmpmeta>\n<\?xpacket end="w"\?>$/)
  expect(packet).not.toContain('<Tusche>')
  expect(packet).not.toMatch(/&(?!amp;|lt;|gt;|quot;)/)
})

test('it is found after others have written the packet anew', () => {
  const namespace = /xmlns:impasto="([^"]+)"/.exec(packetOf('{}'))![1]
  const shown = (description: string): string =>
    `<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 9.1"><rdf:RDF>${description}</rdf:RDF></x:xmpmeta>`
  for (const description of [
    `<rdf:Description rdf:about='' xmlns:ns1='${namespace}' ns1:recipe='{"a":"&#xE4;&#38;&apos;"}'/>`,
    `<rdf:Description rdf:about="" xmlns:dc="x" xmlns:ns1="${namespace}"\n dc:b="1"\n ns1:recipe="{&quot;a&quot;:&quot;ä&amp;'&quot;}"/>`,
    `<rdf:Description xmlns:ns1="${namespace}"><ns1:recipe xml:lang="x">{"a":"ä&amp;'"}</ns1:recipe></rdf:Description>`,
  ]) {
    expect(recipeIn(shown(description))).toBe(`{"a":"ä&'"}`)
  }
})

test('there is none in other metadata, nor in what is no XMP', () => {
  for (const text of [
    '',
    '{"recipe": 1}',
    '<x:xmpmeta><rdf:Description xmlns:impasto="elsewhere" impasto:recipe="{}"/></x:xmpmeta>',
    packetOf('{}').replace('impasto:recipe', 'impasto:other'),
    packetOf('{}').replace(/<\/impasto.*/s, ''),
  ]) {
    expect(recipeIn(text)).toBeUndefined()
  }
})

test('a prefix means what the innermost element says', () => {
  const ours = /xmlns:impasto="([^"]+)"/.exec(packetOf('{}'))![1]
  const packet =
    `<RDF xmlns:a="${ours}" xmlns:__proto__="b"><a:recipe>1</a:recipe><c xmlns:a="other">` +
    `<a:recipe>2</a:recipe><d xmlns:a="${ours}"/><a:recipe>3</a:recipe></c></RDF>`
  expect(recipeIn(packet)).toBe('1')
  expect(recipeIn(packet.replace('</c>', '</c><a:recipe>4</a:recipe>'))).toBe('4')
})

test('a packet made to take long is read like another', () => {
  const ours = /xmlns:impasto="([^"]+)"/.exec(packetOf('{}'))![1]
  const declared = Array.from({ length: 20_000 }, (_, i) => ` xmlns:p${i}="u"`).join('')
  const nested = 20_000
  for (const packet of [
    `<RDF${declared}>${'<a xmlns:b="c"></a>'.repeat(nested)}</RDF>`,
    `<RDF xmlns:a="${ours}">${'<a:recipe>'.repeat(nested)}${'</a:recipe>'.repeat(nested)}</RDF>`,
  ]) {
    // With a copy of the namespaces for each element it took minutes: past the time of any test.
    expect(() => recipeIn(packet)).not.toThrow()
  }
})
