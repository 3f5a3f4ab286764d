/** Modal scopes, and what may go wrong in one. */
import { DocumentError } from '../document.ts'
import type { ModalContext, Photoshop, PsDocument, PsImageData } from './photoshop-types.ts'

/** How long a busy Photoshop is asked again. */
const TIMEOUT_SECONDS = 3

/** `number` of the error when someone else holds Photoshop. */
const HOST_IS_MODAL = 9

export interface ModalScope {
  readonly context: ModalContext
  /** A document made here is closed when the scope ends. */
  closeAtEnd(document: PsDocument): Promise<void>
  keepOpen(document: PsDocument): Promise<void>
}

/** @throws DocumentError */
export async function inModalScope<T>(
  photoshop: Photoshop,
  commandName: string,
  work: (scope: ModalScope) => Promise<T>,
): Promise<T> {
  const options = { commandName, interactive: false, timeOut: TIMEOUT_SECONDS }
  const temporaryIds = new Set<number>()
  // Whether executeAsModal hands on the object that was thrown is not documented.
  let failure: DocumentError | undefined
  try {
    return await photoshop.core.executeAsModal(async (context) => {
      const { hostControl } = context
      try {
        return await work({
          context,
          async closeAtEnd({ id }) {
            temporaryIds.add(id)
            await hostControl.registerAutoCloseDocument(id)
          },
          async keepOpen({ id }) {
            await hostControl.unregisterAutoCloseDocument(id)
            temporaryIds.delete(id)
          },
        })
      } catch (error) {
        failure = documentError(commandName, error, context.isCancelled)
        throw error
      }
    }, options)
  } catch (error) {
    // A cancel may come between the making of a document and its registration.
    const left = Array.from(photoshop.app.documents).filter(({ id }) => temporaryIds.has(id))
    if (left.length > 0) {
      // The first error is the one to report.
      await succeeds(() =>
        photoshop.core.executeAsModal(async () => {
          for (const document of left) document.closeWithoutSaving()
        }, options),
      )
    }
    throw failure ?? documentError(commandName, error, false)
  }
}

function documentError(commandName: string, error: unknown, isCancelled: boolean): DocumentError {
  const options = { cause: error }
  if (isCancelled) {
    return new DocumentError('cancelled', `${commandName}: cancelled in Photoshop`, [], options)
  }
  if (error instanceof DocumentError) return error
  const { message = String(error), number } = error as { message?: string; number?: unknown }
  if (number === HOST_IS_MODAL) {
    return new DocumentError(
      'busy',
      `${commandName}: Photoshop is busy; finish its dialog or command and try again (${message})`,
      [],
      options,
    )
  }
  return new DocumentError('failed', `${commandName}: ${message}`, [], options)
}

/** For calls that may fail without harm. After a cancel the next call throws, so none is lost here. */
export async function succeeds(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call()
    return true
  } catch {
    return false
  }
}

/** Frees Photoshop's memory for pixels once they were used, whatever happens. */
export async function disposing<T>(
  imageData: PsImageData,
  use: (imageData: PsImageData) => Promise<T>,
): Promise<T> {
  try {
    return await use(imageData)
  } finally {
    await imageData.dispose()
  }
}
