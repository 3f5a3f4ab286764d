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
  const read = presets.map(readPreset)
  const names = new Set(read.map(({ name }) => name))
  if (names.size < read.length) throw new OptionError('presets file: two presets share a name')
  return read
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
