/**
 * The demo: a document made of a sample photograph, painted in a built-in style. Writes everything
 * to out/ and says where.
 */
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createPsd, openContent, writeRaster } from '../src/cli/files/index.ts'
import { stylizeCommand } from '../src/cli/stylize-command.ts'
import { resize } from '../src/engine/picture/image.ts'
import { fitLongEdge } from '../src/engine/picture/pyramid.ts'

const root = new URL('../', import.meta.url)
const at = (path: string): string => fileURLToPath(new URL(path, root))
/** Long edge of the document and of the painting in it, px. */
const SIZE = 512
/** Steps at 128, 256 and 512 px: fewer than the preset's, so that the demo takes about a minute. */
const ITERATIONS = [60, 50, 12]

await mkdir(at('out'), { recursive: true })
const { image } = await openContent(at('samples/mountains.jpg'))
const { width, height } = fitLongEdge(image, SIZE)
const photograph = resize(image, width, height)
await createPsd(photograph, 'Photograph', at('out/mountains.psd'))

await stylizeCommand({
  content: at('out/mountains.psd'),
  styles: [at('styles/oil.jpg')],
  out: at('out/mountains-oil.psd'),
  preset: 'default',
  device: 'cpu',
  report: at('out/report.json'),
  plot: at('out/losses.svg'),
  quiet: false,
  options: { size: SIZE, iterations: ITERATIONS },
})
const painted = await openContent(at('out/mountains-oil.psd'))
await writeRaster(painted.image, at('out/mountains-oil.png'))
process.stdout.write(
  [
    'The demo is done:',
    `  ${at('out/mountains-oil.psd')}  the document: the photograph, and the painting as a layer above it`,
    `  ${at('out/mountains-oil.png')}  the painting alone`,
    `  ${at('out/report.json')}  settings, losses, times`,
    `  ${at('out/losses.svg')}  loss curves`,
    '',
  ].join('\n'),
)
