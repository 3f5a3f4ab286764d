/** Presets of one's own as a file: `{"impasto":"presets","version":1,"presets":[{name,options}]}`. */
import { OptionError } from '../engine/errors.ts'
import { resolveOptions, type StylizeOptions } from '../engine/options.ts'
import { PRESETS } from '../engine/presets.ts'

export interface UserPreset {
  readonly name: string
  readonly options: Partial<StylizeOptions>
}

const VERSION = 1
const MAX_TEXT_LENGTH = 1_000_000
const MAX_PRESETS = 500
export const MAX_NAME_LENGTH = 60

export const writePresets = (presets: readonly UserPreset[]): string =>
  `${JSON.stringify({ impasto: 'presets', version: VERSION, presets }, null, 2)}\n`

/** @throws OptionError that says what is wrong with the file; nothing of it is used then. */
export function readPresets(text: string): UserPreset[] {
  const read = presetsIn(text).map(readPreset)
  const names = new Set(read.map(({ name }) => name))
  if (names.size < read.length) throw new OptionError('presets file: two presets share a name')
  return read
}

export interface SalvagedPresets {
  readonly presets: readonly UserPreset[]
  /** New names by old: of those whose names have become names of built-in presets since. */
  readonly renamed: ReadonlyMap<string, string>
  /** What is wrong with the presets that are left out. */
  readonly problems: readonly string[]
}

/**
 * What can be used of a file of one's own, written perhaps by an older version.
 * @throws OptionError when it is no such file.
 */
export function salvagePresets(text: string): SalvagedPresets {
  const items = presetsIn(text)
  const taken = new Set<unknown>(items.map((item) => isRecord(item) && item.name))
  const presets: UserPreset[] = []
  const renamed = new Map<string, string>()
  const problems: string[] = []
  for (const [index, item] of items.entries()) {
    const name = isRecord(item) && typeof item.name === 'string' ? item.name : ''
    const isTaken = nameProblem(name) === 'taken'
    const newName = isTaken ? freeName(name, taken) : name
    try {
      const preset = readPreset(isTaken ? { ...(item as object), name: newName } : item, index)
      if (presets.some((other) => other.name === newName)) {
        throw new OptionError(`preset ${index + 1}: its name is that of another`)
      }
      presets.push(preset)
      taken.add(newName)
      if (isTaken) renamed.set(name, newName)
    } catch (error) {
      if (!(error instanceof OptionError)) throw error
      problems.push(error.message)
    }
  }
  return { presets, renamed, problems }
}

/** `best (2)` for `best`. */
function freeName(name: string, taken: ReadonlySet<unknown>): string {
  let number = 2
  while (taken.has(`${name} (${number})`)) number++
  return `${name} (${number})`
}

/** The list that a file holds, each preset still to be read. */
function presetsIn(text: string): unknown[] {
  if (text.length > MAX_TEXT_LENGTH) {
    throw new OptionError(`presets file: expected at most 1 MB, got ${text.length} characters`)
  }
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch (error) {
    throw new OptionError('presets file: is not JSON; choose a file that Impasto exported', {
      cause: error,
    })
  }
  if (!isRecord(file) || file.impasto !== 'presets') {
    throw new OptionError('presets file: has no "impasto": "presets"; choose one Impasto exported')
  }
  if (file.version !== VERSION) {
    throw new OptionError(
      `presets file: expected version ${VERSION}, got ${String(file.version)}; a newer file needs a newer Impasto`,
    )
  }
  const { presets } = file
  if (!Array.isArray(presets) || presets.length > MAX_PRESETS) {
    throw new OptionError(`presets file: expected a list of at most ${MAX_PRESETS} presets`)
  }
  return presets
}

function readPreset(preset: unknown, index: number): UserPreset {
  if (!isRecord(preset) || typeof preset.name !== 'string' || !isRecord(preset.options)) {
    throw new OptionError(`preset ${index + 1}: expected {"name": …, "options": {…}}`)
  }
  const unknown = Object.keys(preset).filter((key) => key !== 'name' && key !== 'options')
  if (unknown.length > 0) {
    throw new OptionError(`preset ${index + 1}: does not know ${unknown.join(', ')}`)
  }
  const problem = nameProblem(preset.name)
  if (problem) throw new OptionError(`preset ${index + 1}: its name is ${problem}`)
  const options = preset.options as Partial<StylizeOptions>
  try {
    resolveOptions(options)
  } catch (error) {
    throw new OptionError(`preset "${preset.name}": ${(error as Error).message}`, { cause: error })
  }
  return { name: preset.name, options }
}

/** Why a preset cannot have that name. */
export function nameProblem(name: string): 'empty' | 'too long' | 'taken' | undefined {
  if (name !== name.trim() || name === '') return 'empty'
  if (name.length > MAX_NAME_LENGTH) return 'too long'
  return PRESETS.some((preset) => preset.name === name) ? 'taken' : undefined
}

/** `added` take the place of presets of the same name. */
export const mergePresets = (
  present: readonly UserPreset[],
  added: readonly UserPreset[],
): UserPreset[] => [
  ...present.filter(({ name }) => !added.some((preset) => preset.name === name)),
  ...added,
]

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
