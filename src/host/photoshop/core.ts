/** The core module. */
import { Notifications } from './notifications.ts'
import type { Platform } from './platform.ts'
import type { Photoshop } from './real.ts'

export type CoreModule = Pick<
  Photoshop['core'],
  | 'executeAsModal'
  | 'isModal'
  | 'showAlert'
  | 'addNotificationListener'
  | 'createTemporaryDocument'
  | 'deleteTemporaryDocument'
>

/** @returns the module, and what tells its listeners of the group UI. */
export function makeCore(platform: Platform): {
  core: CoreModule
  notifyUi: (event: string, descriptor?: object) => void
} {
  const { store, modality } = platform
  const interfaceEvents = new Notifications(() => false)
  const core: CoreModule = {
    executeAsModal: (run, options) => modality.execute(run, options),
    isModal: () => modality.isModal,
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
