/** What tests hold on to: `window.impastoHost`. */
import type { PhotoshopHost } from '../index.ts'
import type { Driver } from '../uxp/index.ts'
import type { PickerAnswers } from './pickers.ts'
import type { Theme } from './themes.ts'

export interface ImpastoHost {
  /** Documents, history, modal scopes, and the audit of the plug-in. */
  readonly host: PhotoshopHost
  /** Panels, commands and flyout of the plug-in; undefined when it could not be loaded. */
  readonly driver: Driver | undefined
  readonly panelId: string | undefined
  /** The panel's window: its `document` has the plug-in's elements. */
  readonly panelWindow: Window | undefined
  /** The global object that the plug-in's script sees. */
  readonly scope: object | undefined
  /** Opens the panel as a person does who finds it closed. */
  openPanel(): Promise<void>
  /** PSD, PNG, JPEG or WebP. @returns the id of the document. */
  openBytes(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<number>
  openSample(): Promise<number>
  /** The active document as a PSD file. */
  save(): Uint8Array<ArrayBuffer>
  /** The active document as a PNG file. */
  savePng(): Promise<Uint8Array<ArrayBuffer>>
  /** The plug-in's next file dialogs are answered with this; without fields by the browser. */
  setPicker(answers: PickerAnswers): void
  /** Every `<webview>` loads its page again. */
  reloadEnginePage(): void
  /** GPU devices that the page made are lost. */
  loseDevice(): void
  setTheme(theme: Theme): void
  /** Unloads the plug-in and loads it again, as in another session. */
  reloadPlugin(): Promise<void>
}

declare global {
  interface Window {
    /** Settled once the plug-in was loaded, or could not be. */
    impastoHost: Promise<ImpastoHost>
  }
}
