/**
 * Collects what a run is made of: settings, and pictures that are read and checked, from flags or
 * from a result.
 */

import { basename } from 'node:path'
import { OptionError } from '../engine/errors.ts'
import type { StyleImage } from '../engine/input/regions.ts'
import { resolveOptions, type StylizeOptions } from '../engine/options.ts'
import {
  type FileIdentity,
  RECIPE_VERSION,
  type Recipe,
  type RecipeStyle,
} from '../engine/output/recipe.ts'
import type { Mask, PlanarImage } from '../engine/picture/image.ts'
import type { Runtime } from '../engine/runtime/runtime.ts'
import type { VggModel } from '../engine/vgg/model.ts'
import { assertShapeOf, type Coverage, readCoverage } from './coverage.ts'
import { type ContentFile, openContent, type Picture, readPicture } from './files/index.ts'
import { loadModel } from './models/store.ts'
import { carriedPictures, choosePreset } from './preset-choice.ts'
import { findFile, type Recalled, recall, recallContent } from './recall.ts'
import { missingContent, NONE, type StyleFlags, styleSources, withFlags } from './style-flags.ts'
import { VERSION } from './version.ts'

/** The manner of painting as it is typed: the same for all pictures of a batch. */
export interface MannerArguments extends StyleFlags {
  /** A result whose settings and styles are used again, where no flag says otherwise. */
  readonly from?: string | undefined
  readonly fromLayer?: string | undefined
  readonly preset?: string | undefined
  readonly presetFile?: string | undefined
  readonly strengthMap?: string | undefined
  readonly options: Partial<StylizeOptions>
  /** Goes with the option `init` being `image`. */
  readonly initFile?: string | undefined
}

export interface InputArguments extends MannerArguments {
  /** May be left out where `from` is given. */
  readonly content?: string | undefined
  readonly layer?: string | undefined
}

/** A style, and the file of its mask, which is read over each content. */
interface MannerStyle extends Picture {
  /** As it was typed, or where it was found. */
  readonly file: string
  readonly weight: number
  readonly scale: number
  readonly rotation: number
  readonly mask?: string | undefined
}

export interface Manner {
  readonly preset: string
  readonly settings: StylizeOptions
  readonly styles: readonly MannerStyle[]
  readonly strength?: string | undefined
  readonly init?: (Picture & { readonly file: string }) | undefined
  readonly model: VggModel
  readonly recalled?: Recalled | undefined
}

export interface RunInputs {
  readonly manner: Manner
  readonly content: ContentFile
  readonly styles: readonly StyleImage[]
  readonly strength?: Mask | undefined
  readonly initImage?: PlanarImage | undefined
  /** All of the recipe except what only the run itself can tell. */
  readonly recipe: Omit<Recipe, 'device' | 'isStopped'>
}

/** @throws OptionError, ImageError, ModelError for what cannot be used. */
export async function readInputs(given: InputArguments): Promise<RunInputs> {
  if ((given.content ?? given.from) === undefined) missingContent(given)
  const manner = await readManner(given)
  return inputsOver(manner, await findContent(given, manner))
}

/** The content that is named, or the one that the result was painted of. */
async function findContent(
  { content, layer }: InputArguments,
  { recalled }: Manner,
): Promise<ContentFile> {
  return content === undefined ? recallContent(recalled!) : openContent(content, { layer })
}

/** @throws as `readInputs` does. */
export async function readManner(given: MannerArguments): Promise<Manner> {
  const { from, fromLayer, options, initFile, strengthMap } = given
  if (fromLayer !== undefined && from === undefined) {
    throw new OptionError('--from-layer: goes with --from, which names the document')
  }
  const recalled = from === undefined ? undefined : await recall(from, fromLayer)
  if (recalled && (given.preset ?? given.presetFile) !== undefined) {
    throw new OptionError(
      '--from: takes all settings from the result, and no --preset goes with it; leave one of them out',
    )
  }
  const preset = recalled
    ? { name: recalled.recipe.preset, options: recalled.recipe.settings }
    : await choosePreset(given.preset, given.presetFile)
  const settings = resolveOptions(preset.options, options)
  const carried = 'styles' in preset ? preset.styles : undefined
  const styles =
    given.styles.length > 0
      ? await readStyles(styleSources(given))
      : recalled
        ? await readStyles(withFlags(await recalledStyles(recalled, given.masks), given))
        : withFlags(carried ? await carriedPictures(carried) : noStyle(), given)
  const remembered = recalled?.recipe
  const init =
    initFile ??
    (settings.init === 'image' && recalled && remembered?.init
      ? await findFile(recalled, remembered.init, { what: 'initial image', flag: '--init' })
      : undefined)
  if (settings.init === 'image' && init === undefined) {
    throw new OptionError(
      `--init: "${preset.name}" starts from an image of your own; name it with --init, or give --init content`,
    )
  }
  return {
    preset: preset.name,
    settings,
    styles,
    strength: await strengthOf(strengthMap, recalled),
    init: init === undefined ? undefined : { ...(await readPicture(init)), file: init },
    model: await modelFor(settings, options, remembered),
    recalled,
  }
}

/** @param typed `-` for none, though the result had one. */
async function strengthOf(
  typed: string | undefined,
  recalled: Recalled | undefined,
): Promise<string | undefined> {
  if (typed !== undefined) return typed === NONE ? undefined : typed
  const identity = recalled?.recipe.strength
  if (!recalled || !identity) return undefined
  return findFile(recalled, identity, { what: 'strength map', flag: '--strength-map' })
}

function noStyle(): never {
  throw new OptionError(
    '--style: expected at least one style picture, or a built-in style such as oil, got none',
  )
}

interface ReadableStyle extends Omit<MannerStyle, keyof Picture | 'file'> {
  readonly path: string
}

const readStyles = (sources: readonly ReadableStyle[]): Promise<MannerStyle[]> =>
  Promise.all(
    sources.map(async ({ path, ...style }) => ({
      ...style,
      ...(await readPicture(path)),
      file: path,
    })),
  )

/** @param masks given by flags; where they are, none need be found. */
const recalledStyles = (
  recalled: Recalled,
  masks: readonly string[] | undefined,
): Promise<ReadableStyle[]> =>
  Promise.all(
    recalled.recipe.styles.map(async ({ mask, weight, scale, rotation, ...identity }) => ({
      path: await findFile(recalled, identity, { what: 'style', flag: '--style' }),
      weight,
      scale,
      rotation,
      mask:
        mask && !masks
          ? await findFile(recalled, mask, { what: 'mask', flag: '--mask' })
          : undefined,
    })),
  )

/** The model that painted before, however it was chosen then. */
async function modelFor(
  { model }: StylizeOptions,
  given: Partial<StylizeOptions>,
  recipe: Recipe | undefined,
): Promise<VggModel> {
  if (!recipe || given.model !== undefined) return loadModel(model)
  const loaded = await loadModel(recipe.model.name)
  if (loaded.sha256 === recipe.model.sha256) return loaded
  throw new OptionError(
    `--from: it was painted with a model "${recipe.model.name}" of other weights than the one here; choose one with --model`,
  )
}

/** What is painted over this content. @throws ImageError for pictures that do not fit it. */
export async function inputsOver(manner: Manner, content: ContentFile): Promise<RunInputs> {
  const { styles, settings, strength, init, model } = manner
  const { image } = content
  if (init) assertShapeOf(image, init.image, init.identity.name)
  const masks = new Map<string, Coverage>()
  // Styles of one file share one mask, and with it one region.
  for (const { mask } of styles) {
    if (mask && !masks.has(mask)) masks.set(mask, await readCoverage(mask, image))
  }
  const maskOf = (mask: string | undefined) => (mask ? masks.get(mask) : undefined)
  const strengthMap = strength === undefined ? undefined : await readCoverage(strength, image)
  return {
    manner,
    content: { ...content, image: { ...image, name: basename(content.path) } },
    styles: styles.map(({ image, identity, weight, scale, rotation, mask }) => ({
      image: { ...image, name: identity.name },
      weight,
      scale,
      rotation,
      ...(mask ? { mask: maskOf(mask)!.mask } : {}),
    })),
    strength: strengthMap?.mask,
    initImage: init && { ...init.image, name: init.identity.name },
    recipe: {
      version: RECIPE_VERSION,
      impasto: VERSION,
      preset: manner.preset,
      settings,
      model: { name: model.name, sha256: model.sha256 },
      content: content.identity,
      styles: styles.map((style) => recipeStyle(style, maskOf(style.mask)?.identity)),
      ...(strengthMap ? { strength: strengthMap.identity } : {}),
      ...(init ? { init: init.identity } : {}),
    },
  }
}

const recipeStyle = (
  { identity, weight, scale, rotation }: MannerStyle,
  mask: FileIdentity | undefined,
): RecipeStyle => ({ ...identity, weight, scale, rotation, ...(mask ? { mask } : {}) })

/** The runtime is where the run ended. */
export const recipeOf = (
  { recipe }: RunInputs,
  runtime: Pick<Runtime, 'description'>,
  { isFinished, memory }: { readonly isFinished: boolean; readonly memory: number },
): Recipe => ({
  ...recipe,
  settings: { ...recipe.settings, memory },
  device: runtime.description,
  ...(isFinished ? {} : { isStopped: true }),
})
