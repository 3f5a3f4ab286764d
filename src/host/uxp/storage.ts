/** `uxp.storage`: pickers answered by the host, the plug-in's own folders, tokens. */
import type { storage } from 'uxp'
import type { Switches } from '../switches.ts'
import { formats, modes, types, VirtualFile, VirtualFolder } from './entries.ts'
import { type Manifest, requirePickers } from './manifest.ts'
import {
  type ChosenFolder,
  chosenVolume,
  memoryVolume,
  openedVolume,
  type PickedFile,
  pluginVolume,
  type SaveTarget,
  savedVolume,
  type Volume,
} from './volume.ts'

export interface OpenRequest {
  /** Extensions without a dot; '.*' stands for all. */
  readonly types: readonly string[]
  readonly allowMultiple: boolean
}

export interface SaveRequest {
  readonly suggestedName: string
  readonly types: readonly string[]
}

/** The dialogs of the operating system. */
export interface Pickers {
  /** Empty where the user cancelled. */
  open(request: OpenRequest): Promise<readonly PickedFile[]>
  /** Undefined: cancelled. */
  save(request: SaveRequest): Promise<SaveTarget | undefined>
  /** Undefined: cancelled. */
  folder(): Promise<ChosenFolder | undefined>
}

/** Where the host keeps picked files for which the plug-in made persistent tokens. */
export interface TokenKeeper {
  keep(token: string, file: PickedFile): Promise<void>
  /** Undefined: the token is stale. */
  recall(token: string): Promise<PickedFile | undefined>
  keepFolder(token: string, folder: ChosenFolder): Promise<void>
  recallFolder(token: string): Promise<ChosenFolder | undefined>
}

export interface StorageOptions {
  /** Paths in the plug-in folder, such as 'styles/wave.jpg'. */
  readonly pluginFiles: readonly string[]
  readonly readPluginFile: (path: string) => Promise<ArrayBuffer>
  /** What an earlier session left in the data folder. */
  readonly dataFiles?: Iterable<readonly [string, ArrayBuffer]>
  /** A file of the data folder was written, or removed when there is no data. */
  readonly onDataChange?: (path: string, data: ArrayBuffer | undefined) => void
  /** Without pickers the user cancels every dialog. */
  readonly pickers?: Pickers
  /** Without a keeper tokens of picked files last as long as the module. */
  readonly tokens?: TokenKeeper
}

type Entry = storage.File | storage.Folder

export type StorageModule = Pick<typeof storage, 'formats' | 'modes' | 'types' | 'fileTypes'> & {
  readonly localFileSystem: LocalFileSystem
}

type LocalFileSystem = Omit<
  storage.FileSystemProvider,
  'createEntryWithUrl' | 'supportedDomains' | 'getFsUrl' | 'getNativePath'
>

const CANCEL: Pickers = {
  open: async () => [],
  save: async () => undefined,
  folder: async () => undefined,
}

export function makeStorage(
  options: StorageOptions,
  manifest: Manifest,
  switches: () => Switches,
): StorageModule {
  const { pickers = CANCEL, tokens = memoryKeeper() } = options
  const own = [
    pluginVolume(options.pluginFiles, options.readPluginFile, () => switches().pluginIsOnNetwork),
    memoryVolume('plugin-data:/', options.dataFiles, options.onDataChange),
    memoryVolume('plugin-temp:/'),
  ] as const
  const [plugin, data, temporary] = own
  const bySessionToken = new Map<string, Entry>()
  const pickedFiles = new WeakMap<Entry, PickedFile>()
  const chosenFolders = new WeakMap<Entry, ChosenFolder>()
  let pickCount = 0
  let tokenCount = 0

  const fileOf = (volume: Volume, path: string): VirtualFile =>
    new VirtualFile(localFileSystem as storage.FileSystemProvider, volume, path)
  const rootOf = (volume: Volume): VirtualFolder =>
    new VirtualFolder(localFileSystem as storage.FileSystemProvider, volume, '')
  const pickedUrl = (): string => `file:/picked/${++pickCount}/`

  function fromPicked(picked: PickedFile): storage.File {
    const file = fileOf(openedVolume(pickedUrl(), picked), picked.name)
    pickedFiles.set(file, picked)
    return file
  }

  async function fromChosen(chosen: ChosenFolder): Promise<storage.Folder> {
    const volume = await chosenVolume(pickedUrl(), chosen, () => switches().chosenFoldersRefuse)
    const provider = localFileSystem as storage.FileSystemProvider
    const folder = new VirtualFolder(provider, volume, `${chosen.name}/`)
    chosenFolders.set(folder, chosen)
    return folder
  }

  async function getFolder(): Promise<storage.Folder | null> {
    requirePickers(manifest, 'getFolder')
    const chosen = await pickers.folder()
    return chosen ? fromChosen(chosen) : null
  }

  async function fromUrl(url: string): Promise<Entry> {
    const volume = own.find((candidate) => url.startsWith(candidate.url))
    if (!volume) throw new Error(`getEntryWithUrl: no permission for ${url}`)
    const path = url.slice(volume.url.length)
    return path === '' ? rootOf(volume) : rootOf(volume).getEntry(path)
  }

  async function getFileForOpening(
    request: { types?: string[]; allowMultiple?: boolean } = {},
  ): Promise<storage.File | storage.File[] | null | undefined> {
    requirePickers(manifest, 'getFileForOpening')
    const { types: extensions = ['.*'], allowMultiple = false } = request
    const files = (await pickers.open({ types: extensions, allowMultiple })).map(fromPicked)
    if (allowMultiple) return files
    return files[0] ?? (switches().cancelledPickerGives === 'null' ? null : undefined)
  }

  async function getFileForSaving(
    suggestedName: string,
    request: { types?: string[] } = {},
  ): Promise<storage.File | null> {
    requirePickers(manifest, 'getFileForSaving')
    if (!suggestedName && !request.types) {
      throw new TypeError('getFileForSaving: without types a suggested name is needed')
    }
    const target = await pickers.save({ suggestedName, types: request.types ?? [] })
    return target ? fileOf(savedVolume(pickedUrl(), target), target.name) : null
  }

  async function createPersistentToken(entry: Entry): Promise<string> {
    const chosen = chosenFolders.get(entry)
    if (chosen) {
      const token = `chosen:${++tokenCount}:${Date.now().toString(36)}`
      await tokens.keepFolder(token, chosen)
      return token
    }
    const picked = pickedFiles.get(entry)
    if (!picked) return entry.url
    const token = `picked:${++tokenCount}:${Date.now().toString(36)}`
    await tokens.keep(token, picked)
    return token
  }

  async function getEntryForPersistentToken(token: string): Promise<Entry> {
    if (switches().persistentTokensAreStale) throw unknownToken()
    if (token.startsWith('chosen:')) {
      const chosen = await tokens.recallFolder(token)
      if (!chosen) throw unknownToken()
      return fromChosen(chosen)
    }
    if (!token.startsWith('picked:')) return fromUrl(token)
    const picked = await tokens.recall(token)
    if (!picked) throw unknownToken()
    return fromPicked(picked)
  }

  const localFileSystem: LocalFileSystem = {
    isFileSystemProvider: true,
    getFileForOpening: getFileForOpening as LocalFileSystem['getFileForOpening'],
    getFileForSaving,
    getFolder,
    getPluginFolder: async () => rootOf(plugin),
    getDataFolder: async () => rootOf(data),
    getTemporaryFolder: async () => rootOf(temporary),
    getEntryWithUrl: fromUrl,
    createSessionToken(entry: Entry) {
      const token = `session:${bySessionToken.size + 1}`
      bySessionToken.set(token, entry)
      return token
    },
    getEntryForSessionToken(token: string) {
      const entry = bySessionToken.get(token)
      if (!entry) throw unknownToken()
      return entry
    },
    createPersistentToken,
    getEntryForPersistentToken,
  }

  return {
    formats,
    modes,
    types,
    fileTypes: { text: ['txt'], images: ['gif', 'jpg', 'jpeg', 'png', 'bmp'], all: ['.*'] },
    localFileSystem,
  }
}

/** Adobe's text. */
function unknownToken(): ReferenceError {
  return new ReferenceError('token is not defined')
}

function memoryKeeper(): TokenKeeper {
  const files = new Map<string, PickedFile>()
  const folders = new Map<string, ChosenFolder>()
  return {
    async keep(token, file) {
      files.set(token, file)
    },
    recall: async (token) => files.get(token),
    async keepFolder(token, folder) {
      folders.set(token, folder)
    },
    recallFolder: async (token) => folders.get(token),
  }
}
