/** Picks the language, and writes numbers and times in it. A further language is a line here. */
import { en, type Labels } from './en.ts'
import { ko } from './ko.ts'

export type { Labels }

const LANGUAGES: Readonly<Record<string, Labels>> = { en, ko }

/** @param locale as Photoshop gives it: `ko_KR`. */
export const labelsFor = (locale: string): Labels =>
  LANGUAGES[locale.slice(0, 2).toLowerCase()] ?? en

/** Name and description of a preset; one of the user's own has its name as its label. */
export const presetLabel = (name: string, labels: Labels): { name: string; description: string } =>
  Object.hasOwn(labels.presets, name) ? labels.presets[name]! : { name, description: '' }

/** 12345.6 → 12,346: UXP promises no Intl. */
export const formatWhole = (value: number): string =>
  String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')

/** In three significant digits: 1234 → 1,234; 0.012345 → 0.0123. */
export const formatFigure = (value: number): string =>
  Math.abs(value) >= 1000 ? formatWhole(value) : String(Number(value.toPrecision(3)))

export const formatMegabytes = (bytes: number): string => formatWhole(bytes / 1e6)

/** In two digits, since predictions are no more exact: 634e6 → 630 MB, 1234e6 → 1.2 GB. */
export function formatMemory(bytes: number, labels: Labels): string {
  const rounded = Number(bytes.toPrecision(2))
  return rounded < 1e9
    ? labels.megabytes(formatMegabytes(rounded))
    : labels.gigabytes(formatFigure(rounded / 1e9))
}

/** Coarser the longer it is: nobody needs the seconds of an hour. */
export function formatDuration(seconds: number, labels: Labels): string {
  if (seconds < 1) return labels.lessThanASecond
  if (seconds < 59.5) return labels.seconds(Math.round(seconds))
  if (seconds < 3570) {
    // In steps of 5 s.
    const whole = Math.max(60, Math.round(seconds / 5) * 5)
    return labels.minutes(Math.floor(whole / 60), whole % 60)
  }
  const minutes = Math.round(seconds / 60)
  return labels.hours(Math.floor(minutes / 60), minutes % 60)
}
