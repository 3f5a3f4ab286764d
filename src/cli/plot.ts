/** The loss curves as an SVG picture. */
import { basename } from 'node:path'
import { scaleLinear, scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import type { Report } from './report.ts'

const WIDTH = 800
const HEIGHT = 460
const MARGIN = { top: 48, right: 150, bottom: 48, left: 70 }
const TOTAL_COLOUR = '#1b1b1f'
const COLOURS = [
  '#d1495b',
  '#edae49',
  '#66a182',
  '#2e86ab',
  '#8d5b99',
  '#c97b3d',
  '#5c6b73',
  '#3c6e71',
]

/** Every term and the total against evaluations, on a logarithmic axis; scales are marked. */
export function plotSvg({ evaluations, styles, preset, width, height, device }: Report): string {
  const right = WIDTH - MARGIN.right
  const bottom = HEIGHT - MARGIN.bottom
  const names = Object.keys(evaluations[0]?.terms ?? {})
  const curves = [
    { name: 'total', colour: TOTAL_COLOUR, values: evaluations.map(({ total }) => total) },
    ...names.map((name, i) => ({
      name,
      colour: COLOURS[i % COLOURS.length]!,
      values: evaluations.map(({ terms }) => terms[name]!),
    })),
  ]
  const positive = curves.flatMap(({ values }) => values.filter((value) => value > 0))
  const top = positive.reduce((a, b) => Math.max(a, b), 1e-6)
  // Terms of no weight would stretch the axis to where nothing can be read.
  const low = Math.max(
    positive.reduce((a, b) => Math.min(a, b), top),
    top * 1e-6,
  )
  const x = scaleLinear()
    .domain([1, Math.max(2, evaluations.length)])
    .range([MARGIN.left, right])
  const y = scaleLog().domain([low, top]).nice().range([bottom, MARGIN.top])
  const path = line<number>()
    .defined((value) => value >= low)
    .x((_, i) => x(i + 1))
    .y((value) => y(value))

  const text = (tx: number, ty: number, content: string, extra = ''): string =>
    `<text x="${tx.toFixed(1)}" y="${ty.toFixed(1)}" ${extra}>${escapeXml(content)}</text>`
  const xTicks = x.ticks(8).filter(Number.isInteger)
  const yTicks = y
    .ticks()
    .filter((value) =>
      [1, 2, 5].includes(Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9))),
    )
  const starts = evaluations.flatMap(({ scale }, i) =>
    i === 0 || evaluations[i - 1]!.scale !== scale ? [{ scale, at: x(i + 1) }] : [],
  )

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#333">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(
      MARGIN.left,
      22,
      `Loss by evaluation: ${styles.map(({ file }) => basename(file)).join(', ')}, preset ${preset}, ${width}×${height} px, ${device.name}`,
      'font-size="13" font-weight="600"',
    ),
    ...yTicks.map(
      (tick) =>
        `<line x1="${MARGIN.left}" x2="${right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}" stroke="#e5e5e5"/>${text(MARGIN.left - 8, y(tick) + 4, String(Number(tick.toPrecision(1))), 'text-anchor="end"')}`,
    ),
    ...xTicks.map((tick) => text(x(tick), bottom + 18, String(tick), 'text-anchor="middle"')),
    ...starts.map(
      ({ scale, at }) =>
        `<line x1="${at.toFixed(1)}" x2="${at.toFixed(1)}" y1="${MARGIN.top}" y2="${bottom}" stroke="#bbb" stroke-dasharray="3 3"/>${text(at + 3, MARGIN.top - 6, `${scale} px`, 'fill="#777" font-size="11"')}`,
    ),
    `<line x1="${MARGIN.left}" x2="${right}" y1="${bottom}" y2="${bottom}" stroke="#888"/>`,
    text((MARGIN.left + right) / 2, HEIGHT - 10, 'evaluation', 'text-anchor="middle"'),
    ...curves.flatMap(({ name, colour, values }, i) => [
      `<path d="${path(values) ?? ''}" fill="none" stroke="${colour}" stroke-width="${name === 'total' ? 2.5 : 1.5}"/>`,
      `<rect x="${right + 14}" y="${MARGIN.top + i * 20 - 4}" width="14" height="4" fill="${colour}"/>`,
      text(right + 34, MARGIN.top + i * 20 + 2, name),
    ]),
    '</svg>',
    '',
  ].join('\n')
}

const escapeXml = (content: string): string =>
  content.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)
