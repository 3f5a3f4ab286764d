/** Where Photoshop enters the panel: the only file that imports its module. */
import { action, app, constants, core, imaging } from 'photoshop'
import { makeDocumentWork } from './document/work.ts'
import { makeDocumentChecks } from './self-test/document-checks.ts'

const photoshop = { action, app, constants, core, imaging }

export const documentWork = makeDocumentWork(photoshop)

export const documentChecks = makeDocumentChecks(photoshop)

/**
 * Adds a step to the action being recorded; playing it calls the global function `methodName`
 * with `info`. Nothing happens unless an action is being recorded: recordAction rejects then, and
 * there is no way to ask beforehand.
 */
export async function recordStep(name: string, methodName: string, info: object): Promise<void> {
  try {
    await action.recordAction({ name, methodName }, info)
  } catch {
    // Not recording.
  }
}

/** Notifications about a panel, since Photoshop has been seen to leave out its `show` and `hide`. */
export function onPanelVisibility(panelId: string, tell: (isVisible: boolean) => void): void {
  const listen = (_: unknown, event: object = {}): void => {
    const { panelID, visible } = event as { readonly panelID?: unknown; readonly visible?: unknown }
    // Either the panel's own id, or the plug-in's id followed by it.
    if (typeof visible === 'boolean' && String(panelID).endsWith(panelId)) tell(visible)
  }
  // Not in every version.
  new Promise((resolve) =>
    resolve(core.addNotificationListener('UI', ['panelVisibilityChanged'], listen)),
  ).catch(() => undefined)
}
