import { afterEach, describe, expect, it, vi } from 'vitest'
import { resolveOptions } from '../../../src/engine/options.ts'
import { type Recipe, readRecipe, writeRecipe } from '../../../src/engine/output/recipe.ts'
import { packetOf, readProperty, recipeIn, withProperty } from '../../../src/engine/output/xmp.ts'

const hash = (digit: string): string => digit.repeat(64)

const RECIPE: Recipe = {
  version: 1,
  impasto: '0.1.0',
  preset: 'bold',
  settings: resolveOptions({ styleScale: 1.4, iterations: [3, 2], colors: 'content-match' }),
  model: { name: 'vgg16', sha256: hash('a') },
  content: { name: 'Ebene "1" <한글>', sha256: hash('b'), document: 'a&b.psd' },
  styles: [
    { name: 'ink.jpg', sha256: hash('c'), weight: 1, scale: 1, rotation: 0 },
    {
      name: 'oil.jpg',
      sha256: hash('d'),
      weight: 0.25,
      scale: 0.5,
      rotation: -90,
      mask: { name: 'sky.png', sha256: hash('e') },
    },
  ],
  strength: { name: 'faces.png', sha256: hash('f') },
  init: { name: 'first.png', sha256: hash('0') },
  device: 'cpu',
  isStopped: true,
  continueAt: 256,
}

/** The recipe with one place changed. */
function changed(path: string, value: unknown): string {
  const copy = structuredClone(RECIPE) as unknown as Record<string, unknown>
  const keys = path.split('.')
  const last = keys.pop()!
  const parent = keys.reduce((at, key) => at[key] as Record<string, unknown>, copy)
  parent[last] = value
  return JSON.stringify(copy)
}

describe('a recipe', () => {
  it('comes back as it was written, through JSON and XMP', () => {
    expect(readRecipe(writeRecipe(RECIPE))).toEqual(RECIPE)
    expect(readRecipe(recipeIn(packetOf(writeRecipe(RECIPE)))!)).toEqual(RECIPE)
    const { strength: _, init: __, isStopped: ___, continueAt: ____, ...plain } = RECIPE
    expect(readRecipe(writeRecipe(plain))).toEqual(plain)
  })

  it('paints as it did before settings that came later', () => {
    const { colorsOnly: _, shiftShare: __, convolutions: ___, ...earlier } = RECIPE.settings
    const { colorsOnly, shiftShare, convolutions } = readRecipe(
      changed('settings', earlier),
    ).settings
    expect({ colorsOnly, shiftShare, convolutions }).toEqual({
      colorsOnly: false,
      shiftShare: 0,
      convolutions: 'direct',
    })
  })

  it.each<[what: string, text: string, says: RegExp]>([
    ['no JSON', '{', /^recipe: is not JSON/],
    ['a list', '[]', /expected an object, got 0 entries/],
    ['no version', changed('version', undefined), /version: expected a whole number.*nothing/],
    [
      'a newer version',
      changed('version', 2),
      /is of version 2, written by Impasto 0\.1\.0; this one reads up to version 1: update it/,
    ],
    ['a setting of a later Impasto', changed('settings.glaze', 1), /no "glaze".*Impasto 0\.1\.0/],
    ['a setting out of range', changed('settings.size', -1), /settings: --size: expected a whole/],
    ['no settings', changed('settings', null), /settings: expected an object, got null/],
    ['no style', changed('styles', []), /styles: expected 1 to 8, got 0 entries/],
    ['nine styles', changed('styles', Array(9).fill(RECIPE.styles[0])), /got 9 entries/],
    ['a style that is none', changed('styles.1', 'ink'), /styles\[1\]: expected an object/],
    ['a weight below 0', changed('styles.0.weight', -1), /styles\[0\]\.weight: expected a number/],
    ['a weight that no panel takes', changed('styles.0.weight', 1e7), /from 0 to 1000000/],
    ['a turn of many', changed('styles.0.rotation', 1e9), /rotation: .* from -360 to 360/],
    ['a scale of 0', changed('styles.0.scale', 0), /scale: expected a number from 0\.05 to 20/],
    ['a rotation in words', changed('styles.0.rotation', 'left'), /rotation: .* got "left"/],
    ['half a hash', changed('model.sha256', 'ab'), /model\.sha256: expected 64 hex.*"ab"/],
    ['a mask without hash', changed('styles.1.mask.sha256', 1), /mask\.sha256: expected 64/],
    ['no name', changed('content.name', ''), /content\.name: expected 1 to 500 characters/],
    ['a document that is none', changed('content.document', 7), /content\.document: expected/],
    ['a strength that is none', changed('strength', 'all'), /strength: expected an object/],
    ['stopped, perhaps', changed('isStopped', 'yes'), /isStopped: expected true or false/],
    ['a scale to go on at of nothing', changed('continueAt', 0), /continueAt: expected a number/],
    ['half a pixel', changed('continueAt', 64.5), /continueAt: expected a whole number, got 64/],
    ['too much', changed('preset', 'x'.repeat(300_000)), /has \d+ bytes, at most 262144/],
  ])('of %s is refused with a message', (_, text, says) => {
    expect(() => readRecipe(text)).toThrow(says)
  })

  it('too large to be stored is refused', () => {
    const device = '한'.repeat(100_000)
    expect(() => writeRecipe({ ...RECIPE, device })).toThrow(/has 3\d+ bytes, at most 262144/)
  })
})

describe('a packet of another program', () => {
  const OTHERS =
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/png">' +
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Två &amp; tre</rdf:li></rdf:Alt></dc:title>' +
    '<!-- <unclosed> --><dc:source/></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'

  it('keeps all that it says, and says ours once', () => {
    const first = withProperty(OTHERS, 'recipe', 'one')!
    const second = withProperty(first, 'recipe', 'two')!
    const both = withProperty(second, 'layerRecipes', '{"1":{}}')!
    expect(recipeIn(both)).toBe('two')
    expect(readProperty(both, 'layerRecipes')).toBe('{"1":{}}')
    expect(both).not.toContain('one')
    expect(both.split('<rdf:Description xmlns:rdf')[0]).toBe(
      OTHERS.slice(0, OTHERS.indexOf('</rdf:RDF>')),
    )
    expect(recipeIn(withProperty(both, 'recipe', undefined)!)).toBeUndefined()
  })

  it('has ours taken out of an attribute, which it may have become', () => {
    const namespace = /xmlns:impasto="([^"]+)"/.exec(packetOf('{}'))![1]
    const compact = OTHERS.replace(
      'dc:format',
      `xmlns:ns1="${namespace}" ns1:recipe="old" dc:format`,
    )
    expect(recipeIn(compact)).toBe('old')
    const renewed = withProperty(compact, 'recipe', 'new')!
    expect(recipeIn(renewed)).toBe('new')
    expect(renewed).not.toContain('old')
    expect(renewed).toContain('dc:format="image/png"')
  })

  it.each([
    ['not nested', OTHERS.replace('</dc:title>', '')],
    ['without RDF', '<x:xmpmeta xmlns:x="adobe:ns:meta/"></x:xmpmeta>'],
    ['with a document type', `<!DOCTYPE a [<!ENTITY b "c">]>${OTHERS}`],
    ['cut short', OTHERS.slice(0, 300)],
    ['empty', ''],
  ])('is left alone where it is %s', (_, packet) => {
    expect(withProperty(packet, 'recipe', 'ours')).toBeUndefined()
    expect(recipeIn(packet)).toBeUndefined()
  })
})

describe('in a panel, which has no TextEncoder', () => {
  afterEach(() => void vi.unstubAllGlobals())
  const on = (device: string): Recipe => ({ ...RECIPE, device })

  it('a long recipe is written, and one that is too long refused with its bytes in UTF-8', () => {
    const long = on('x'.repeat(100_000))
    const tooLong = on('한é𝄞a'.repeat(40_000))
    const bytes = new TextEncoder().encode(JSON.stringify(tooLong)).length
    vi.stubGlobal('TextEncoder', undefined)
    expect(() => writeRecipe(long)).not.toThrow()
    expect(() => writeRecipe(tooLong)).toThrow(`has ${bytes} bytes`)
  })
})
