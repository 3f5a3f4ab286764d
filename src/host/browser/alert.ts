/** A message that waits until it was read. */
import { h } from './dom.ts'

export function showAlert(text: string, ok: string): Promise<void> {
  const dialog = h(
    'dialog',
    { className: 'alert' },
    h('p', {}, text),
    h('button', { className: 'text-button cta', on: { click: () => dialog.close() } }, ok),
  )
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((resolve) =>
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve()
    }),
  )
}
