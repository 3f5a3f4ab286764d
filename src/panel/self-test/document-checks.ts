/** What Photoshop does with pixels, masks, history and metadata, on documents of the test's own. */

import { activeDocument } from '../document/active-layer.ts'
import { findDocument } from '../document/layer-tree.ts'
import type { Photoshop, PsDocument, PsImageData, PsLayer } from '../document/photoshop-types.ts'
import { storeRecipe } from '../document/recipe.ts'
import { disposing, inModalScope } from '../document/scope.ts'
import type { Bounds } from '../document.ts'
import { type Group, outcomeOf, type Tell } from './check.ts'

const NAME = 'Impasto self-test'
const SIZE = 16
/** The part of the documents that has pixels; the rest is empty. */
const PLACE = { left: 4, top: 3, right: 12, bottom: 9 }
const WIDTH = PLACE.right - PLACE.left
const HEIGHT = PLACE.bottom - PLACE.top
/** 0 … 1, half transparent. */
const COLOUR = [0.8, 0.4, 0.2, 0.5]
/** Coverage with a block of zeros, which were seen to turn white. */
const MASK = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i % WIDTH < 4 ? 0 : 200))

const EVENTS = ['make', 'set', 'select', 'close', 'open', 'delete', 'historyStateChanged']

export function makeDocumentChecks(photoshop: Photoshop): Group {
  return {
    ids: [
      'getPixelsOutside',
      'depth8',
      'depth16',
      'narrowing',
      'trimming',
      'alpha',
      'maskMade',
      'maskKept',
      'maskBounds',
      'history',
      'metadata',
      'events',
    ],
    async run(tell) {
      const heard = new Set<string>()
      const listen = (event: string): void => void heard.add(event)
      await photoshop.action.addNotificationListener(EVENTS, listen)
      const made: PsDocument[] = []
      const active = activeDocument(photoshop)
      try {
        // Only in a scope that leaves room for the user are listeners told of what is done.
        await photoshop.core.executeAsModal(
          async () => {
            for (const depth of [8, 16] as const) {
              const document = await makeDocument(photoshop, depth)
              made.push(document)
              await paint(photoshop, document, depth)
            }
          },
          { commandName: NAME, interactive: true },
        )
        const [eight, sixteen] = made as [PsDocument, PsDocument]
        await readOutside(photoshop, eight, tell)
        await inModalScope(photoshop, NAME, async (scope) => {
          await readWithin(photoshop, eight, sixteen, tell)
          await writeMask(photoshop, eight, tell)
          await writeMetadata(photoshop, eight, tell)
          const before = eight.historyStates.length
          const { hostControl } = scope.context
          const suspension = await hostControl.suspendHistory({ documentID: eight.id, name: NAME })
          await eight.createPixelLayer({ name: 'a' })
          await eight.createPixelLayer({ name: 'b' })
          await hostControl.resumeHistory(suspension, true)
          const states = eight.historyStates.length - before
          tell('history', `${states} state(s) of two changes`, states === 1)
        })
      } finally {
        if (made.length > 0) {
          await inModalScope(photoshop, NAME, async () => {
            // Any of them may have been closed by the user.
            for (const { id } of made) findDocument(photoshop, id)?.closeWithoutSaving()
            const before = active && findDocument(photoshop, active.id)
            if (before) photoshop.app.activeDocument = before
          })
        }
        // Told later than what they are of.
        await new Promise((resolve) => setTimeout(resolve, 300))
        await photoshop.action.removeNotificationListener(EVENTS, listen)
        tell('events', [...heard].join(', ') || 'none', heard.size > 0)
      }
    },
  }
}

async function makeDocument(photoshop: Photoshop, depth: 8 | 16): Promise<PsDocument> {
  const { app, constants } = photoshop
  const document = await app.createDocument({
    name: NAME,
    width: SIZE,
    height: SIZE,
    resolution: 72,
    depth,
    mode: constants.NewDocumentMode.RGB,
    fill: constants.DocumentFill.TRANSPARENT,
  })
  if (!document) throw new Error('createDocument made none')
  return document
}

async function paint({ imaging }: Photoshop, document: PsDocument, depth: 8 | 16): Promise<void> {
  const most = depth === 8 ? 255 : 32768
  const samples =
    depth === 8 ? new Uint8Array(WIDTH * HEIGHT * 4) : new Uint16Array(WIDTH * HEIGHT * 4)
  for (let i = 0; i < samples.length; i++) samples[i] = Math.round(COLOUR[i % 4]! * most)
  const imageData = await imaging.createImageDataFromBuffer(samples, {
    width: WIDTH,
    height: HEIGHT,
    components: 4,
    colorSpace: 'RGB',
    colorProfile: document.colorProfileName,
  })
  const target = { documentID: document.id, layerID: layerOf(document).id, targetBounds: PLACE }
  await disposing(imageData, () => imaging.putPixels({ ...target, imageData }))
}

const layerOf = (document: PsDocument): PsLayer => document.layers[document.layers.length - 1]!

interface Read {
  readonly bounds: string
  readonly bits: number
  readonly components: number
  readonly data: ArrayLike<number>
}

async function read(
  { imaging }: Photoshop,
  document: PsDocument,
  componentSize: 8 | 16,
): Promise<Read> {
  const { imageData, sourceBounds } = await imaging.getPixels({
    documentID: document.id,
    layerID: layerOf(document).id,
    colorSpace: 'RGB',
    colorProfile: document.colorProfileName,
    componentSize,
  })
  return disposing(imageData, async (pixels: PsImageData) => ({
    bounds: boundsText(sourceBounds),
    bits: pixels.componentSize,
    components: pixels.components,
    data: await pixels.getData({ chunky: true, fullRange: false }),
  }))
}

const boundsText = ({ left, top, right, bottom }: Bounds): string =>
  [left, top, right, bottom].join(' ')

async function readOutside(photoshop: Photoshop, document: PsDocument, tell: Tell): Promise<void> {
  const { works, text } = await outcomeOf(
    async () => `${(await read(photoshop, document, 8)).bits} bit`,
  )
  tell('getPixelsOutside', text, !works)
}

async function readWithin(
  photoshop: Photoshop,
  eight: PsDocument,
  sixteen: PsDocument,
  tell: Tell,
): Promise<void> {
  const of8 = await read(photoshop, eight, 8)
  const of16 = await read(photoshop, sixteen, 16)
  const isRgba = ({ bits, components }: Read, wanted: number): boolean =>
    bits === wanted && components === 4
  const shown = ({ bits, components, data }: Read): string =>
    `${bits} bit, ${components} components, first pixel ${Array.from(data).slice(0, components).join(' ')}`
  tell('depth8', shown(of8), isRgba(of8, 8))
  const red = Number(of16.data[0])
  tell('depth16', shown(of16), isRgba(of16, 16) && Math.abs(red - 0.8 * 32768) < 700)
  const wanted = boundsText(PLACE)
  tell('trimming', `${of8.bounds} of ${SIZE} px`, of8.bounds === wanted)
  const ratio = Number(of8.data[0]) / 255 / COLOUR[0]!
  const isStraight = Math.abs(ratio - 1) < 0.05
  const form = isStraight
    ? 'straight'
    : Math.abs(ratio - COLOUR[3]!) < 0.05
      ? 'premultiplied'
      : 'neither'
  tell('alpha', form, isStraight)
  const narrow = await outcomeOf(async () => `${(await read(photoshop, sixteen, 8)).bits} bit`)
  tell('narrowing', narrow.text, !narrow.works)
}

async function writeMask(photoshop: Photoshop, document: PsDocument, tell: Tell): Promise<void> {
  const { imaging } = photoshop
  const target = { documentID: document.id, layerID: layerOf(document).id }
  const written = await outcomeOf(async () => {
    const imageData = await imaging.createImageDataFromBuffer(MASK, {
      width: WIDTH,
      height: HEIGHT,
      components: 1,
      colorSpace: 'Grayscale',
      colorProfile: 'Gray Gamma 2.2',
    })
    await disposing(imageData, () =>
      imaging.putLayerMask({ ...target, targetBounds: PLACE, kind: 'user', imageData }),
    )
    return 'the mask is made'
  })
  tell('maskMade', written.text, written.works)
  if (!written.works) return
  const { imageData, sourceBounds } = await imaging.getLayerMask({
    ...target,
    kind: 'user',
    sourceBounds: PLACE,
  })
  await disposing(imageData, async () => {
    const data = await imageData.getData({ chunky: true, fullRange: false })
    const isWhole = imageData.width === WIDTH && imageData.height === HEIGHT
    const wrong = isWhole ? MASK.filter((value, i) => Math.abs(value - data[i]!) > 2).length : -1
    const told = isWhole
      ? `${wrong} of ${MASK.length} samples differ`
      : `${boundsText(sourceBounds)} of ${boundsText(PLACE)}`
    tell('maskKept', told, wrong === 0)
  })
  const all = await imaging.getLayerMask({ ...target, kind: 'user' })
  await disposing(all.imageData, async () => {
    const bounds = boundsText(all.sourceBounds)
    tell('maskBounds', bounds, bounds === boundsText(PLACE))
  })
}

async function writeMetadata(
  photoshop: Photoshop,
  document: PsDocument,
  tell: Tell,
): Promise<void> {
  const { works, text } = await outcomeOf(async () => {
    await storeRecipe(photoshop, document, layerOf(document), '{"한":"é"}')
    return 'kept'
  })
  tell('metadata', text, works)
}
