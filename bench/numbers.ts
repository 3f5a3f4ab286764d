/** Figures as tables show them. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const ABSENT = '–'

/** Three digits, in full. */
export const figure = (value: number | undefined, digits = 3): string =>
  value === undefined || !Number.isFinite(value)
    ? ABSENT
    : Number(value.toPrecision(digits)).toLocaleString('en-GB', {
        maximumSignificantDigits: digits,
      })

export const ratio = (ours: number | undefined, theirs: number | undefined): string =>
  ours === undefined || theirs === undefined ? ABSENT : (ours / theirs).toFixed(2)
