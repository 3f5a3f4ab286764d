/** Contract of the stand-in for Photoshop; index.ts makes one. */
import type { DocumentState, Rect, SelectionState } from './state.ts'
import type { Switches } from './switches.ts'

export interface HostDocument {
  readonly id: number
  readonly title: string
  readonly state: DocumentState
  /** Oldest first; the first is the opening. */
  readonly history: readonly {
    readonly id: number
    readonly name: string
    readonly state: DocumentState
  }[]
  /** Index in `history` of the present state. */
  readonly historyIndex: number
  readonly selectedLayerIds: readonly number[]
}

/**
 * What a person does in Photoshop outside of any plug-in, and what a test asks about the plug-in.
 * Calls that change documents throw while a scope of the plug-in runs that is not interactive.
 */
export interface Host {
  readonly documents: readonly HostDocument[]
  readonly activeDocumentId: number | undefined
  openDocument(title: string, state: DocumentState): number
  closeDocument(id: number): void
  activateDocument(id: number): void
  selectLayers(documentId: number, layerIds: readonly number[]): void
  select(documentId: number, selection: SelectionState | undefined): void
  /** A change by hand, as one history state. */
  edit(documentId: number, name: string, change: (state: DocumentState) => DocumentState): void
  goToHistory(documentId: number, index: number): void
  undo(documentId: number): void
  redo(documentId: number): void
  /** Another plug-in or a dialog holds Photoshop until the returned function is called. */
  holdModal(owner: string): () => void
  /** Presses Esc, or Cancel in the progress dialog, of whatever scope is running. */
  cancelModal(): void
  /** The running scope and its progress, for the status line. */
  readonly modal:
    | { readonly owner: string; readonly name: string; readonly progress?: number }
    | undefined
  startRecording(): void
  /** @returns what was recorded. */
  stopRecording(): readonly RecordedStep[]
  play(steps: readonly RecordedStep[]): Promise<void>
  /** Plays them. @returns the steps with what their handlers gave back, as an action keeps them then. */
  recordAgain(steps: readonly RecordedStep[]): Promise<readonly RecordedStep[]>
  /** Told that anything above may have changed. @returns a function that ends listening. */
  onChange(listener: () => void): () => void
  /** The modules that `require` gives to the plug-in. */
  readonly modules: HostModules
  readonly audit: Audit
}

export interface RecordedStep {
  readonly name: string
  readonly methodName: string
  readonly info: object
}

/** What a strict platform would have complained about, silently or late. */
export interface Audit {
  /** How many calls the plug-in made into Photoshop, reads of DOM properties included. */
  readonly calls: number
  /** How many PhotoshopImageData are not yet disposed. */
  readonly undisposed: number
  /** Sentences: slow entry points, double setup, unknown globals … */
  readonly violations: readonly string[]
}

export interface HostModules {
  readonly photoshop: object
  readonly uxp: object
}

export type { DocumentState, Rect, SelectionState, Switches }
