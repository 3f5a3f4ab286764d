/**
 * `npm run features [-- name …]`: paints what the features do, each beside the plain result, to
 * docs/features/<name>.jpg.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { contactSheet, type SheetCell } from '../../src/cli/contact-sheet.ts'
import { openContent, readStyle } from '../../src/cli/files/index.ts'
import { loadModel } from '../../src/cli/models/store.ts'
import { type Mask, type PlanarImage, resize, resizeMask } from '../../src/engine/picture/image.ts'
import { fitLongEdge } from '../../src/engine/picture/pyramid.ts'
import { PRESETS } from '../../src/engine/presets.ts'
import { createNodeRuntime } from '../../src/engine/runtime/ort-node.ts'
import { type StylizeContext, stylize } from '../../src/engine/stylize.ts'
import { cover } from '../sheets/cover.ts'
import { FEATURES, type Feature, type FeatureCell } from './features.ts'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
/** Long edge of the paintings, px. */
const SIZE = 384
/** Edge of the grey squares behind what is transparent, px. */
const SQUARE = 12

/** The pictures are to show much of the styles. */
const { options: motifs } = PRESETS.find(({ name }) => name === 'motifs')!

type Tools = Pick<StylizeContext, 'runtime' | 'model'>

const wanted = process.argv.slice(2)
const chosen = FEATURES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
await mkdir(at('docs/features'), { recursive: true })
const tools: Tools = {
  runtime: createNodeRuntime({ device: 'cpu' }),
  model: await loadModel('vgg16'),
}
for (const feature of chosen) {
  const path = at(`docs/features/${feature.name}.jpg`)
  await writeFile(path, await contactSheet(await cellsOf(feature, tools), feature.columns, path))
  process.stdout.write(`${path}\n`)
}
await tools.runtime.release()

async function cellsOf({ content: name, cells }: Feature, tools: Tools): Promise<SheetCell[]> {
  const { image } = await openContent(at(`samples/${name}.jpg`))
  const { width, height } = fitLongEdge(image, SIZE)
  const content = resize(image, width, height)
  const done: SheetCell[] = []
  let before: PlanarImage | undefined
  for (const cell of cells) {
    process.stdout.write(`${name}: ${cell.label}\n`)
    before = await show(cell, content, before, tools)
    done.push({ label: cell.label, image: onSquares(resize(before, width, height)) })
  }
  return done
}

async function show(
  cell: FeatureCell,
  content: PlanarImage,
  before: PlanarImage | undefined,
  tools: Tools,
): Promise<PlanarImage> {
  if ('mask' in cell) return grey(cell.mask, content)
  if ('show' in cell) {
    return cell.show === 'style'
      ? cover(await readStyle(at(`styles/${cell.style}.jpg`)), content)
      : withAlpha(content, cell.alpha)
  }
  const stop = new AbortController()
  const styles = await Promise.all(
    cell.styles.map(async ({ name, weight = 1, ...style }) => ({
      ...style,
      weight,
      image: await readStyle(at(`styles/${name}.jpg`)),
    })),
  )
  const { image } = await stylize(
    withAlpha(content, cell.alpha),
    styles,
    { ...motifs, size: SIZE, ...cell.options, ...(cell.isContinued && { init: 'image' }) },
    {
      ...tools,
      strength: cell.strength,
      initImage: cell.isContinued ? before : undefined,
      stop: stop.signal,
      onProgress({ evaluations }) {
        if (evaluations === cell.stopAfter) stop.abort()
      },
    },
  )
  return cell.isTiled ? twoByTwo(image) : image
}

function withAlpha(content: PlanarImage, alpha?: Mask): PlanarImage {
  const { width, height } = content
  return alpha ? { ...content, alpha: resizeMask(alpha, width, height).data } : content
}

function grey(mask: Mask, { width, height }: PlanarImage): PlanarImage {
  const { data } = resizeMask(mask, width, height)
  const planes = new Float32Array(3 * data.length)
  for (let c = 0; c < 3; c++) planes.set(data, c * data.length)
  return { width, height, data: planes }
}

/** The middle of the picture laid two by two, so that its edges meet in the centre. */
function twoByTwo({ width, height, data }: PlanarImage): PlanarImage {
  const shifted = new Float32Array(data.length)
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = ((y + (height >> 1)) % height) * width + ((x + (width >> 1)) % width)
        shifted[(c * height + y) * width + x] = data[c * width * height + from]!
      }
    }
  }
  return { width, height, data: shifted }
}

/** Transparent parts as editors show them. */
function onSquares(image: PlanarImage): PlanarImage {
  const { width, height, data, alpha } = image
  if (!alpha) return image
  const pixels = width * height
  const shown = data.map((value, i) => {
    const pixel = i % pixels
    const x = Math.floor((pixel % width) / SQUARE)
    const y = Math.floor(pixel / width / SQUARE)
    const square = (x + y) % 2 === 1 ? 0.8 : 0.95
    return square + (value - square) * alpha[pixel]!
  })
  return { width, height, data: shown }
}
