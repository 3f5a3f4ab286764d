/**
 * A folder that the user chose once. Presets and recent styles are kept there as well as in
 * localStorage, which is lost when Photoshop is upgraded or the plug-in installed anew.
 */
import type { Labels } from './labels/index.ts'
import type { Log } from './log.ts'
import type { Memory } from './memory.ts'
import {
  MAX_TEXT_LENGTH,
  mergePresets,
  salvagePresets,
  type UserPreset,
  writePresets,
} from './presets-file.ts'
import { problemOf } from './problems.ts'
import type { PanelState } from './state.ts'
import type { Store } from './store.ts'
import { mergeRecent, type RecentStyle, readRecent } from './styles.ts'
import type { ChosenFolder } from './uxp.ts'

/** Has the same form as an exported file. */
const PRESETS_FILE = 'impasto-presets.json'
const RECENT_FILE = 'impasto-recent-styles.json'
const RECENT_VERSION = 1
/** UTF-8 has up to three bytes for each unit of UTF-16. */
const MAX_BYTES = 3 * MAX_TEXT_LENGTH

interface Kept {
  readonly presets: readonly UserPreset[]
  readonly recent: readonly RecentStyle[]
}

interface KeptFolderContext {
  readonly store: Store<PanelState>
  readonly memory: Memory
  readonly labels: Labels
  readonly log: Log
  pickFolder(): Promise<ChosenFolder | undefined>
  folderOfToken(token: string): Promise<ChosenFolder>
  /** Makes these presets and styles those of the panel, and remembers them. */
  adopt(kept: Kept): void
}

export interface KeptFolder {
  /** Whether a folder was chosen, reachable or not. */
  readonly isChosen: boolean
  /** What an earlier session has left there becomes the panel's. Never rejects. */
  open(): Promise<void>
  /** The user chooses one; what it holds already joins what the panel has. Never rejects. */
  choose(): Promise<void>
  /** After each change; a failure is told to the user. Never rejects. */
  save(): Promise<void>
}

interface Remembered {
  readonly token: string
  readonly name: string
  /** Whether the last change is missing in the folder. */
  readonly isBehind: boolean
}

export function makeKeptFolder(context: KeptFolderContext): KeptFolder {
  const { store, memory, labels, log } = context
  let remembered = readRemembered(memory.recall('folder'))
  let folder: ChosenFolder | undefined
  let writing: Promise<void> = Promise.resolve()

  const remember = (next: Remembered): void => {
    remembered = next
    memory.remember('folder', next)
  }
  const tell = (text: string, isError: boolean, detail?: string): void =>
    store.update({ notice: { text, detail, isError } })
  /** Told once until it works again: styles are chosen more often than disks are plugged in. */
  let isTold = false
  const tellProblem = (text: string, error: unknown): void => {
    log.add('warning', `folder of presets: ${String(error)}`)
    if (!isTold) tell(text, true, problemOf(error, labels).detail)
    isTold = true
  }
  const now = (): Kept => {
    const { userPresets, recent } = store.get()
    return { presets: userPresets, recent }
  }

  const write = async (to: ChosenFolder): Promise<void> => {
    const { presets, recent } = now()
    const file = { impasto: 'recent-styles', version: RECENT_VERSION, recent }
    await to.writeText(PRESETS_FILE, writePresets(presets))
    await to.writeText(RECENT_FILE, `${JSON.stringify(file, null, 2)}\n`)
  }
  const save = async (): Promise<void> => {
    if (!remembered) return
    const { name } = remembered
    // One after the other: each writes what there is then.
    writing = writing.then(async () => {
      try {
        if (!folder) throw new Error(`${name} cannot be reached`)
        await write(folder)
        isTold = false
        if (remembered?.isBehind) remember({ ...remembered, isBehind: false })
      } catch (error) {
        if (remembered) remember({ ...remembered, isBehind: true })
        tellProblem(labels.folderNotWritten(name), error)
      }
    })
    return writing
  }

  return {
    get isChosen() {
      return remembered !== undefined
    },
    async open() {
      if (!remembered) return
      const { token, name, isBehind } = remembered
      try {
        const found = await context.folderOfToken(token)
        const there = await readKept(found)
        folder = found
        if (there && !isBehind) context.adopt(there)
        else if (there) context.adopt(merged(there, now()))
        if (!there || isBehind) await save()
      } catch (error) {
        tellProblem(labels.folderGone(name), error)
      }
    },
    async choose() {
      try {
        const chosen = await context.pickFolder()
        if (!chosen) return
        const there = await readKept(chosen)
        const token = (await chosen.token()) ?? ''
        if (there) context.adopt(merged(there, now()))
        await write(chosen)
        folder = chosen
        isTold = false
        remember({ token, name: chosen.name, isBehind: false })
        tell(labels.keptInFolder(chosen.name, store.get().userPresets.length), false)
      } catch (error) {
        isTold = false
        tellProblem(labels.folderNotChosen, error)
      }
    },
    save,
  }
}

/** Where both have the same preset or style, the panel's stays. */
const merged = (there: Kept, ours: Kept): Kept => ({
  presets: mergePresets(there.presets, ours.presets),
  recent: mergeRecent(ours.recent, there.recent),
})

/**
 * @returns undefined where nothing was kept yet.
 * @throws Error when some of it cannot be used: writing there would lose that.
 */
async function readKept(folder: ChosenFolder): Promise<Kept | undefined> {
  const presetsText = await folder.readText(PRESETS_FILE, MAX_BYTES)
  const recentText = await folder.readText(RECENT_FILE, MAX_BYTES)
  if (presetsText === undefined && recentText === undefined) return undefined
  const { presets, problems } =
    presetsText === undefined ? { presets: [], problems: [] } : salvagePresets(presetsText)
  if (problems.length > 0) throw new Error(`${PRESETS_FILE}: ${problems.join('; ')}`)
  return { presets, recent: recentText === undefined ? [] : recentIn(recentText) }
}

/** Recent styles that cannot be read are no loss. */
function recentIn(text: string): readonly RecentStyle[] {
  try {
    return readRecent((JSON.parse(text) as { readonly recent?: unknown } | null)?.recent)
  } catch {
    return []
  }
}

function readRemembered(value: unknown): Remembered | undefined {
  const { token, name, isBehind } = (value ?? {}) as Record<string, unknown>
  if (typeof token !== 'string' || typeof name !== 'string') return undefined
  return { token, name, isBehind: isBehind === true }
}
