/** What @types/photoshop 25.0.4 lacks of Photoshop's documented interface. */
import 'photoshop'

declare module 'photoshop/dom/CoreModules' {
  interface ExecuteAsModalOptions {
    /** Seconds for which a busy Photoshop is asked again; 1 by default. Since 25.10. */
    timeOut?: number
  }

  namespace photoshopAction {
    /**
     * Adds a step to the action being recorded. Playing it calls the global function `methodName`
     * with the execution context and `info`. Rejects unless an action is being recorded. Since 25.0.
     */
    function recordAction(
      options: { readonly name: string; readonly methodName: string },
      info: object,
    ): Promise<void>
  }

  namespace photoshopCore {
    /** As documented, `kind` and `layers`; Photoshop 26.10 gives `layerKind` and `list`. */
    interface LayerTreeItem {
      readonly layerID?: number
      readonly name?: string
      readonly kind?: string
      readonly layerKind?: number
      readonly layers?: readonly LayerTreeItem[]
      readonly list?: readonly LayerTreeItem[]
    }

    /** All layers of a document in one call, from the top of the stack down. Since 23.1. */
    function getLayerTreeSync(options: { readonly documentID: number }): {
      readonly list: readonly LayerTreeItem[]
    }

    /** A hidden copy of a document with limited editing, for as long as the modal scope lasts. */
    function createTemporaryDocument(
      options: CreateTemporaryDocumentOptions,
    ): Promise<CreateTemporaryDocumentResult>
    function deleteTemporaryDocument(options: DeleteTemporaryDocumentOptions): Promise<void>
  }
}

declare module 'photoshop/dom/ImagingModule' {
  namespace imaging {
    interface PhotoshopImageData {
      /** The documented name of what the type package calls `chunky`. */
      readonly isChunky: boolean
    }
  }
}
