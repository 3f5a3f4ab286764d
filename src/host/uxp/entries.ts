/** Files and folders as `uxp.storage` shows them, over volumes. */
import type { storage } from 'uxp'
import { isArrayBuffer } from './array-buffer.ts'
import type { Volume } from './volume.ts'

export const formats = { utf8: Symbol('utf8'), binary: Symbol('binary') }
export const modes = { readOnly: Symbol('readOnly'), readWrite: Symbol('readWrite') }
export const types = { file: Symbol('file'), folder: Symbol('folder') }

type Provider = storage.FileSystemProvider

abstract class VirtualEntry {
  readonly isEntry = true
  abstract readonly isFile: boolean
  abstract readonly isFolder: boolean
  readonly provider: Provider
  readonly volume: Volume
  readonly path: string

  constructor(provider: Provider, volume: Volume, path: string) {
    this.provider = provider
    this.volume = volume
    this.path = path
  }

  get name(): string {
    return this.path.replace(/\/$/, '').split('/').at(-1) || this.volume.url
  }

  get url(): string {
    return this.volume.url + this.path
  }

  get nativePath(): string {
    if (this.volume.isOnNetwork?.())
      return `\\\\server\\profiles\\${this.path.replaceAll('/', '\\')}`
    return this.url.replace(/^([\w-]+):/, (_, scheme) => (scheme === 'file' ? '' : `/${scheme}`))
  }

  toString(): string {
    return `${this.isFile ? 'File' : 'Folder'} ${this.nativePath}`
  }

  async copyTo(): Promise<never> {
    throw unsupported('copyTo')
  }

  async moveTo(): Promise<never> {
    throw unsupported('moveTo')
  }

  protected refuseIfReadOnly(method: string): void {
    if (this.volume.isReadOnly) throw new Error(`${method}: ${this.url} is read-only`)
  }
}

export class VirtualFile extends VirtualEntry implements storage.File {
  readonly isFile = true
  readonly isFolder = false

  get mode(): symbol {
    return this.volume.isReadOnly ? modes.readOnly : modes.readWrite
  }

  async read(options: { format?: symbol } = {}): Promise<string | ArrayBuffer> {
    const data = await this.volume.read(this.path)
    const format = options.format ?? formats.utf8
    if (format === formats.binary) return data
    if (format === formats.utf8) return new TextDecoder().decode(data)
    throw new TypeError('read: format must be formats.utf8 or formats.binary')
  }

  async write(
    data: string | ArrayBuffer,
    options: { format?: symbol; append?: boolean } = {},
  ): Promise<number> {
    this.refuseIfReadOnly('write')
    const added = encode(data, options.format ?? formats.utf8)
    const isAppended = options.append && [...this.volume.paths()].includes(this.path)
    const before = new Uint8Array(
      isAppended ? await this.volume.read(this.path) : new ArrayBuffer(0),
    )
    const whole = new Uint8Array(before.length + added.length)
    whole.set(before)
    whole.set(added, before.length)
    await this.volume.write(this.path, whole.buffer)
    return added.length
  }

  async delete(): Promise<number> {
    this.refuseIfReadOnly('delete')
    await this.volume.remove(this.path)
    return 0
  }

  async getMetadata(): Promise<storage.EntryMetadata> {
    const size = (await this.volume.read(this.path)).byteLength
    return metadata(this, size)
  }
}

export class VirtualFolder extends VirtualEntry implements storage.Folder {
  readonly isFile = false
  readonly isFolder = true

  async getEntries(): Promise<Child[]> {
    const names = new Set<string>()
    for (const path of this.volume.paths()) {
      const [, name] = path.startsWith(this.path)
        ? (/^([^/]+\/?)/.exec(path.slice(this.path.length)) ?? [])
        : []
      if (name !== undefined) names.add(name)
    }
    return [...names].map((name) => this.child(name))
  }

  async getEntry(path: string): Promise<Child> {
    const wanted = this.path + path.replace(/^\/+|\/+$/g, '')
    for (const found of this.volume.paths()) {
      if (found === wanted) return new VirtualFile(this.provider, this.volume, wanted)
      if (found.startsWith(`${wanted}/`)) {
        return new VirtualFolder(this.provider, this.volume, `${wanted}/`)
      }
    }
    throw new Error(`getEntry: ${this.url}${path}: no such file or folder`)
  }

  /** The file exists once it is written. */
  async createFile(name: string, options: { overwrite?: boolean } = {}): Promise<VirtualFile> {
    this.refuseIfReadOnly('createFile')
    this.refuseIfTaken('createFile', name, options.overwrite)
    return new VirtualFile(this.provider, this.volume, this.path + name)
  }

  async createFolder(name: string): Promise<VirtualFolder> {
    this.refuseIfReadOnly('createFolder')
    this.refuseIfTaken('createFolder', name)
    await this.volume.write(`${this.path}${name}/`, new ArrayBuffer(0))
    return new VirtualFolder(this.provider, this.volume, `${this.path}${name}/`)
  }

  async createEntry(): Promise<never> {
    throw unsupported('createEntry')
  }

  /** Of files. */
  async renameEntry(
    entry: Child,
    name: string,
    options: { overwrite?: boolean } = {},
  ): Promise<void> {
    this.refuseIfReadOnly('renameEntry')
    this.refuseIfTaken('renameEntry', name, options.overwrite)
    if (entry.isFolder) throw unsupported('renameEntry of a folder')
    await this.volume.write(this.path + name, await this.volume.read(entry.path))
    await this.volume.remove(entry.path)
  }

  /** Makes an empty file: Adobe's pages disagree on what happens to the contents of an existing one. */
  async delete(): Promise<number> {
    this.refuseIfReadOnly('delete')
    if ((await this.getEntries()).length > 0) throw new Error(`delete: ${this.url} is not empty`)
    await this.volume.remove(this.path)
    return 0
  }

  async getMetadata(): Promise<storage.EntryMetadata> {
    return metadata(this, 0)
  }

  private child(name: string): Child {
    const Kind = name.endsWith('/') ? VirtualFolder : VirtualFile
    return new Kind(this.provider, this.volume, this.path + name)
  }

  private refuseIfTaken(method: string, name: string, overwrite = false): void {
    if (name === '' || name.includes('/')) {
      throw new Error(`${method}: expected the name of an entry of ${this.url}, got "${name}"`)
    }
    const path = this.path + name
    for (const found of this.volume.paths()) {
      if (found.startsWith(`${path}/`) || (found === path && !overwrite)) {
        throw new Error(`${method}: ${this.url}${name} exists already`)
      }
    }
  }
}

type Child = VirtualFile | VirtualFolder

function unsupported(method: string): Error {
  return new Error(`${method}: the stand-in for Photoshop lacks this method of uxp.storage`)
}

function encode(data: unknown, format: symbol): Uint8Array {
  if (typeof data === 'string' && format === formats.utf8) return new TextEncoder().encode(data)
  if (isArrayBuffer(data) && format === formats.binary) return new Uint8Array(data)
  throw new TypeError(
    `write: expected a string with formats.utf8 or an ArrayBuffer with formats.binary, got ${Object.prototype.toString.call(data)} with ${String(format)}`,
  )
}

function metadata(entry: VirtualEntry, size: number): storage.EntryMetadata {
  const { name, isFile, isFolder } = entry
  const now = new Date()
  return { name, size, isFile, isFolder, dateCreated: now, dateModified: now }
}
