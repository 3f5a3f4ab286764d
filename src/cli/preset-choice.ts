/** Presets on the command line: built-in ones by name, and those of a file that the panel exported. */
import { readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { OptionError } from '../engine/errors.ts'
import { PRESETS } from '../engine/presets.ts'
import { type CarriedStyle, pictureBytes } from '../panel/carried-styles.ts'
import { readPresets, type UserPreset } from '../panel/presets-file.ts'
import { type BuiltInStyle, builtInFile } from '../panel/styles.ts'
import { planesToImage } from '../psd/samples.ts'
import { readPicture } from './files/index.ts'
import { decodeRaster } from './files/raster.ts'

const MAX_FILE_BYTES = 120_000_000

/**
 * A preset by name: of the file, where there is one, or a built-in one. Without a name the only one
 * of the file, or `default`.
 * @throws OptionError that lists the presets, or says what is wrong with the file.
 */
export async function choosePreset(name?: string, file?: string): Promise<UserPreset> {
  if (name === undefined && file !== undefined) return onlyPreset(file)
  return presetNamed(name ?? 'default', await presetsWith(file))
}

async function onlyPreset(file: string): Promise<UserPreset> {
  const [preset, ...others] = await readPresetFile(file)
  if (preset && others.length === 0) return preset
  if (!preset)
    throw new OptionError(`--preset-file ${file}: holds no preset; export some in the panel`)
  const names = [preset, ...others].map(({ name }) => name).join(', ')
  throw new OptionError(`--preset-file ${file}: name one of its presets with --preset: ${names}`)
}

function presetNamed(name: string, presets: readonly UserPreset[]): UserPreset {
  const preset = presets.find((candidate) => candidate.name === name)
  if (preset) return preset
  throw new OptionError(
    `--preset: no preset "${name}"; choose from ${presets.map((known) => known.name).join(', ')}`,
  )
}

/** The built-in presets, then those of the file. @throws OptionError */
export async function presetsWith(file?: string): Promise<readonly UserPreset[]> {
  return file === undefined ? PRESETS : [...PRESETS, ...(await readPresetFile(file))]
}

async function readPresetFile(path: string): Promise<UserPreset[]> {
  let text: string
  try {
    const { size } = await stat(path)
    if (size > MAX_FILE_BYTES) throw new Error(`it has ${size} bytes`)
    text = await readFile(path, 'utf8')
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const reason = isMissing ? 'there is no such file; check the path' : (error as Error).message
    throw new OptionError(`--preset-file ${path}: cannot be read: ${reason}`, { cause: error })
  }
  try {
    return readPresets(text)
  } catch (error) {
    throw new OptionError(`--preset-file ${path}: ${(error as Error).message}`, { cause: error })
  }
}

/** The styles that a preset carries, decoded, and what their files are known by. @throws ImageError */
export const carriedPictures = (styles: readonly CarriedStyle[]) =>
  Promise.all(
    styles.map(async (style) => {
      const { weight, scale, rotation } = style
      if (style.kind === 'picture') {
        const { name, sha256 } = style
        const image = await decodeCarried(style)
        return { image, identity: { name, sha256 }, file: name, weight, scale, rotation }
      }
      const file = builtInPath(style.name)
      return { ...(await readPicture(file)), file, weight, scale, rotation }
    }),
  )

/** Where a built-in style lies, whatever the working folder. */
export const builtInPath = (name: BuiltInStyle): string =>
  fileURLToPath(new URL(`../../${builtInFile(name)}`, import.meta.url))

async function decodeCarried(picture: CarriedStyle & { kind: 'picture' }) {
  const bytes = Buffer.from(pictureBytes(picture))
  const { planes, profile } = await decodeRaster({
    path: picture.name,
    format: bytes[0] === 0xff ? 'jpeg' : 'png',
    bytes,
  })
  return planesToImage(planes, profile)
}
