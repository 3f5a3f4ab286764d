/**
 * The user's own presets as a file, described by docs/presets.schema.json:
 * `{"impasto":"presets","version":3,"presets":[{name,options,styles,picture}]}`.
 */
import { OptionError } from '../engine/errors.ts'
import { resolveOptions, type StylizeOptions } from '../engine/options.ts'
import { PRESETS } from '../engine/presets.ts'
import { type CarriedStyle, readCarriedStyles } from './carried-styles.ts'
import { isThumbnail, MAX_THUMBNAIL_LENGTH } from './styles.ts'

export interface UserPreset {
  readonly name: string
  readonly options: Partial<StylizeOptions>
  /** Absent: choosing the preset leaves the styles as they are. */
  readonly styles?: readonly CarriedStyle[]
  /** What was painted with it, as a data URL. */
  readonly picture?: string
}

/**
 * Brings a preset from one version of the file to the next. It leaves what it does not understand as
 * it is: reading the preset will say what is wrong.
 */
type Migration = (preset: Record<string, unknown>) => Record<string, unknown>

/** One from each version to the next, beginning with version 1; the last leads to the current one. */
export const MIGRATIONS: readonly Migration[] = [
  // Since version 2 a preset may carry styles; nothing else has changed.
  (preset) => preset,
  // Since version 3 a picture of what was painted with it.
  (preset) => preset,
]

const versionAfter = (migrations: readonly Migration[]): number => migrations.length + 1
export const PRESETS_VERSION = versionAfter(MIGRATIONS)
/** In UTF-16 units: room for ten pictures of the largest size, and for options. */
export const MAX_TEXT_LENGTH = 30_000_000
export const MAX_PRESETS = 500
export const MAX_NAME_LENGTH = 60

export const writePresets = (presets: readonly UserPreset[]): string =>
  `${JSON.stringify({ impasto: 'presets', version: PRESETS_VERSION, presets }, null, 2)}\n`

/** Whether a file can hold them all. */
export const fitInFile = (presets: readonly UserPreset[]): boolean =>
  presets.length <= MAX_PRESETS && writePresets(presets).length <= MAX_TEXT_LENGTH

/**
 * Reads all presets of a file, or none.
 * @param migrations one for each older version that can be read.
 * @throws OptionError that says what is wrong with the file.
 */
export function readPresets(text: string, migrations = MIGRATIONS): UserPreset[] {
  const read = presetsIn(text, migrations).map(readPreset)
  for (const [index, { name }] of read.entries()) {
    if (read.findIndex((preset) => preset.name === name) < index) {
      throw new OptionError(`presets file: two presets share the name "${name}"`)
    }
  }
  return read
}

export interface SalvagedPresets {
  readonly presets: readonly UserPreset[]
  /** Old name to new name, for presets whose names built-in presets have taken since. */
  readonly renamed: ReadonlyMap<string, string>
  /** What is wrong with the presets that are left out. */
  readonly problems: readonly string[]
}

/**
 * Reads what can be used of the panel's own file, which an older version may have written.
 * @throws OptionError when it is not a file of presets.
 */
export function salvagePresets(text: string): SalvagedPresets {
  const items = presetsIn(text, MIGRATIONS)
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

/** The presets of a file, brought to the newest version but not yet checked. */
function presetsIn(text: string, migrations: readonly Migration[]): unknown[] {
  if (text.length > MAX_TEXT_LENGTH) {
    throw new OptionError(
      `presets file: expected at most ${MAX_TEXT_LENGTH / 1e6} MB, got ${text.length} characters`,
    )
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
  const { version, presets } = file
  const newest = versionAfter(migrations)
  if (!Number.isInteger(version) || (version as number) < 1) {
    throw new OptionError(`presets file: expected a version from 1, got ${String(version)}`)
  }
  if ((version as number) > newest) {
    throw new OptionError(
      `presets file: expected version ${newest} or older, got ${version}; a newer file needs a newer Impasto`,
    )
  }
  if (!Array.isArray(presets)) {
    throw new OptionError('presets file: its "presets" are not a list; choose one Impasto exported')
  }
  if (presets.length > MAX_PRESETS) {
    throw new OptionError(
      `presets file: expected at most ${MAX_PRESETS} presets, got ${presets.length}`,
    )
  }
  const due = migrations.slice((version as number) - 1)
  return presets.map((preset: unknown) =>
    isRecord(preset) ? due.reduce((lifted, migrate) => migrate(lifted), preset) : preset,
  )
}

const FIELDS = ['name', 'options', 'styles', 'picture']

function readPreset(preset: unknown, index: number): UserPreset {
  if (!isRecord(preset) || typeof preset.name !== 'string' || !isRecord(preset.options)) {
    throw new OptionError(`preset ${index + 1}: expected {"name": …, "options": {…}}`)
  }
  const unknown = Object.keys(preset).filter((key) => !FIELDS.includes(key))
  if (unknown.length > 0) {
    throw new OptionError(`preset ${index + 1}: does not know ${unknown.join(', ')}`)
  }
  const problem = nameProblem(preset.name)
  if (problem) throw new OptionError(`preset ${index + 1}: its name is ${problem}`)
  const { name } = preset
  const options = preset.options as Partial<StylizeOptions>
  try {
    resolveOptions(options)
    return {
      name,
      options,
      ...(preset.styles !== undefined && { styles: readCarriedStyles(preset.styles) }),
      ...(preset.picture !== undefined && { picture: readPicture(preset.picture) }),
    }
  } catch (error) {
    throw new OptionError(`preset "${name}": ${(error as Error).message}`, { cause: error })
  }
}

function readPicture(picture: unknown): string {
  if (isThumbnail(picture)) return picture
  throw new OptionError(
    `its picture: expected a data URL of at most ${MAX_THUMBNAIL_LENGTH} letters`,
  )
}

/** Why a preset cannot have that name. */
export function nameProblem(name: string): 'empty' | 'too long' | 'taken' | undefined {
  if (name !== name.trim() || name === '') return 'empty'
  if (name.length > MAX_NAME_LENGTH) return 'too long'
  return PRESETS.some((preset) => preset.name === name) ? 'taken' : undefined
}

/** Presets in `added` replace those of the same name. */
export const mergePresets = (
  present: readonly UserPreset[],
  added: readonly UserPreset[],
): UserPreset[] => [
  ...present.filter(({ name }) => !added.some((preset) => preset.name === name)),
  ...added,
]

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
