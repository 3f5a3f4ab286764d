/** A modal dialog with a title, some content and buttons; the ground on which dialogs.ts stands. */
import { type Child, h } from './h.ts'
import { button } from './widgets.ts'

interface DialogButton {
  readonly label: string
  readonly isMain?: boolean
  /** @returns whether the dialog may close now. */
  press(): boolean | Promise<boolean>
}

/** @returns once it is closed, by a button or by Escape. */
export async function openDialog(
  title: string,
  content: readonly Child[],
  buttons: readonly DialogButton[],
): Promise<void> {
  const dialog = h('dialog', { class: 'impasto-dialog' }) as HTMLDialogElement
  const close = async (press: DialogButton['press']): Promise<void> => {
    if (await press()) dialog.close()
  }
  const row = buttons.map(({ label, isMain, press }) =>
    button(label, isMain ? 'cta' : 'secondary', () => void close(press)),
  )
  for (const part of [
    h('div', { class: 'dialog-title' }, title),
    h('div', { class: 'dialog-content' }, ...content),
    h('div', { class: 'dialog-buttons' }, ...row),
  ]) {
    dialog.appendChild(part)
  }
  const closed = new Promise((resolve) => dialog.addEventListener('close', resolve))
  document.body.appendChild(dialog)
  // In UXP a promise of the closing, which browsers do not give; Escape may reject it.
  const shown: unknown = dialog.showModal()
  await (shown instanceof Promise ? Promise.race([shown.catch(() => undefined), closed]) : closed)
  // Otherwise it would stay in the document.
  dialog.remove()
}
