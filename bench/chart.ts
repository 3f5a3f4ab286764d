/** Lines over two axes as an SVG picture. */
import { scaleLinear, scaleLog } from 'd3-scale'
import { line } from 'd3-shape'

interface Axis {
  readonly label: string
  readonly isLog?: boolean
  /** Values above it are left out. */
  readonly max?: number
}

interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
  /** Drawn dashed, as what is predicted or stands for comparison. */
  readonly isDashed?: boolean
}

interface Chart {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

const WIDTH = 800
const HEIGHT = 460
const MARGIN = { top: 52, right: 200, bottom: 52, left: 76 }
const COLOURS = ['#1b1b1f', '#d1495b', '#2e86ab', '#66a182', '#edae49', '#8d5b99']
/** Points further apart than this many are told from one another. */
const MARKED_POINTS = 20

/** Values that an axis cannot show are left out. */
export function lineChart({ title, x: xAxis, y: yAxis, series }: Chart): string {
  const shown = series.map((one) => ({
    ...one,
    points: one.points.filter(([x, y]) => canShow(x, xAxis) && canShow(y, yAxis)),
  }))
  const all = shown.flatMap(({ points }) => points)
  const right = WIDTH - MARGIN.right
  const bottom = HEIGHT - MARGIN.bottom
  const x = scaleOf(
    all.map(([value]) => value),
    xAxis,
  ).range([MARGIN.left, right])
  const y = scaleOf(
    all.map(([, value]) => value),
    yAxis,
  )
    .nice()
    .range([bottom, MARGIN.top])
  const path = line<readonly [number, number]>()
    .x(([value]) => x(value))
    .y(([, value]) => y(value))
  const xValues = [...new Set(all.map(([value]) => value))]
  const xTicks = xValues.length <= 6 ? xValues : x.ticks(8).filter(isRound(xAxis))

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#333">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(MARGIN.left, 24, title, 'font-size="13" font-weight="600"'),
    ...y
      .ticks(6)
      .filter(isRound(yAxis))
      .map(
        (tick) =>
          `<line x1="${MARGIN.left}" x2="${right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}" stroke="#e5e5e5"/>${text(MARGIN.left - 8, y(tick) + 4, label(tick), 'text-anchor="end"')}`,
      ),
    ...xTicks.map((tick) => text(x(tick), bottom + 18, label(tick), 'text-anchor="middle"')),
    `<line x1="${MARGIN.left}" x2="${right}" y1="${bottom}" y2="${bottom}" stroke="#888"/>`,
    text((MARGIN.left + right) / 2, HEIGHT - 12, xAxis.label, 'text-anchor="middle"'),
    text(MARGIN.left, MARGIN.top - 10, yAxis.label, 'text-anchor="end"'),
    ...shown.flatMap(({ name, points, isDashed }, i) => {
      const colour = COLOURS[i % COLOURS.length]
      const dashes = isDashed ? ' stroke-dasharray="5 4"' : ''
      const legend = MARGIN.top + i * 20
      return [
        `<path d="${path(points) ?? ''}" fill="none" stroke="${colour}" stroke-width="2"${dashes}/>`,
        ...(points.length <= MARKED_POINTS ? points : []).map(
          ([px, py]) =>
            `<circle cx="${x(px).toFixed(1)}" cy="${y(py).toFixed(1)}" r="3" fill="${colour}"/>`,
        ),
        `<line x1="${right + 14}" x2="${right + 34}" y1="${legend}" y2="${legend}" stroke="${colour}" stroke-width="2"${dashes}/>`,
        text(right + 42, legend + 4, name),
      ]
    }),
    '</svg>',
    '',
  ].join('\n')
}

const canShow = (value: number, { isLog, max = Number.MAX_VALUE }: Axis): boolean =>
  value <= max && (!isLog || value > 0)

function scaleOf(values: readonly number[], { isLog }: Axis) {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  if (values.length === 0) return scaleLinear([0, 1], [0, 1])
  return isLog ? scaleLog([low, high], [0, 1]) : scaleLinear([Math.min(0, low), high], [0, 1])
}

/** On a logarithmic axis 1, 2 and 5 times a power of ten are enough. */
const isRound =
  ({ isLog }: Axis) =>
  (value: number): boolean =>
    !isLog || [1, 2, 5].includes(Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9)))

const compact = new Intl.NumberFormat('en-US', { notation: 'compact' })
const label = (value: number): string =>
  Math.abs(value) < 10_000
    ? Number(value.toPrecision(4)).toLocaleString('en-GB')
    : compact.format(value)

const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escapeXml(content)}</text>`

const escapeXml = (content: string): string =>
  content.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)
