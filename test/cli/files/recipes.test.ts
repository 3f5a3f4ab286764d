import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPsd } from 'ag-psd'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { openContent } from '../../../src/cli/files/index.ts'
import { readRecipes } from '../../../src/cli/files/recipes.ts'
import { readProperty, withProperty } from '../../../src/engine/output/xmp.ts'
import { temporaryFolder } from '../run-cli.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const FIRST = '{"first":"<é> & 한"}'
const SECOND = '{"second":2}'
const OTHERS =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
  '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6">' +
  '<dc:source>a camera</dc:source></rdf:Description></rdf:RDF></x:xmpmeta>'

async function photo(name: string, xmp?: string): Promise<string> {
  const picture = sharp('samples/dogs.jpg').resize(40, 32, { fit: 'fill' })
  await (xmp === undefined ? picture : picture.withXmp(xmp)).toFile(at(name))
  return at(name)
}

const xmpOf = async (path: string): Promise<string> =>
  (await sharp(path).metadata()).xmpAsString ?? ''

const agPsd = (path: string) =>
  readPsd(readFileSync(path), { skipLayerImageData: true, skipCompositeImageData: true })

describe('the recipe of a picture', () => {
  it.each(['png', 'jpg', 'tif', 'webp'])(
    'is stored in a .%s beside what its XMP said',
    async (ending) => {
      const content = await openContent(await photo(`others.${ending}`, OTHERS))
      const out = at(`result.${ending}`)
      const notes = await content.save(content.image, out, { layerName: '', recipe: FIRST })
      expect(notes).toEqual([])
      expect(await readRecipes(out)).toEqual([{ json: FIRST }])
      const xmp = await xmpOf(out)
      expect(xmp).toContain('<dc:source>a camera</dc:source>')
      // The result stands upright, whatever the content's camera did.
      expect(xmp).toContain('tiff:Orientation="1"')

      const again = await openContent(out)
      await again.save(again.image, out, { layerName: '', recipe: SECOND })
      expect(await readRecipes(out)).toEqual([{ json: SECOND }])
    },
  )

  it('is not put into damaged XMP, which stays, and that is said', async () => {
    const content = await openContent(await photo('damaged.png', OTHERS.slice(0, 200)))
    const notes = await content.save(content.image, at('result.png'), {
      layerName: '',
      recipe: FIRST,
    })
    expect(notes).toEqual([expect.stringMatching(/XMP of the content is damaged/)])
    expect(await xmpOf(at('result.png'))).toBe(OTHERS.slice(0, 200))
    expect(await readRecipes(at('result.png'))).toEqual([])
  })

  it('goes before other XMP where a JPEG cannot hold both', async () => {
    const long = OTHERS.replace('a camera', 'x'.repeat(59_500))
    const content = await openContent(await photo('long.png', long))
    const save = (recipe: string) =>
      content.save(content.image, at('result.jpg'), { layerName: '', recipe })
    expect(await save(FIRST)).toEqual([
      expect.stringMatching(/too long for a JPEG and is left out/),
    ])
    expect(await readRecipes(at('result.jpg'))).toEqual([{ json: FIRST }])
    const huge = JSON.stringify('y'.repeat(61_000))
    expect(await save(huge)).toEqual([expect.stringMatching(/settings are too long for a JPEG/)])
  })
})

describe('the recipes of a document', () => {
  it('are kept one a layer: with the layer, and in XMP that others read', async () => {
    const document = at('document.psd')
    const content = await openContent(await photo('photo.png', OTHERS))
    await content.save(content.image, document, { layerName: 'First', recipe: FIRST })
    const again = await openContent(document, { layer: 'Background' })
    await again.save(again.image, document, { layerName: 'Second', recipe: SECOND })

    expect(await readRecipes(document)).toEqual([
      { layer: 'First', json: FIRST },
      { layer: 'Second', json: SECOND },
    ])
    const read = agPsd(document)
    expect(read.children?.map(({ name }) => name)).toEqual(['Background', 'Second', 'First'])
    const xmp = read.imageResources?.xmpMetadata ?? ''
    expect(xmp).toContain('<dc:source>a camera</dc:source>')
    const [background, second, first] = read.children!.map(({ id }) => id)
    expect(background).not.toBe(second)
    expect(JSON.parse(readProperty(xmp, 'layerRecipes')!)).toEqual({
      [first!]: JSON.parse(FIRST),
      [second!]: JSON.parse(SECOND),
    })
  })

  it('are found in the list where a program lost those of the layers', async () => {
    const content = await openContent(await photo('plain.png'))
    const document = at('lost.psd')
    await content.save(content.image, document, { layerName: 'Painted', recipe: FIRST })
    const bytes = readFileSync(document)
    bytes.write('none', bytes.indexOf('8BIMshmd') + 4, 'latin1')
    writeFileSync(document, bytes)
    expect(await readRecipes(document)).toEqual([{ layer: 'Painted', json: FIRST }])
  })

  it('stay with the layer alone where the document has damaged XMP', async () => {
    const content = await openContent(await photo('broken.png', '<x:xmpmeta><'))
    const document = at('broken.psd')
    const notes = await content.save(content.image, document, {
      layerName: 'Painted',
      recipe: FIRST,
    })
    expect(notes).toEqual([expect.stringMatching(/stored with the layer alone/)])
    expect(await readRecipes(document)).toEqual([{ layer: 'Painted', json: FIRST }])
  })

  it('go with a layer that is written alone as a picture, without those of the others', async () => {
    const content = await openContent(await photo('one.png'))
    const document = at('two.psd')
    await content.save(content.image, document, { layerName: 'First', recipe: FIRST })
    const layer = await openContent(document, { layer: 'First' })
    await layer.save(layer.image, at('layer.png'), { layerName: '', recipe: SECOND })
    expect(await readRecipes(at('layer.png'))).toEqual([{ json: SECOND }])
    expect(readProperty(await xmpOf(at('layer.png')), 'layerRecipes')).toBeUndefined()
  })
})

it('a picture of no recipe has none, and its XMP nothing of ours', async () => {
  expect(await readRecipes(await photo('bare.png'))).toEqual([])
  expect(await readRecipes('test/fixtures/psd/layered.psd')).toEqual([])
  expect(withProperty(OTHERS, 'recipe', undefined)).toBe(OTHERS)
})
