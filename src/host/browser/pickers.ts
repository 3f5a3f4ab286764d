/** The file dialogs of the plug-in, answered by the browser's, and its files between sessions. */
import type { OpenRequest, PickedFile, Pickers, SaveRequest, TokenKeeper } from '../uxp/index.ts'
import { h } from './dom.ts'

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
  /** Of the next dialogs to open files; none cancels. */
  open?: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[]
  /** Files that were saved are put here instead of being downloaded. */
  saved?: Map<string, Uint8Array<ArrayBuffer>>
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
  return {
    async keep(token, file) {
      await table.set(token, { name: file.name, data: await file.read() })
    },
    async recall(token) {
      const kept = await table.get(token)
      return kept && { name: kept.name, read: async () => kept.data.slice(0) }
    },
  }
}

export interface DataFolder {
  readonly files: readonly (readonly [string, ArrayBuffer])[]
  readonly onChange: (path: string, data: ArrayBuffer | undefined) => void
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
