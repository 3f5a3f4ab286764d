/** The file dialogs of the plug-in, answered by the browser's, and its files between sessions. */
import type {
  ChosenFolder,
  OpenRequest,
  PickedFile,
  Pickers,
  SaveRequest,
  TokenKeeper,
} from '../uxp/index.ts'
import { h } from './dom.ts'
import { PageStorage, storageArea } from './settings.ts'

/** @returns none when the dialog was cancelled. */
export function chooseFiles(accept: string, allowMultiple: boolean): Promise<readonly File[]> {
  const input = h('input', { attributes: { type: 'file', accept } })
  input.multiple = allowMultiple
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]))
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}

export function download(name: string, bytes: BlobPart): void {
  const url = URL.createObjectURL(new Blob([bytes]))
  h('a', { attributes: { href: url, download: name } }).click()
  // The download has its own hold on the blob once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** What tests answer the plug-in's dialogs with. */
export interface PickerAnswers {
  /** Answers the next dialogs to open files; an empty list cancels. */
  open?: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[]
  /** Files that were saved are put here instead of being downloaded. */
  saved?: Map<string, Uint8Array<ArrayBuffer>>
  /** Answers the next dialogs to choose a folder. */
  folder?: { readonly name: string; readonly files: Map<string, ArrayBuffer> }
}

export function makePickers(answers: PickerAnswers): Pickers {
  return {
    async open({ types, allowMultiple }: OpenRequest) {
      if (answers.open) {
        return answers.open.map(({ name, bytes }) => ({
          name,
          read: async () => bytes.slice().buffer,
        }))
      }
      const accept = types.includes('.*') ? '' : types.map((type) => `.${type}`).join(',')
      return (await chooseFiles(accept, allowMultiple)).map(pickedFile)
    },
    async folder() {
      if (answers.folder) return folderInMemory(answers.folder)
      // Firefox and Safari have none.
      if (!('showDirectoryPicker' in window)) return undefined
      try {
        return folderOnDisk(
          await (window as DirectoryPicker).showDirectoryPicker({ mode: 'readwrite' }),
        )
      } catch {
        // Cancelled.
        return undefined
      }
    },
    async save({ suggestedName, types }: SaveRequest) {
      const name = suggestedName || `untitled.${types[0] ?? 'txt'}`
      return {
        name,
        async write(data) {
          if (answers.saved) answers.saved.set(name, new Uint8Array(data))
          else download(name, data)
        },
      }
    },
  }
}

const pickedFile = (file: File): PickedFile => ({
  name: file.name,
  read: () => file.arrayBuffer(),
})

type DirectoryPicker = Window & {
  showDirectoryPicker(options: { readonly mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>
}

const folderInMemory = ({ name, files }: NonNullable<PickerAnswers['folder']>): ChosenFolder => ({
  name,
  paths: async () => [...files.keys()],
  async read(path) {
    const data = files.get(path)
    if (!data) throw new Error(`${name}/${path}: no such file`)
    return data.slice(0)
  },
  write: async (path, data) => void files.set(path, data),
  remove: async (path) => void files.delete(path),
})

/** What lies in its folders is not seen. */
function folderOnDisk(handle: FileSystemDirectoryHandle): ChosenFolder {
  const { name } = handle
  const folder: ChosenFolder = {
    name,
    async paths() {
      const entries = (handle as unknown as { values(): AsyncIterable<FileSystemHandle> }).values()
      const paths: string[] = []
      for await (const entry of entries) if (entry.kind === 'file') paths.push(entry.name)
      return paths
    },
    async read(path) {
      return (await (await handle.getFileHandle(path)).getFile()).arrayBuffer()
    },
    async write(path, data) {
      const file = await (await handle.getFileHandle(path, { create: true })).createWritable()
      await file.write(data)
      await file.close()
    },
    remove: (path) => handle.removeEntry(path),
  }
  HANDLES.set(folder, handle)
  return folder
}

const HANDLES = new WeakMap<ChosenFolder, FileSystemDirectoryHandle>()
/** Folders of tests, which last as long as the page. */
const IN_MEMORY = new Map<string, ChosenFolder>()

/** A table of IndexedDB; where the browser has none to give, of memory. */
class Table<T> {
  readonly #memory = new Map<string, T>()
  readonly #database: Promise<IDBDatabase | undefined>

  constructor(name: string) {
    this.#database = new Promise((resolve) => {
      try {
        const request = indexedDB.open(name, 1)
        request.onupgradeneeded = () => request.result.createObjectStore('files')
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => resolve(undefined)
      } catch {
        resolve(undefined)
      }
    })
  }

  async get(key: string): Promise<T | undefined> {
    const database = await this.#database
    if (!database) return this.#memory.get(key)
    return settle(database.transaction('files').objectStore('files').get(key))
  }

  async entries(): Promise<[string, T][]> {
    const database = await this.#database
    if (!database) return [...this.#memory]
    const store = database.transaction('files').objectStore('files')
    const [keys, values] = await Promise.all([
      settle(store.getAllKeys()),
      settle<T[]>(store.getAll()),
    ])
    return keys.map((key, i) => [String(key), values[i]!])
  }

  /** Undefined removes. */
  async set(key: string, value: T | undefined): Promise<void> {
    const database = await this.#database
    if (!database) {
      if (value === undefined) this.#memory.delete(key)
      else this.#memory.set(key, value)
      return
    }
    const store = database.transaction('files', 'readwrite').objectStore('files')
    if (value === undefined) await settle(store.delete(key))
    else await settle(store.put(value, key))
  }
}

const settle = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

/** Browsers keep no path: the contents stand for the file. */
export function makeTokenKeeper(pluginId: string): TokenKeeper {
  const table = new Table<{ readonly name: string; readonly data: ArrayBuffer }>(
    `impasto-host:${pluginId}:tokens`,
  )
  const folders = new Table<FileSystemDirectoryHandle>(`impasto-host:${pluginId}:folders`)
  return {
    async keep(token, file) {
      await table.set(token, { name: file.name, data: await file.read() })
    },
    async recall(token) {
      const kept = await table.get(token)
      return kept && { name: kept.name, read: async () => kept.data.slice(0) }
    },
    async keepFolder(token, folder) {
      const handle = HANDLES.get(folder)
      if (handle) await folders.set(token, handle)
      else IN_MEMORY.set(token, folder)
    },
    async recallFolder(token) {
      const handle = await folders.get(token)
      if (!handle) return IN_MEMORY.get(token)
      // In a later session the browser asks the person first, and not without a click.
      const { queryPermission } = handle as unknown as {
        queryPermission(options: { mode: 'readwrite' }): Promise<PermissionState>
      }
      const state = await queryPermission.call(handle, { mode: 'readwrite' })
      return state === 'granted' ? folderOnDisk(handle) : undefined
    },
  }
}

interface DataFolder {
  readonly files: readonly (readonly [string, ArrayBuffer])[]
  readonly onChange: (path: string, data: ArrayBuffer | undefined) => void
}

/** Wipes what the plug-in stored, as uninstalling it does. */
export async function wipeStorage(pluginId: string): Promise<void> {
  storageArea(new PageStorage(`impasto-host:${pluginId}:`)).clear()
  const table = new Table<ArrayBuffer>(`impasto-host:${pluginId}:data`)
  for (const [path] of await table.entries()) await table.set(path, undefined)
}

export async function openDataFolder(
  pluginId: string,
  report: (violation: string) => void,
): Promise<DataFolder> {
  const table = new Table<ArrayBuffer>(`impasto-host:${pluginId}:data`)
  return {
    files: await table.entries(),
    onChange(path, data) {
      table.set(path, data).catch((error) => report(`${path} could not be kept: ${error}`))
    },
  }
}
