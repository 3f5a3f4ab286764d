/** Makes the stand-in for Photoshop: documents, a person's actions, and the modules for a plug-in. */
import type { Audit, Host, HostModules } from './host.ts'
import { deselected } from './photoshop/document-states.ts'
import { makePhotoshopModule, type PhotoshopModule } from './photoshop/module.ts'
import { Platform } from './photoshop/platform.ts'
import { Recorder } from './photoshop/recording.ts'
import { everyLayer } from './photoshop/tree.ts'
import type { DocumentState } from './state.ts'
import { DEFAULT_SWITCHES, type Switches } from './switches.ts'

export interface HostOptions {
  readonly switches?: Partial<Switches>
  /** The module that `require('uxp')` gives; made by uxp/. */
  readonly uxp?: object
  /** Where recorded steps find their handlers; the present global object when absent. */
  readonly pluginGlobal?: () => object
  /** Shows core.showAlert's message; settles when it was read. */
  readonly alert?: (message: string) => void | Promise<void>
  /** Told the name of each call of the plug-in before it is checked, so that a test can interfere there. */
  readonly onCall?: (name: string) => void
}

export interface PhotoshopHost extends Host {
  readonly modules: HostModules & { readonly photoshop: PhotoshopModule }
  readonly switches: Switches
  /** Sets switches, which count from now on; those of pages count when the plug-in is next loaded. */
  setSwitches(changed: Partial<Switches>): void
  /** Sends an event, such as panelVisibilityChanged, to listeners of core's group UI. */
  notifyUi(event: string, descriptor?: object): void
  /** Adds a sentence to the audit. */
  complain(violation: string): void
}

export function createHost(options: HostOptions = {}): PhotoshopHost {
  const switches = { ...DEFAULT_SWITCHES, ...options.switches }
  const platform = new Platform({ ...options, switches })
  const { store, modality, notifications, journal } = platform
  const recorder = new Recorder(platform, options.pluginGlobal ?? (() => globalThis))
  const { photoshop, notifyUi } = makePhotoshopModule(platform, recorder)

  /** A person can do nothing while a scope runs that is not interactive. */
  const byHand = <T>(act: () => T): T => {
    const { session } = modality
    if (session && !session.isInteractive)
      throw new Error(`Photoshop is modal: “${session.name}” is running. Cancel it or wait.`)
    return act()
  }

  const change = (
    id: number,
    name: string,
    makeState: (state: DocumentState) => DocumentState,
    event: string,
  ): void =>
    byHand(() => {
      const document = store.get(id)
      const before = document.state
      store.change(document, name, makeState)
      if (document.state === before) return
      announce(before, document.state, event)
    })

  const announce = (before: DocumentState, after: DocumentState, event: string): void => {
    const idsOf = (state: DocumentState) => [...everyLayer(state.layers)].map(({ id }) => id)
    const [old, now] = [idsOf(before), idsOf(after)]
    const made = now.filter((id) => !old.includes(id))
    const deleted = old.filter((id) => !now.includes(id))
    if (made.length > 0) notifications.emit('make', { layerID: made })
    if (deleted.length > 0) notifications.emit('delete', { layerID: deleted })
    if (before.mode !== after.mode || before.depth !== after.depth)
      notifications.emit('convertMode')
    notifications.emit(event)
    notifications.emit('historyStateChanged')
  }

  const goToHistory = (id: number, index: number): void =>
    byHand(() => {
      const document = store.get(id)
      const before = document.state
      store.goToHistory(document, index)
      announce(before, document.state, 'select')
    })

  const step = (id: number, by: 1 | -1): void => {
    const { history, historyIndex } = store.get(id)
    if (history[historyIndex + by]) goToHistory(id, historyIndex + by)
  }

  const audit: Audit = journal
  return {
    get documents() {
      return store.documents
    },
    get activeDocumentId() {
      return store.active?.id
    },
    get modal() {
      return modality.status
    },
    openDocument: (title, state) =>
      byHand(() => {
        const { id } = store.open(title, state)
        notifications.emit('open', { documentID: id })
        return id
      }),
    closeDocument: (id) =>
      byHand(() => {
        store.close(id)
        notifications.emit('close', { documentID: id })
      }),
    activateDocument: (id) =>
      byHand(() => {
        store.activate(id)
        notifications.emit('select', { documentID: id })
      }),
    selectLayers: (documentId, layerIds) =>
      byHand(() => {
        store.selectLayers(store.get(documentId), layerIds)
        notifications.emit(layerIds.length > 0 ? 'select' : 'selectNoLayers', {
          layerID: [...layerIds],
        })
      }),
    select: (documentId, selection) =>
      change(
        documentId,
        selection ? 'Select' : 'Deselect',
        (state) => (selection ? { ...state, selection } : deselected(state)),
        'set',
      ),
    edit: (documentId, name, makeState) => change(documentId, name, makeState, 'set'),
    goToHistory,
    undo: (id) => step(id, -1),
    redo: (id) => step(id, 1),
    holdModal: (owner) => modality.hold(owner),
    cancelModal: () => modality.cancel(),
    startRecording: () => recorder.start(),
    stopRecording: () => recorder.stop(),
    play: async (steps) => void (await recorder.play(steps)),
    recordAgain: (steps) => recorder.play(steps),
    switches,
    setSwitches: (changed) => void Object.assign(switches, changed),
    onChange: (listener) => store.onChange(listener),
    notifyUi,
    complain: (violation) => journal.complain(violation),
    modules: { photoshop, uxp: options.uxp ?? {} },
    audit,
  }
}
