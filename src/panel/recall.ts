/** The state with which the panel opens: what was remembered, defaults for the rest. */
import type { DocumentWork } from './document.ts'
import { readFavourites } from './favourites.ts'
import type { Log } from './log.ts'
import type { Memory } from './memory.ts'
import { readSpeeds } from './prediction.ts'
import { type SalvagedPresets, salvagePresets, writePresets } from './presets-file.ts'
import { readSettings, withKnownPreset, writeSettings } from './settings.ts'
import type { PanelState } from './state.ts'
import { readRecent } from './styles.ts'

export function recallState(
  memory: Memory,
  documents: Pick<DocumentWork, 'facts'>,
  log: Log,
): PanelState {
  const { presets: userPresets, renamed } = recallPresets(memory, log)
  const read = readSettings(memory.recall('settings'))
  // A preset of the user's whose name a built-in preset has taken since.
  const settings = { ...read, preset: renamed.get(read.preset) ?? read.preset }
  if (renamed.size > 0) {
    // At once, since in the next session the name means the built-in preset.
    memory.remember('presets', writePresets(userPresets))
    memory.remember('settings', writeSettings(settings))
  }
  const lastDevice = memory.recall('lastDevice')
  return {
    settings: withKnownPreset(settings, userPresets),
    userPresets,
    recent: readRecent(memory.recall('recent')),
    favourites: readFavourites(memory.recall('favourites')),
    gallery: 'built-in',
    otherDocuments: [],
    layer: documents.facts(),
    maskLayers: [],
    editing: { index: 0, isOpen: false },
    drafts: {},
    openGroups: [],
    isOnTop: false,
    engine: { phase: 'asleep' },
    lastDevice: typeof lastDevice === 'string' ? lastDevice : undefined,
    calibrated: {},
    speeds: readSpeeds(memory.recall('speeds')),
    job: { phase: 'idle' },
  }
}

/** They are kept in the form of an exported file; one that cannot be used does not spoil the rest. */
function recallPresets(memory: Memory, log: Log): SalvagedPresets {
  const none = { presets: [], renamed: new Map<string, string>(), problems: [] }
  const text = memory.recall('presets')
  if (typeof text !== 'string') return none
  try {
    const salvaged = salvagePresets(text)
    for (const problem of salvaged.problems) log.add('warning', `forgotten: ${problem}`)
    for (const [old, name] of salvaged.renamed) {
      log.add('warning', `preset "${old}" is "${name}" now: there is a built-in one of that name`)
    }
    return salvaged
  } catch (error) {
    log.add('warning', `presets are forgotten: ${String(error)}`)
    return none
  }
}
