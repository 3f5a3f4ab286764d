/** Finds what a picture was painted with: its recipe, and by their hashes the files that it was made of. */
import { existsSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ImageError, OptionError } from '../engine/errors.ts'
import { type FileIdentity, type Recipe, readRecipe } from '../engine/output/recipe.ts'
import { fileIdentity, isSameName } from './files/identity.ts'
import { type ContentFile, openContent } from './files/index.ts'
import { readRecipes } from './files/recipes.ts'
import { readSourceFile } from './files/source-file.ts'

export interface Recalled {
  /** The result that was given. */
  readonly path: string
  readonly recipe: Recipe
}

export interface PaintedLayer {
  /** Absent in a picture that is no document. */
  readonly layer?: string
  readonly recipe: Recipe
}

/**
 * The recipes in a file, of a document from the top layer down.
 * @param layer name of the only one that is wanted.
 * @throws ImageError where there is none; OptionError for one that cannot be read.
 */
export async function recallAll(path: string, layer?: string): Promise<readonly PaintedLayer[]> {
  const stored = await readRecipes(path)
  const wanted =
    layer === undefined
      ? stored
      : stored.filter((found) => found.layer !== undefined && isSameName(found.layer, layer))
  if (wanted.length === 0) {
    const names = stored.flatMap((found) => (found.layer ? [`"${found.layer}"`] : []))
    throw new ImageError(
      layer === undefined || stored.length === 0
        ? `${path}: holds no settings of Impasto: another program made it, or saved it without its metadata`
        : `${path}: its layer "${layer}" holds no settings of Impasto; ${names.length > 1 ? `${names.join(', ')} do` : `${names[0] ?? 'a picture'} does`}`,
    )
  }
  return wanted.map(({ json, ...found }) => {
    try {
      return { ...found, recipe: readRecipe(json) }
    } catch (error) {
      if (error instanceof OptionError) throw new OptionError(`${path}: ${error.message}`)
      throw error
    }
  })
}

/** The topmost recipe. @throws as `recallAll` does. */
export async function recall(path: string, layer?: string): Promise<Recalled> {
  const [{ recipe }] = (await recallAll(path, layer)) as [PaintedLayer]
  return { path, recipe }
}

/**
 * The file of that name and hash beside the result, in the working folder or among the built-in
 * styles.
 * @param what it is for the result, and `flag` what names another.
 * @throws ImageError
 */
export async function findFile(
  { path }: Recalled,
  identity: FileIdentity,
  { what, flag }: { readonly what: string; readonly flag: string },
): Promise<string> {
  const others: string[] = []
  for (const candidate of placesOf(path, identity.name)) {
    if ((await hashOf(candidate)) === identity.sha256) return candidate
    others.push(candidate)
  }
  throw notFound(`${path}: its ${what} "${identity.name}"`, others, flag)
}

/** Undefined for what is no picture, such as a folder of that name. */
async function hashOf(path: string): Promise<string | undefined> {
  try {
    return fileIdentity(path, (await readSourceFile(path)).bytes).sha256
  } catch (error) {
    if (error instanceof ImageError) return undefined
    throw error
  }
}

/**
 * The content of a result: a file, or a layer of that name with the same pixels, in the result
 * itself or in the document that it came from.
 * @throws ImageError
 */
export async function recallContent(recalled: Recalled): Promise<ContentFile> {
  const { path, recipe } = recalled
  const { name, document, sha256 } = recipe.content
  const flag = 'CONTENT'
  if (document === undefined) {
    return openContent(await findFile(recalled, recipe.content, { what: 'content', flag }))
  }
  const documents = isDocument(path) ? [path] : []
  const others: string[] = []
  for (const candidate of [...documents, ...placesOf(path, document)]) {
    const content = await openLayer(candidate, name)
    if (content?.identity.sha256 === sha256) return content
    if (content) others.push(candidate)
  }
  throw notFound(`${path}: its content, the layer "${name}" of "${document}"`, others, flag)
}

/** Undefined where the document has no such layer. */
async function openLayer(path: string, layer: string): Promise<ContentFile | undefined> {
  try {
    return await openContent(path, { layer })
  } catch (error) {
    if (error instanceof ImageError) return undefined
    throw error
  }
}

const isDocument = (path: string): boolean => ['.psd', '.psb'].includes(extname(path).toLowerCase())

/** Files that are there. A name comes out of a file, so that it must lead to no other folder. */
function placesOf(result: string, name: string): string[] {
  if (basename(name) !== name || name === '..') return []
  const folders = [dirname(result), '.', fileURLToPath(new URL('../../styles/', import.meta.url))]
  const spellings = [name, name.normalize('NFC'), name.normalize('NFD')]
  const paths = folders.flatMap((folder) => spellings.map((spelling) => join(folder, spelling)))
  return [...new Set(paths)].filter((path) => existsSync(path))
}

const notFound = (what: string, others: readonly string[], flag: string): ImageError =>
  new ImageError(
    others.length > 0
      ? `${what} is not what it was: ${others.join(' and ')} differs from what was painted with; name the right one with ${flag}`
      : `${what} is neither beside it, nor in the working folder, nor built in; name it with ${flag}`,
  )
