/** Reads numbers as people type them: with a point, or with a comma as in many countries. */
import { OPTIONS, type Option, type OptionName, parseOption } from '../engine/options.ts'

/** 1,000 and 1,234,567 */
const THOUSANDS = /^[-+]?\d{1,3}(,\d{3})+$/

/** `0,5` → `0.5`; more than one comma, or one beside a point, is left as it is. */
const withPoint = (text: string): string =>
  /^[^,.]*,[^,.]*$/.test(text) ? text.replace(',', '.') : text

/** @returns NaN where it is no number. */
export const numberOf = (text: string): number =>
  text.trim() === '' ? Number.NaN : Number(withPoint(text.trim()))

/** A list may be separated by semicolons, by spaces, or by commas with or without a space. */
function partsOf(text: string, hasDecimals: boolean): string[] {
  if (text.includes(';')) return text.split(';')
  if (/\s/.test(text)) return text.split(/,?\s+/)
  // A comma alone between digits is a decimal one: lists are shown with a space after it.
  const isOne = hasDecimals && withPoint(text) !== text
  return isOne ? [text] : text.split(',')
}

/** @throws OptionError where the text is no value that the option may have. */
export function readTyped(name: OptionName, text: string): unknown {
  const { kind } = OPTIONS[name] as Option
  const trimmed = text.trim()
  const list = (hasDecimals: boolean): string =>
    partsOf(trimmed, hasDecimals)
      .map((part) => withPoint(part.trim()))
      .join(',')
  switch (kind) {
    case 'number':
      return parseOption(name, withPoint(trimmed))
    case 'integer':
      return parseOption(
        name,
        THOUSANDS.test(trimmed) ? trimmed.replaceAll(',', '') : withPoint(trimmed),
      )
    case 'numbers':
      return parseOption(name, list(true))
    case 'integers':
    case 'layers':
      return parseOption(name, list(false))
    default:
      return parseOption(name, trimmed)
  }
}
