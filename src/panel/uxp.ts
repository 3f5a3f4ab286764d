/** Where UXP enters the panel: the only file that imports its module. */
import { type EntryPointsSetup, entrypoints, host, pluginManager, storage, versions } from 'uxp'
import { isAtLeast } from './version.ts'

export const setUpEntryPoints = (setup: EntryPointsSetup): void => entrypoints.setup(setup)

export const uiLocale = (): string => String(host.uiLocale)

/** For Diagnostics. */
export const hostVersions = (): Readonly<Record<string, string>> => ({
  impasto: String(versions.plugin),
  host: `${host.name} ${host.version}`,
  uxp: String(versions.uxp),
  locale: uiLocale(),
})

/** Whether the plug-in lies where this version loads no page of it: a profile on a network. */
export async function isOnDeadNetworkPath(): Promise<boolean> {
  const { nativePath } = await files.getPluginFolder()
  return !isAtLeast(String(versions.uxp), 9, 4) && /^(\\\\|\/\/)[^?.]/.test(nativePath)
}

/**
 * @returns what Photoshop says, if it does: nothing documents when it does.
 * @throws Error where the plug-in cannot find itself.
 */
export async function showPanel(pluginName: string, panelId: string): Promise<string | undefined> {
  // Adobe types the set as any.
  const plugins = Array.from(pluginManager.plugins as Iterable<OwnPlugin>)
  const own = plugins.find(({ name }) => name === pluginName)
  if (!own) throw new Error(`pluginManager knows no ${pluginName}`)
  return (await own.showPanel(panelId)) || undefined
}

interface OwnPlugin {
  readonly name: string
  showPanel(panelId: string): Promise<string | undefined>
}

/** A file that the user picked. */
export interface PickedFile {
  readonly name: string
  /** By which it is found again in later sessions; undefined where UXP gives none. */
  token(): Promise<string | undefined>
  readBytes(): Promise<Uint8Array>
  readText(): Promise<string>
}

/** A folder that the user chose. */
export interface ChosenFolder {
  readonly name: string
  /** By which it is found again in later sessions; undefined where UXP gives none. */
  token(): Promise<string | undefined>
  /** @returns undefined where there is no such file. @throws Error where it is larger than that. */
  readText(name: string, maxBytes: number): Promise<string | undefined>
  /** The file is what it was until all of it is written. */
  writeText(name: string, text: string): Promise<void>
}

const files = storage.localFileSystem

/** How long nothing must have asked for a dialog until the next one is opened. */
const QUIET_MS = 200
let isDialogOpen = false
let latestMs = Number.NEGATIVE_INFINITY

/**
 * A file dialog that one of Spectrum's controls opened may set off click after click (PS-57264):
 * what asks for another meanwhile, or directly after, is no person and gets none.
 */
async function ifQuiet<T>(open: () => Promise<T>): Promise<T | undefined> {
  const isQuiet = !isDialogOpen && Date.now() - latestMs > QUIET_MS
  latestMs = Date.now()
  if (!isQuiet) return undefined
  isDialogOpen = true
  try {
    return await open()
  } finally {
    isDialogOpen = false
    latestMs = Date.now()
  }
}

/** @returns undefined when the user changed their mind. */
export async function pickFile(types: readonly string[]): Promise<PickedFile | undefined> {
  const file = await ifQuiet(() => files.getFileForOpening({ types: [...types] }))
  return file ? pickedFile(file) : undefined
}

/** Begins the token of a file that the plug-in keeps itself; its name follows. */
const KEPT = 'kept:'
/** Begins the names of such files in the data folder. */
const KEPT_NAME = 'style-'

/**
 * Writes a file into the plug-in's own folder. Others there that are not needed any more are deleted.
 * @param name without a folder.
 */
export async function keepFile(
  name: string,
  bytes: Uint8Array,
  isNeeded: (token: string) => boolean,
): Promise<PickedFile> {
  const folder = await files.getDataFolder()
  const ownName = KEPT_NAME + name
  for (const entry of await folder.getEntries()) {
    const isOurs = entry.name.startsWith(KEPT_NAME) && entry.name !== ownName
    // One that cannot be deleted takes room, and does no other harm.
    if (isOurs && !isNeeded(KEPT + entry.name)) await entry.delete().catch(() => undefined)
  }
  const file = await folder.createFile(ownName, { overwrite: true })
  await file.write(bytes.slice().buffer, { format: storage.formats.binary })
  return keptFile(file)
}

const keptFile = (file: storage.File): PickedFile => ({
  ...pickedFile(file),
  token: async () => KEPT + file.name,
})

/** @throws when the token is stale. */
export async function fileOfToken(token: string): Promise<PickedFile> {
  if (token.startsWith(KEPT)) {
    const kept = await (await files.getDataFolder()).getEntry(token.slice(KEPT.length))
    if (!isFile(kept)) throw new Error(`${kept.name} is a folder`)
    return keptFile(kept)
  }
  const entry = await files.getEntryForPersistentToken(token)
  if (!isFile(entry)) throw new Error(`${entry.name} is a folder`)
  return pickedFile(entry)
}

/** @returns the name under which it was saved, undefined when the user changed their mind. */
export async function saveTextFile(name: string, text: string): Promise<string | undefined> {
  const types = [name.slice(name.lastIndexOf('.') + 1)]
  const file = await ifQuiet(() => files.getFileForSaving(name, { types }))
  if (!file) return undefined
  await file.write(text, { format: storage.formats.utf8 })
  return file.name
}

/** @returns undefined when the user changed their mind. */
export async function pickFolder(): Promise<ChosenFolder | undefined> {
  const folder = await ifQuiet(() => files.getFolder({}))
  return folder ? chosenFolder(folder) : undefined
}

/** @throws when the token is stale. */
export async function folderOfToken(token: string): Promise<ChosenFolder> {
  const entry = await files.getEntryForPersistentToken(token)
  if (isFile(entry)) throw new Error(`${entry.name} is a file`)
  return chosenFolder(entry)
}

/** A file of the plug-in itself. */
export async function readPluginFile(path: string): Promise<Uint8Array> {
  const entry = await (await files.getPluginFolder()).getEntry(path)
  if (!isFile(entry)) throw new Error(`${path} is a folder`)
  return readBytes(entry)
}

const chosenFolder = (folder: storage.Folder): ChosenFolder => ({
  name: folder.name,
  token: () => tokenOf(folder),
  async readText(name, maxBytes) {
    const entry = (await folder.getEntries()).find((candidate) => candidate.name === name)
    if (!entry || !isFile(entry)) return undefined
    const { size } = await entry.getMetadata()
    if (size > maxBytes) throw new Error(`${name}: expected at most ${maxBytes} bytes, got ${size}`)
    return String(await entry.read({ format: storage.formats.utf8 }))
  },
  async writeText(name, text) {
    const part = await folder.createFile(`${name}.part`, { overwrite: true })
    await part.write(text, { format: storage.formats.utf8 })
    await folder.renameEntry(part, name, { overwrite: true })
  },
})

async function tokenOf(entry: storage.File | storage.Folder): Promise<string | undefined> {
  try {
    return await files.createPersistentToken(entry)
  } catch {
    return undefined
  }
}

const pickedFile = (file: storage.File): PickedFile => ({
  name: file.name,
  token: () => tokenOf(file),
  readBytes: () => readBytes(file),
  readText: async () => String(await file.read({ format: storage.formats.utf8 })),
})

async function readBytes(file: storage.File): Promise<Uint8Array> {
  return new Uint8Array((await file.read({ format: storage.formats.binary })) as ArrayBuffer)
}

const isFile = (entry: storage.File | storage.Folder): entry is storage.File => entry.isFile
