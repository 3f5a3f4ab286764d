/** `<dialog>` as UXP has it: showing it gives a promise of what it is closed with. */

type ModalDialog = HTMLDialogElement & {
  uxpShowModal(options?: DialogOptions): Promise<string>
}

interface DialogOptions {
  readonly title?: string
  readonly size?: { readonly width?: number; readonly height?: number }
}

/** @param setModal hears whether a dialog is open, so that the host can give it room. */
export function installDialogs(setModal: (isModal: boolean) => void): void {
  const prototype = HTMLDialogElement.prototype
  const showModal = prototype.showModal

  function show(dialog: HTMLDialogElement): Promise<string> {
    dialog.returnValue = ''
    setModal(true)
    showModal.call(dialog)
    return new Promise((resolve) => {
      const settle = (): void => {
        setModal(document.querySelector('dialog:modal') !== null)
        // UXP tells Escape from a choice by this word.
        resolve(dialog.returnValue || 'reasonCanceled')
      }
      dialog.addEventListener('close', settle, { once: true })
    })
  }

  Object.assign(prototype, {
    showModal(this: HTMLDialogElement) {
      return show(this)
    },
    uxpShowModal(this: ModalDialog, options: DialogOptions = {}) {
      const { title, size } = options
      if (title !== undefined) this.setAttribute('data-title', title)
      if (size?.width !== undefined) this.style.width = `${size.width}px`
      if (size?.height !== undefined) this.style.minHeight = `${size.height}px`
      return show(this)
    },
  })
}
