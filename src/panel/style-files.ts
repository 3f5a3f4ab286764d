/**
 * Style files: chosen by the user and remembered by token, or carried by a preset; read again for
 * each run. One that is gone is a StyleFileError.
 */

import { toBase64 } from '../bridge/base64.ts'
import type { FileIdentity } from '../engine/output/recipe.ts'
import { type CarriedPicture, pictureBytes } from './carried-styles.ts'
import type { DocumentWork, PictureSource } from './document.ts'
import type { EngineClient, Thumbnail } from './engine-client.ts'
import { pngOf, shrink } from './png.ts'
import { StyleFileError } from './problems.ts'
import type { NamedFile } from './run-input.ts'
import {
  BUILT_IN_STYLES,
  type BuiltInStyle,
  builtInFile,
  type RecentStyle,
  STYLE_FILE_TYPES,
  type StyleChoice,
} from './styles.ts'
import type { PickedFile } from './uxp.ts'

/** px; shown at half the size, for screens of two pixels a point. */
const THUMBNAIL_EDGE = 128
/** Of styles that are taken from documents, px: as large as the built-in ones. */
const PICTURE_EDGE = 1024

interface StyleFilesContext {
  pickFile(types: readonly string[]): Promise<PickedFile | undefined>
  fileOfToken(token: string): Promise<PickedFile>
  readPluginFile(path: string): Promise<Uint8Array>
  readonly engine: Pick<EngineClient, 'thumbnail'>
  /** Keeps a file among the plug-in's own, and deletes those whose tokens are not needed. */
  keepFile(
    name: string,
    bytes: Uint8Array,
    isNeeded: (token: string) => boolean,
  ): Promise<PickedFile>
  /** The pictures that the user's presets carry. */
  carriedPictures(): readonly CarriedPicture[]
  /** Recent and favourite ones. */
  files(): readonly RecentStyle[]
  /** Whether a style of the settings has the token. */
  isUsed(token: string): boolean
  readonly readPicture: DocumentWork['readPicture']
}

export interface StyleFiles {
  /** @returns undefined when the user changed their mind. @throws StyleFileError */
  pick(): Promise<RecentStyle | undefined>
  /** Makes a file of a layer or of a document. @throws DocumentError */
  take(from: PictureSource): Promise<RecentStyle>
  /** @throws StyleFileError when the file is gone. */
  read(style: StyleChoice): Promise<NamedFile>
  /** @throws StyleFileError when the file is gone. */
  check(style: StyleChoice): Promise<void>
  /** The style whose file has that content; undefined where no known file has it. */
  find(file: FileIdentity): Promise<StyleChoice | undefined>
}

export function makeStyleFiles(context: StyleFilesContext): StyleFiles {
  /** Files of this session, by token: some systems give no token that lasts. */
  const picked = new Map<string, PickedFile>()

  const find = async ({ name, token }: { name: string; token: string }): Promise<PickedFile> => {
    const file = picked.get(token)
    if (file) return file
    try {
      return await context.fileOfToken(token)
    } catch (error) {
      throw new StyleFileError('gone', name, { cause: error })
    }
  }

  const remembered = async (file: PickedFile, name: string): Promise<RecentStyle> => {
    const bytes = await readOf(file)
    let thumbnail: Thumbnail
    try {
      thumbnail = await context.engine.thumbnail(name, bytes, THUMBNAIL_EDGE)
    } catch (error) {
      if ((error as { code?: string }).code !== 'image') throw error
      throw new StyleFileError('unreadable', name, { cause: error })
    }
    const token = (await file.token()) ?? `session:${picked.size}:${name}`
    picked.set(token, file)
    const { png, sha256 } = thumbnail
    return { name, token, thumbnail: `data:image/png;base64,${toBase64(png)}`, sha256 }
  }

  const isThere = (file: RecentStyle): Promise<boolean> =>
    find(file).then(
      () => true,
      () => false,
    )

  const carried = ({ name, sha256 }: { name: string; sha256: string }): CarriedPicture => {
    const picture = context.carriedPictures().find((candidate) => candidate.sha256 === sha256)
    if (picture) return picture
    throw new StyleFileError('gone', name)
  }
  const builtIn = async (name: BuiltInStyle): Promise<NamedFile> => ({
    name: `${name}.jpg`,
    bytes: await context.readPluginFile(builtInFile(name)),
  })

  return {
    async pick() {
      const file = await context.pickFile(STYLE_FILE_TYPES)
      return file && remembered(file, file.name)
    },
    async take(from) {
      const { name, pixels } = await context.readPicture(from, PICTURE_EDGE)
      // The page compresses it.
      const raw = pngOf(shrink(pixels, PICTURE_EDGE))
      const { png, sha256 } = await context.engine.thumbnail(name, raw, PICTURE_EDGE)
      const known = context.files()
      const file = await context.keepFile(
        `${sha256.slice(0, 16)}.png`,
        png,
        (token) => context.isUsed(token) || known.some((style) => style.token === token),
      )
      return remembered(file, name)
    },
    async read(style) {
      const { name } = style
      switch (style.kind) {
        case 'built-in':
          return builtIn(style.name)
        case 'file':
          return { name, bytes: await readOf(await find(style)) }
        case 'picture':
          return { name, bytes: pictureBytes(carried(style)) }
      }
    },
    async check(style) {
      if (style.kind === 'file') await find(style)
      if (style.kind === 'picture') carried(style)
    },
    async find({ name, sha256 }) {
      const recent = context.files().find((style) => style.sha256 === sha256)
      if (recent && (await isThere(recent))) {
        return { kind: 'file', name: recent.name, token: recent.token }
      }
      const picture = context.carriedPictures().find((candidate) => candidate.sha256 === sha256)
      if (picture) return { kind: 'picture', name: picture.name, sha256 }
      const known = BUILT_IN_STYLES.find((builtIn) => `${builtIn}.jpg` === name)
      if (!known) return undefined
      // A file of the user's may have the same name.
      const { bytes } = await builtIn(known)
      const own = await context.engine.thumbnail(name, bytes, THUMBNAIL_EDGE)
      return own.sha256 === sha256 ? { kind: 'built-in', name: known } : undefined
    },
  }
}

async function readOf(file: PickedFile): Promise<Uint8Array> {
  try {
    return await file.readBytes()
  } catch (error) {
    throw new StyleFileError('gone', file.name, { cause: error })
  }
}
