/** The content/style pairs on which schedules are compared. */
import { mkdir } from 'node:fs/promises'
import { openContent, readStyle, writeRaster } from '../src/cli/files/index.ts'
import { type PlanarImage, resize } from '../src/engine/picture/image.ts'
import { fitLongEdge } from '../src/engine/picture/pyramid.ts'
import { cut } from '../src/webview/thin.ts'

export interface Pair {
  readonly name: string
  readonly content: string
  readonly style: string
  /** Long edge of the picture and of the style image, px. */
  readonly size: number
}

export const PAIRS: readonly Pair[] = [
  {
    name: 'mountains-oil',
    content: 'samples/mountains.jpg',
    style: 'styles/oil.jpg',
    size: 1024,
  },
  {
    name: 'dogs-watercolour',
    content: 'samples/dogs.jpg',
    style: 'styles/watercolour.jpg',
    size: 1024,
  },
  {
    name: 'stream-woodblock',
    content: 'samples/stream.jpg',
    style: 'styles/woodblock.jpg',
    size: 1024,
  },
]

/** What PyTorch minimises and pictures are judged by; for the rest the default objective. */
export const OBJECTIVE = { styleLoss: 'gram', tvWeight: 60 } as const

/** The photograph is cut to this many times as long as wide, which lowers what evaluations cost. */
const ASPECT = 2

export interface PairImages {
  readonly contentFile: string
  readonly styleFile: string
  readonly content: PlanarImage
  readonly style: PlanarImage
}

/** Both images of a pair as every program reads them, written as PNG and read back. */
export async function preparePair(pair: Pair, folder: string): Promise<PairImages> {
  await mkdir(folder, { recursive: true })
  const contentFile = `${folder}/${pair.name}-content.png`
  const styleFile = `${folder}/${pair.name}-style.png`
  const { image: photograph } = await openContent(pair.content)
  const { image: style } = await openContent(pair.style)
  const cut = centre(photograph)
  const { width, height } = fitLongEdge(cut, pair.size)
  await writeRaster(resize(cut, width, height), contentFile)
  const styleSize = fitLongEdge(style, pair.size)
  await writeRaster(resize(style, styleSize.width, styleSize.height), styleFile)
  return {
    contentFile,
    styleFile,
    content: (await openContent(contentFile)).image,
    style: await readStyle(styleFile),
  }
}

/** The middle of an image, its long edge `ASPECT` times its short one. */
function centre(image: PlanarImage): PlanarImage {
  const isWide = image.width >= image.height
  const width = isWide ? image.width : Math.floor(image.height / ASPECT)
  const height = isWide ? Math.floor(image.width / ASPECT) : image.height
  const left = Math.floor((image.width - width) / 2)
  const top = Math.floor((image.height - height) / 2)
  return cut(image, { left, top, width, height })
}
