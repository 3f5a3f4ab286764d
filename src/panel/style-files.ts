/** Style files: chosen, remembered by token, read again; a stale token is a StyleFileError. */

import { toBase64 } from '../bridge/base64.ts'
import type { StyleFile } from '../bridge/messages.ts'
import type { EngineClient } from './engine-client.ts'
import { StyleFileError } from './problems.ts'
import { builtInFile, type RecentStyle, STYLE_FILE_TYPES, type StyleChoice } from './styles.ts'
import type { PickedFile } from './uxp.ts'

/** Shown at half that on screens of two pixels a point. */
const THUMBNAIL_EDGE = 96

export interface StyleFilesContext {
  pickFile(types: readonly string[]): Promise<PickedFile | undefined>
  fileOfToken(token: string): Promise<PickedFile>
  readPluginFile(path: string): Promise<Uint8Array>
  readonly engine: Pick<EngineClient, 'thumbnail'>
}

export interface StyleFiles {
  /** @returns undefined when the user changed their mind. @throws StyleFileError */
  pick(): Promise<RecentStyle | undefined>
  /** @throws StyleFileError when the file is gone. */
  read(style: StyleChoice): Promise<StyleFile>
  /** @throws StyleFileError when the file is gone. */
  check(style: StyleChoice): Promise<void>
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

  return {
    async pick() {
      const file = await context.pickFile(STYLE_FILE_TYPES)
      if (!file) return undefined
      const bytes = await readOf(file)
      let thumbnail: Uint8Array
      try {
        thumbnail = (await context.engine.thumbnail(file.name, bytes, THUMBNAIL_EDGE)).png
      } catch (error) {
        if ((error as { code?: string }).code !== 'image') throw error
        throw new StyleFileError('unreadable', file.name, { cause: error })
      }
      const token = (await file.token()) ?? `session:${picked.size}:${file.name}`
      picked.set(token, file)
      const png = `data:image/png;base64,${toBase64(thumbnail)}`
      return { name: file.name, token, thumbnail: png }
    },
    async read(style) {
      if (style.kind === 'built-in') {
        const bytes = await context.readPluginFile(builtInFile(style.name))
        return { name: `${style.name}.jpg`, bytes, weight: 1 }
      }
      return { name: style.name, bytes: await readOf(await find(style)), weight: 1 }
    },
    async check(style) {
      if (style.kind === 'file') await find(style)
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
