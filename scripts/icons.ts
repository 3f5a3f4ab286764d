/**
 * Draws the plug-in's icons into icons/: `node --import tsx scripts/icons.ts`. A palette knife's
 * three strokes; light ones for dark themes and dark ones for light themes.
 */
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const folder = fileURLToPath(new URL('../icons/', import.meta.url))

const STROKES = [
  'M3 7.5 C7 3.5 12 9 20.5 4.5',
  'M3 13 C8 8.5 14 15.5 21 10.5',
  'M3.5 19 C8 14.5 12.5 21 19 16.5',
]

const strokes = (colours: readonly string[]): string =>
  STROKES.map(
    (path, i) =>
      `<path d="${path}" fill="none" stroke="${colours[i]}" stroke-width="3.4" stroke-linecap="round"/>`,
  ).join('')

const svg = (content: string): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${content}</svg>`)

const plain = (colour: string): Buffer => svg(strokes([colour, colour, colour]))
const coloured = svg(
  `<rect width="24" height="24" rx="5" fill="#1d2433"/>${strokes(['#f2b84b', '#3fb6b2', '#e8eef7'])}`,
)

/** By name: what is drawn, and its edge at scale 1, px. */
const ICONS: readonly (readonly [string, Buffer, number])[] = [
  ['panel-light', plain('#d6d6d6'), 23],
  ['panel-dark', plain('#464646'), 23],
  ['plugin-light', plain('#d6d6d6'), 24],
  ['plugin-dark', plain('#464646'), 24],
  ['marketplace', coloured, 48],
]

await mkdir(folder, { recursive: true })
for (const [name, drawing, edge] of ICONS) {
  for (const scale of [1, 2]) {
    await sharp(drawing, { density: 600 })
      .resize(edge * scale, edge * scale)
      .png()
      .toFile(`${folder}${name}@${scale}x.png`)
  }
}
