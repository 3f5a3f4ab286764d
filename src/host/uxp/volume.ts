/** A place where virtual files lie. Paths have no leading slash; those of folders end with one. */
export interface Volume {
  /** URL of the root, as entries show it: 'plugin:/', 'file:/picked/1/'. */
  readonly url: string
  readonly isReadOnly: boolean
  /** Whether its native paths are those of a network drive. */
  readonly isOnNetwork?: () => boolean
  /** Paths of the files, and of those folders that no file's path implies. */
  paths(): Iterable<string>
  read(path: string): Promise<ArrayBuffer>
  /** Makes a folder when the path is one. */
  write(path: string, data: ArrayBuffer): Promise<void>
  remove(path: string): Promise<void>
}

/** The plug-in folder. */
export function pluginVolume(
  paths: readonly string[],
  read: (path: string) => Promise<ArrayBuffer>,
  isOnNetwork?: () => boolean,
): Volume {
  const refuse = async (path: string): Promise<never> => {
    throw new Error(`plugin:/${path}: the plug-in folder is read-only`)
  }
  return {
    url: 'plugin:/',
    isReadOnly: true,
    isOnNetwork,
    paths: () => paths,
    read,
    write: refuse,
    remove: refuse,
  }
}

/** Files in memory. `onChange` is told of every change, so that a host can keep them. */
export function memoryVolume(
  url: string,
  files: Iterable<readonly [string, ArrayBuffer]> = [],
  onChange: (path: string, data: ArrayBuffer | undefined) => void = () => {},
): Volume {
  const contents = new Map(files)
  return {
    url,
    isReadOnly: false,
    paths: () => contents.keys(),
    async read(path) {
      const data = contents.get(path)
      if (data === undefined) throw new Error(`${url}${path}: no such file`)
      return data.slice(0)
    },
    async write(path, data) {
      const copy = data.slice(0)
      contents.set(path, copy)
      onChange(path, copy)
    },
    async remove(path) {
      if (!contents.delete(path)) throw new Error(`${url}${path}: no such file or folder`)
      onChange(path, undefined)
    },
  }
}

/** A file that the user picked to be read. */
export interface PickedFile {
  readonly name: string
  read(): Promise<ArrayBuffer>
}

export function openedVolume(url: string, file: PickedFile): Volume {
  return { ...pluginVolume([file.name], () => file.read()), url }
}

/** A folder that the user chose; paths have no leading slash and, of files, no ending one. */
export interface ChosenFolder {
  readonly name: string
  paths(): Promise<readonly string[]>
  read(path: string): Promise<ArrayBuffer>
  write(path: string, data: ArrayBuffer): Promise<void>
  remove(path: string): Promise<void>
}

/** @param refuses asked at each change. */
export async function chosenVolume(
  url: string,
  folder: ChosenFolder,
  refuses: () => boolean,
): Promise<Volume> {
  const root = `${folder.name}/`
  const inside = (path: string): string => path.slice(root.length)
  const known = new Set((await folder.paths()).map((path) => root + path))
  const change = async (path: string, apply: () => Promise<void>): Promise<void> => {
    if (refuses()) throw new Error(`${url}${path}: permission denied`)
    await apply()
  }
  return {
    url,
    isReadOnly: false,
    paths: () => [root, ...known],
    read: (path) => folder.read(inside(path)),
    write: (path, data) =>
      change(path, async () => {
        await folder.write(inside(path), data)
        known.add(path)
      }),
    remove: (path) =>
      change(path, async () => {
        await folder.remove(inside(path))
        known.delete(path)
      }),
  }
}

/** Where the user wants a file saved; called with the whole file at every write. */
export interface SaveTarget {
  readonly name: string
  write(data: ArrayBuffer): Promise<void>
}

/** A file that is empty until it is written to; what was written can be read back. */
export function savedVolume(url: string, target: SaveTarget): Volume {
  const memory = memoryVolume(url)
  return {
    ...memory,
    async write(path, data) {
      await target.write(data)
      await memory.write(path, data)
    },
  }
}
