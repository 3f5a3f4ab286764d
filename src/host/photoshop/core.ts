/** The core module. */
import type { LayerState } from '../state.ts'
import { Notifications } from './notifications.ts'
import type { Platform } from './platform.ts'
import type { Photoshop } from './real.ts'

export type CoreModule = Pick<
  Photoshop['core'],
  | 'executeAsModal'
  | 'isModal'
  | 'getLayerTreeSync'
  | 'showAlert'
  | 'addNotificationListener'
  | 'createTemporaryDocument'
  | 'deleteTemporaryDocument'
>

/** @returns the module, and a function that tells the listeners of the group UI. */
export function makeCore(platform: Platform): {
  core: CoreModule
  notifyUi: (event: string, descriptor?: object) => void
} {
  const { store, modality } = platform
  const interfaceEvents = new Notifications(() => false)
  const core: CoreModule = {
    executeAsModal: (run, options) => modality.execute(run, options),
    isModal: () => modality.isModal,
    getLayerTreeSync: (options) =>
      platform.read('getLayerTreeSync', () => {
        const { layerTree } = platform.switches
        if (layerTree === 'absent') throw new TypeError('core.getLayerTreeSync is not a function')
        const { layers } = store.get(options.documentID).state
        const item = layerTree === 'nested' ? nestedItem : documentedItem
        return { list: layers.map(item) }
      }),
    showAlert: async (options) => {
      const message = typeof options === 'string' ? options : options?.message
      if (typeof message !== 'string')
        throw new TypeError(`showAlert: expected a message, got ${typeof message}`)
      await platform.alert(message)
    },
    addNotificationListener: async (group, events, notifier) => {
      if (group === 'UI') interfaceEvents.add(events, notifier)
    },
    createTemporaryDocument: ({ documentID }) =>
      platform.writeLater('createTemporaryDocument', () => {
        const { title, state } = store.get(documentID)
        return { documentID: store.open(title, state, true).id }
      }),
    deleteTemporaryDocument: ({ documentID }) =>
      platform.writeLater('deleteTemporaryDocument', () => {
        if (!store.get(documentID).isTemporary)
          throw new Error(`deleteTemporaryDocument: document ${documentID} is not temporary`)
        store.close(documentID)
      }),
  }
  return { core, notifyUi: (event, descriptor) => interfaceEvents.emit(event, descriptor) }
}

type TreeItem = ReturnType<CoreModule['getLayerTreeSync']>['list'][number]

const documentedItem = ({ id, name, kind, children }: LayerState): TreeItem => ({
  layerID: id,
  name,
  kind,
  ...(children && { layers: children.map(documentedItem) }),
})

/** Numbers that stand for pixel layers and groups; other kinds get a number that means neither. */
const LAYER_KINDS: Readonly<Record<string, number>> = { pixel: 1, group: 7 }

const nestedItem = ({ id, name, kind, isBackground, children }: LayerState): TreeItem => ({
  layerID: id,
  name,
  layerKind: isBackground ? 12 : (LAYER_KINDS[kind] ?? 2),
  ...(children && { list: children.map(nestedItem) }),
})
