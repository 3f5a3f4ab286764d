/** Stand-in for the `uxp` module of Photoshop: files, entry points, and what the host is. */
import type { InstalledPlugin, Shell } from 'uxp'
import type { Switches } from '../switches.ts'
import { type Driver, makeEntryPoints } from './entry-points.ts'
import { type Manifest, requireLaunch } from './manifest.ts'
import { makeStorage, type StorageModule, type StorageOptions } from './storage.ts'

export interface UxpOptions extends StorageOptions {
  readonly manifest: Manifest
  /** Asked at every use, because switches may be changed while the plug-in runs. */
  readonly switches: () => Switches
  /** Told in sentences what a strict platform would complain about. */
  readonly report: (violation: string) => void
  /** Photoshop's language: 'en_US', 'ko_KR'. */
  readonly locale?: string
  /** Version of Photoshop. */
  readonly version?: string
  /** Opens a permitted URL. */
  readonly openExternal?: (url: string) => void
  readonly onVisibility?: (isVisible: boolean) => void
  /** Opens the frame of a panel for the plug-in; without it a panel must have been created already. */
  readonly bringUp?: (panelId: string) => Promise<void>
}

/** As much of the module as the plug-in uses, by Adobe's types. */
type UxpModule = Pick<
  typeof import('uxp'),
  'entrypoints' | 'pluginManager' | 'host' | 'versions'
> & {
  readonly storage: StorageModule
  readonly shell: Pick<Shell, 'openExternal'>
}

export interface UxpStandIn {
  /** For `require('uxp')`. */
  readonly uxp: UxpModule
  readonly driver: Driver
}

export function makeUxpModule(options: UxpOptions): UxpStandIn {
  const { manifest, switches, report, locale = 'en_US', version = '26.0.0' } = options
  const { entrypoints, driver } = makeEntryPoints({
    manifest,
    locale,
    switches,
    report,
    onVisibility: options.onVisibility,
  })
  const { bringUp = driver.showPanel, openExternal = () => {} } = options

  function refuseIfSwitched(method: string): void {
    if (switches().showPanelRejects) throw new Error(`${method}: not allowed by Photoshop`)
  }
  const plugin: InstalledPlugin = {
    id: manifest.id,
    name: manifest.name,
    version: manifest.version,
    enabled: true,
    async showPanel(panelId) {
      refuseIfSwitched('showPanel')
      await bringUp(panelId)
      return switches().showPanelGives === 'text' ? 'shown' : undefined
    },
    async invokeCommand(commandId, ...args) {
      refuseIfSwitched('invokeCommand')
      await driver.runCommand(commandId, ...args)
    },
  }

  const uxp: UxpModule = {
    storage: makeStorage(options, manifest, switches),
    entrypoints,
    pluginManager: { plugins: new Set([plugin]) },
    shell: {
      async openExternal(url) {
        requireLaunch(manifest, 'openExternal', url)
        openExternal(url)
        return ''
      },
    },
    host: { name: 'Photoshop', version, uiLocale: locale },
    versions: { uxp: 'uxp-8.0.1', plugin: manifest.version },
  }
  return { uxp, driver }
}

export type { Driver } from './entry-points.ts'
export type { Manifest } from './manifest.ts'
export type { MenuEntry } from './menu.ts'
export type { OpenRequest, Pickers, SaveRequest, TokenKeeper } from './storage.ts'
export type { ChosenFolder, PickedFile } from './volume.ts'
