import type { storage } from 'uxp'
import { describe, expect, test } from 'vitest'
import type { Switches } from '../../../src/host/switches.ts'
import type { ChosenFolder, Pickers } from '../../../src/host/uxp/index.ts'
import { bytes, MANIFEST, standIn } from './stand-in.ts'

const wave = { name: 'wave.png', read: async () => bytes('pixels') }

function picking(): Pickers & { readonly saved: ArrayBuffer[] } {
  const saved: ArrayBuffer[] = []
  return {
    saved,
    open: async ({ allowMultiple }) => (allowMultiple ? [wave, wave] : [wave]),
    folder: async () => undefined,
    save: async ({ suggestedName }) => ({
      name: suggestedName,
      write: async (data) => {
        saved.push(data)
      },
    }),
  }
}

/** In memory. */
function disk(name: string): ChosenFolder & { readonly files: Map<string, ArrayBuffer> } {
  const files = new Map<string, ArrayBuffer>()
  return {
    name,
    files,
    paths: async () => [...files.keys()],
    read: async (path) => files.get(path)!,
    write: async (path, data) => void files.set(path, data),
    remove: async (path) => void files.delete(path),
  }
}

describe('a chosen folder', () => {
  const choose = async (folder: ChosenFolder, switches: Partial<Switches> = {}) => {
    const pickers = { ...picking(), folder: async () => folder }
    const { localFileSystem } = standIn({ pickers }, switches).uxp.storage
    return { localFileSystem, chosen: (await localFileSystem.getFolder({}))! }
  }

  test('is written to, its files replace one another, and it is found again by its token', async () => {
    const folder = disk('Mine')
    const { localFileSystem, chosen } = await choose(folder)
    expect([chosen.name, chosen.isFolder]).toEqual(['Mine', true])
    await (await chosen.createFile('a.txt')).write('old')
    const part = await chosen.createFile('a.txt.part')
    await part.write('new')
    await chosen.renameEntry(part, 'a.txt', { overwrite: true })
    expect([...folder.files.keys()]).toEqual(['a.txt'])
    const token = await localFileSystem.createPersistentToken(chosen)
    const again = (await localFileSystem.getEntryForPersistentToken(token)) as typeof chosen
    expect(again.name).toBe('Mine')
    const [file] = await again.getEntries()
    expect(file!.name).toBe('a.txt')
    expect(await (file as storage.File).read()).toBe('new')
  })

  test('may refuse to be written to, and is nothing when the dialog is cancelled', async () => {
    const { chosen } = await choose(disk('Mine'), { chosenFoldersRefuse: true })
    await expect((await chosen.createFile('a.txt')).write('x')).rejects.toThrow('permission denied')
    expect(await standIn().uxp.storage.localFileSystem.getFolder({})).toBeNull()
  })
})

describe('pickers', () => {
  test('give the picked file, which reads as bytes or as text', async () => {
    const { storage } = standIn({ pickers: picking() }).uxp
    const file = await storage.localFileSystem.getFileForOpening({ types: ['png'] })
    expect(file?.name).toBe('wave.png')
    expect(await file?.read()).toBe('pixels')
    const data = await file?.read({ format: storage.formats.binary })
    expect(data).toEqual(bytes('pixels'))
  })

  test('give several files when asked to', async () => {
    const { localFileSystem } = standIn({ pickers: picking() }).uxp.storage
    expect(await localFileSystem.getFileForOpening({ allowMultiple: true })).toHaveLength(2)
  })

  test('give null, undefined or an empty list when cancelled, which a careless caller trips over', async () => {
    const { localFileSystem } = standIn().uxp.storage
    const other = standIn({}, { cancelledPickerGives: 'undefined' }).uxp.storage.localFileSystem
    expect(await localFileSystem.getFileForOpening()).toBeNull()
    expect(await other.getFileForOpening()).toBeUndefined()
    expect(await localFileSystem.getFileForOpening({ allowMultiple: true })).toEqual([])
    expect(await localFileSystem.getFileForSaving('preset.json')).toBeNull()
    const careless = async () => (await localFileSystem.getFileForOpening())!.read()
    await expect(careless()).rejects.toThrow(TypeError)
  })

  test('refuse a plug-in whose manifest does not ask for them', async () => {
    for (const localFileSystem of [undefined, 'plugin']) {
      const manifest = { ...MANIFEST, requiredPermissions: { localFileSystem } }
      const { storage } = standIn({ manifest, pickers: picking() }).uxp
      await expect(storage.localFileSystem.getFileForOpening()).rejects.toThrow('permission denied')
      await expect(storage.localFileSystem.getFileForSaving('a.json')).rejects.toThrow(
        'permission denied',
      )
    }
  })

  test('want a name to save under, or types', async () => {
    const { localFileSystem } = standIn({ pickers: picking() }).uxp.storage
    await expect(localFileSystem.getFileForSaving('')).rejects.toThrow('name')
    expect(await localFileSystem.getFileForSaving('', { types: ['json'] })).not.toBeNull()
  })

  test('hand the host what is written to a saved file', async () => {
    const pickers = picking()
    const { localFileSystem } = standIn({ pickers }).uxp.storage
    const file = await localFileSystem.getFileForSaving('preset.json', { types: ['json'] })
    await file?.write('{')
    await file?.write('}', { append: true })
    expect(pickers.saved).toEqual([bytes('{'), bytes('{}')])
    expect(await file?.read()).toBe('{}')
  })
})

describe('read-only entries', () => {
  test('an opened file cannot be written', async () => {
    const { localFileSystem, modes } = standIn({ pickers: picking() }).uxp.storage
    const file = await localFileSystem.getFileForOpening()
    expect(file?.mode).toBe(modes.readOnly)
    await expect(file?.write('other')).rejects.toThrow('read-only')
    await expect(file?.delete()).rejects.toThrow('read-only')
  })

  test('the plug-in folder lists and reads its files and takes no others', async () => {
    const { localFileSystem } = standIn().uxp.storage
    const folder = await localFileSystem.getPluginFolder()
    const names = (await folder.getEntries()).map((entry) => entry.name)
    expect(names.sort()).toEqual(['index.html', 'styles'])
    const file = await folder.getEntry('styles/wave.jpg')
    expect(file.url).toBe('plugin:/styles/wave.jpg')
    expect(file.isFile && (await file.getMetadata()).size).toBe(26)
    await expect(folder.getEntry('styles/other.jpg')).rejects.toThrow('no such file')
    await expect(folder.createFile('new.txt')).rejects.toThrow('read-only')
    await expect(folder.createFolder('new')).rejects.toThrow('read-only')
  })
})

describe('the data folder', () => {
  test('keeps files, begins with those of an earlier session and tells the host of changes', async () => {
    const changes: unknown[] = []
    const { localFileSystem, formats } = standIn({
      dataFiles: [['settings.json', bytes('{}')]],
      onDataChange: (path, data) => changes.push([path, data?.byteLength]),
    }).uxp.storage
    const folder = await localFileSystem.getDataFolder()
    const settings = await folder.getEntry('settings.json')
    expect(settings.isFile && (await settings.getMetadata()).size).toBe(2)

    const presets = await folder.createFolder('presets')
    const file = await presets.createFile('mine.bin')
    await expect(presets.getEntry('mine.bin')).rejects.toThrow('no such file')
    expect(await file.write(new ArrayBuffer(3), { format: formats.binary })).toBe(3)
    await expect(presets.createFile('mine.bin')).rejects.toThrow('exists')
    expect((await presets.getEntry('mine.bin')).url).toBe('plugin-data:/presets/mine.bin')
    await expect(presets.delete()).rejects.toThrow('not empty')
    await file.delete()
    await presets.delete()
    expect(changes).toEqual([
      ['presets/', 0],
      ['presets/mine.bin', 3],
      ['presets/mine.bin', undefined],
      ['presets/', undefined],
    ])
  })

  test('takes text as text and bytes as bytes only', async () => {
    const { localFileSystem } = standIn().uxp.storage
    const file = await (await localFileSystem.getDataFolder()).createFile('a')
    await expect(file.write(new ArrayBuffer(3))).rejects.toThrow(TypeError)
    const view = new Uint8Array(3) as unknown as ArrayBuffer
    await expect(file.write(view)).rejects.toThrow('Uint8Array')
  })
})

describe('tokens', () => {
  test('of a session are strings at once and lead back to their entry', async () => {
    const { localFileSystem } = standIn({ pickers: picking() }).uxp.storage
    const file = (await localFileSystem.getFileForOpening())!
    const token = localFileSystem.createSessionToken(file)
    expect(localFileSystem.getEntryForSessionToken(token)).toBe(file)
    expect(() => localFileSystem.getEntryForSessionToken('session:9')).toThrow(ReferenceError)
  })

  test('that persist lead to a picked file and to files of the own folders', async () => {
    const { localFileSystem } = standIn({ pickers: picking() }).uxp.storage
    const picked = (await localFileSystem.getFileForOpening())!
    const builtIn = await (await localFileSystem.getPluginFolder()).getEntry('styles/wave.jpg')
    for (const entry of [picked, builtIn]) {
      const token = await localFileSystem.createPersistentToken(entry)
      const again = await localFileSystem.getEntryForPersistentToken(token)
      expect(again.name).toBe(entry.name)
    }
  })

  test('reject once they are stale: by switch, in another session, or when unknown', async () => {
    const first = standIn({ pickers: picking() }).uxp.storage.localFileSystem
    const token = await first.createPersistentToken((await first.getFileForOpening())!)
    const next = standIn().uxp.storage.localFileSystem
    await expect(next.getEntryForPersistentToken(token)).rejects.toThrow('token is not defined')
    const stale = standIn({}, { persistentTokensAreStale: true }).uxp.storage.localFileSystem
    await expect(stale.getEntryForPersistentToken('plugin:/index.html')).rejects.toThrow(
      'token is not defined',
    )
  })

  test('outlive the session where the host keeps them', async () => {
    const kept = new Map<string, typeof wave>()
    const tokens = {
      keep: async (token: string, file: typeof wave) => void kept.set(token, file),
      recall: async (token: string) => kept.get(token),
      keepFolder: async () => undefined,
      recallFolder: async () => undefined,
    }
    const first = standIn({ pickers: picking(), tokens }).uxp.storage.localFileSystem
    const token = await first.createPersistentToken((await first.getFileForOpening())!)
    const next = standIn({ tokens }).uxp.storage.localFileSystem
    const file = await next.getEntryForPersistentToken(token)
    expect(file.name).toBe('wave.png')
  })
})
