/// <reference types="@adobe/cc-ext-uxp-types" />
/**
 * What Adobe's types for the `uxp` module leave out or give as `any`: uxp.md's sections on entry
 * points, storage and the host. The package also declares global classes of UXP's DOM; where
 * lib.dom has the name, lib.dom wins (measured: elements, events, Blob, Storage, node:fs keep
 * their types), so that only the names that browsers lack, such as ImageBlob, are added.
 */
declare module 'uxp' {
  namespace storage {
    /** Where pickers and the plug-in's own folders come from. */
    const localFileSystem: FileSystemProvider

    interface PickerOptions {
      /** File extensions without a dot. */
      types?: string[]
      initialDomain?: symbol
      initialLocation?: File | Folder
    }

    interface FileSystemProvider {
      /** Cancelled: an empty list. */
      getFileForOpening(options: PickerOptions & { allowMultiple: true }): Promise<File[]>
      /** Cancelled: null or undefined. The file is read-only. */
      getFileForOpening(
        options?: PickerOptions & { allowMultiple?: false },
      ): Promise<File | null | undefined>
      /** Cancelled: null. */
      getFileForSaving(
        suggestedName: string,
        options?: { types?: string[]; initialDomain?: symbol },
      ): Promise<File | null>
      /** Cancelled: null. */
      getFolder(options?: { initialDomain?: symbol }): Promise<Folder | null>
      /** Read-only, and everything within. */
      getPluginFolder(): Promise<Folder>
      getDataFolder(): Promise<Folder>
      getTemporaryFolder(): Promise<Folder>
      /** Rejects once the token is stale. */
      getEntryForPersistentToken(token: string): Promise<File | Folder>
      createPersistentToken(entry: File | Folder): Promise<string>
      /** For batchPlay, as `_path`. */
      createSessionToken(entry: File | Folder): string
      getEntryForSessionToken(token: string): File | Folder
      getEntryWithUrl(url: string): Promise<File | Folder>
    }

    interface Entry {
      delete(): Promise<number>
      getMetadata(): Promise<EntryMetadata>
    }

    interface File extends Entry {
      /** With formats.binary an ArrayBuffer, else a string. */
      read(options?: { format?: symbol }): Promise<string | ArrayBuffer>
      write(
        data: string | ArrayBuffer,
        options?: { format?: symbol; append?: boolean },
      ): Promise<number>
    }

    interface Folder {
      getEntries(): Promise<(File | Folder)[]>
      /** Rejects when there is none. */
      getEntry(path: string): Promise<File | Folder>
      createFile(name: string, options?: { overwrite?: boolean }): Promise<File>
      createFolder(name: string): Promise<Folder>
    }
  }

  interface MenuItemDefinition {
    /** Unique in the panel; the label when absent. */
    id?: string
    /** The id when absent; '-' is a separator. */
    label?: string
    enabled?: boolean
    checked?: boolean
    submenu?: readonly (MenuItemDefinition | string)[]
  }

  interface PanelEntryPoint {
    create?(root: HTMLElement): unknown
    show?(root: HTMLElement, data: unknown): unknown
    hide?(root: HTMLElement, data: unknown): unknown
    destroy?(root: HTMLElement): unknown
    invokeMenu?(id: string): unknown
    menuItems?: readonly (MenuItemDefinition | string)[]
  }

  interface CommandEntryPoint {
    run(executionContext: unknown, ...args: unknown[]): unknown
  }

  interface EntryPointsSetup {
    plugin?: { create(): unknown; destroy?(): unknown } | (() => unknown)
    /** By the manifest's ids. A bare function is `show`. */
    panels?: Record<string, PanelEntryPoint | NonNullable<PanelEntryPoint['show']>>
    /** By the manifest's ids. A bare function is `run`. */
    commands?: Record<string, CommandEntryPoint | CommandEntryPoint['run']>
  }

  interface EntryPoints {
    /** Once, synchronously, while the plug-in's script runs. */
    setup(entryPoints: EntryPointsSetup): void
  }

  interface Shell {
    /** '' or what went wrong. */
    openExternal(url: string, developerText?: string): Promise<string>
  }

  /** An element of `pluginManager.plugins`, which Adobe types as `any`. */
  interface InstalledPlugin {
    readonly id: string
    readonly name: string
    readonly version: string
    readonly enabled: boolean
    /** Versions were seen to resolve with a text. */
    showPanel(panelId: string): Promise<string | undefined>
    invokeCommand(commandId: string, ...args: unknown[]): Promise<void>
  }
}
