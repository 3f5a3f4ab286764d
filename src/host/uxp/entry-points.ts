/** `uxp.entrypoints`, and the host's side of it: who calls the plug-in's panels and commands. */
import type { CommandEntryPoint, EntryPoints, PanelEntryPoint } from 'uxp'
import type { Switches } from '../switches.ts'
import { EntryPointsError } from './entry-points-error.ts'
import { labelOf, type Manifest, type ManifestEntryPoint } from './manifest.ts'
import { type MenuEntry, MenuItems } from './menu.ts'

/** Photoshop's limit for create, show and hide of a panel. */
const PANEL_LIMIT_MS = 300
/** Later calls of setup may raise an error that cannot be caught (PS-57605). */
const SETUP_LIMIT_MS = 20

interface EntryPointLabel {
  readonly id: string
  readonly label: string
}

/** What a person does with the plug-in. */
export interface Driver {
  readonly panels: readonly EntryPointLabel[]
  readonly commands: readonly EntryPointLabel[]
  /** Runs the plug-in's script, which calls setup, and then its create. */
  load(script: () => void): Promise<void>
  createPanel(id: string, root: HTMLElement): Promise<void>
  showPanel(id: string): Promise<void>
  hidePanel(id: string): Promise<void>
  /** Unloads the plug-in. */
  destroy(): Promise<void>
  /** The flyout of a panel. */
  menuOf(panelId: string): readonly MenuEntry[]
  invokeMenu(panelId: string, itemId: string): Promise<void>
  runCommand(id: string, ...args: unknown[]): Promise<void>
}

interface EntryPointOptions {
  readonly manifest: Manifest
  readonly locale: string
  readonly switches: () => Switches
  readonly report: (violation: string) => void
  /** Told what is shown and hidden, whether or not the plug-in is told. */
  readonly onVisibility?: (isVisible: boolean) => void
}

interface Panel {
  readonly info: PanelInfo
  readonly handlers: PanelEntryPoint
  root?: HTMLElement
  isVisible: boolean
  wasShown: boolean
}

type PanelInfo = Pick<UxpPanelInfo, 'id' | 'label'> & { readonly menuItems: MenuItems }

export function makeEntryPoints(options: EntryPointOptions): {
  readonly entrypoints: EntryPoints
  readonly driver: Driver
} {
  const { manifest, locale, switches, report } = options
  const declared = (type: string): EntryPointLabel[] =>
    manifest.entrypoints
      .filter((entryPoint) => entryPoint.type === type)
      .map((entryPoint) => ({ id: entryPoint.id, label: labelOf(entryPoint, locale) }))
  const panels = new Map<string, Panel>()
  const commands = new Map<string, CommandEntryPoint & { readonly info: EntryPointLabel }>()
  let plugin: { create?: () => unknown; destroy?: () => unknown } | undefined
  let startMs = performance.now()
  let isLoading = false

  function setup(entryPoints: unknown): void {
    const delayMs = Math.round(performance.now() - startMs)
    if (plugin) {
      report('entrypoints.setup was called more than once')
      throw new EntryPointsError('setup: may be called only once')
    }
    if (!isLoading && delayMs > SETUP_LIMIT_MS) {
      report(`entrypoints.setup was called ${delayMs} ms late; at most ${SETUP_LIMIT_MS} ms`)
    }
    const checked = checkSetup(entryPoints, manifest)
    for (const { id, label } of declared('panel')) {
      const handlers = checked.panels[id]
      if (!handlers) continue
      const info = { id, label, menuItems: new MenuItems(handlers.menuItems ?? []) }
      panels.set(id, { info, handlers, isVisible: false, wasShown: false })
    }
    for (const info of declared('command')) {
      const handlers = checked.commands[info.id]
      if (handlers) commands.set(info.id, { run: handlers.run, info })
    }
    plugin = checked.plugin
  }

  function panelOf(id: string): Panel {
    const panel = panels.get(id)
    if (!panel) throw new Error(`the plug-in set up no panel "${id}"`)
    return panel
  }

  /** Goes on without the handler when its time is up, as Photoshop is said to do. */
  async function callInTime(
    panel: Panel,
    name: 'create' | 'show' | 'hide',
    ...args: unknown[]
  ): Promise<void> {
    const sinceMs = performance.now()
    const late = `panel "${panel.info.id}": ${name} took over ${PANEL_LIMIT_MS} ms`
    const result = Promise.resolve(
      (panel.handlers[name] as ((...args: unknown[]) => unknown) | undefined)?.apply(
        panel.info,
        args,
      ),
    )
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeUp = new Promise<boolean>((resolve) => {
      const leftMs = PANEL_LIMIT_MS - (performance.now() - sinceMs)
      timer = setTimeout(resolve, leftMs, true)
    })
    try {
      const isLate = await Promise.race([result.then(() => false), timeUp])
      if (isLate || performance.now() - sinceMs > PANEL_LIMIT_MS) report(late)
    } finally {
      clearTimeout(timer)
    }
  }

  const driver: Driver = {
    panels: declared('panel'),
    commands: declared('command'),
    async load(script) {
      startMs = performance.now()
      isLoading = true
      try {
        script()
      } finally {
        isLoading = false
      }
      await plugin?.create?.call({ id: manifest.id, version: manifest.version })
    },
    async createPanel(id, root) {
      const panel = panelOf(id)
      if (panel.root) throw new Error(`panel "${id}" was created before`)
      panel.root = root
      await callInTime(panel, 'create', root)
    },
    async showPanel(id) {
      const panel = panelOf(id)
      if (!panel.root) throw new Error(`panel "${id}" must be created before it is shown`)
      if (panel.isVisible) return
      panel.isVisible = true
      options.onVisibility?.(true)
      if (panel.wasShown && switches().showsOnce) return
      panel.wasShown = true
      await callInTime(panel, 'show', panel.root, {})
    },
    async hidePanel(id) {
      const panel = panelOf(id)
      if (!panel.isVisible) return
      panel.isVisible = false
      options.onVisibility?.(false)
      if (!switches().showsOnce) await callInTime(panel, 'hide', panel.root, {})
    },
    async destroy() {
      for (const panel of panels.values()) {
        if (panel.root) await panel.handlers.destroy?.call(panel.info, panel.root)
        delete panel.root
        panel.isVisible = false
      }
      await plugin?.destroy?.call({ id: manifest.id, version: manifest.version })
    },
    menuOf: (panelId) => panelOf(panelId).info.menuItems.toEntries(),
    async invokeMenu(panelId, itemId) {
      const panel = panelOf(panelId)
      const item = panel.info.menuItems.getItem(itemId)
      if (!item.enabled) throw new Error(`panel "${panelId}": menu item "${itemId}" is disabled`)
      if (!panel.handlers.invokeMenu) {
        throw new Error(`panel "${panelId}" has a menu item "${itemId}" but no invokeMenu`)
      }
      await panel.handlers.invokeMenu.call(panel.info, itemId)
    },
    async runCommand(id, ...args) {
      const command = commands.get(id)
      if (!command) throw new Error(`the plug-in set up no command "${id}"`)
      await command.run.call(command.info, {}, ...args)
    },
  }

  // Both give null for an unknown id, which Adobe's types do not say; their other members repeat
  // the manifest.
  function getPanel(id: string): UxpPanelInfo {
    const info: Pick<UxpPanelInfo, keyof PanelInfo> | null = panels.get(id)?.info ?? null
    return info as UxpPanelInfo
  }

  function getCommand(id: string): UxpCommandInfo {
    return (commands.get(id)?.info ?? null) as UxpCommandInfo
  }

  return { entrypoints: { setup, getPanel, getCommand }, driver }
}

interface CheckedSetup {
  readonly plugin: { create?: () => unknown; destroy?: () => unknown }
  readonly panels: Readonly<Record<string, PanelEntryPoint>>
  readonly commands: Readonly<Record<string, CommandEntryPoint>>
}

/** Turns bare functions into the handlers that they stand for. @throws EntryPointsError */
function checkSetup(entryPoints: unknown, manifest: Manifest): CheckedSetup {
  const { plugin, panels = {}, commands = {}, ...rest } = expectObject(entryPoints, 'setup')
  for (const key of Object.keys(rest)) {
    throw new EntryPointsError(`setup: expected plugin, panels and commands, got "${key}"`)
  }
  return {
    plugin: plugin === undefined ? {} : handlersOf(plugin, 'plugin', 'create', ['create']),
    panels: checkAll(panels, 'panel', manifest, (panel, name) =>
      handlersOf(panel, name, 'show', ['create', 'show']),
    ),
    commands: checkAll(commands, 'command', manifest, (command, name) => {
      const { run } = handlersOf(command, name, 'run', ['run'])
      return { run: run as CommandEntryPoint['run'] }
    }),
  }
}

function checkAll<T>(
  entries: unknown,
  type: ManifestEntryPoint['type'],
  manifest: Manifest,
  check: (entry: unknown, name: string) => T,
): Record<string, T> {
  const declared = manifest.entrypoints.filter((entryPoint) => entryPoint.type === type)
  const checked = Object.entries(expectObject(entries, `${type}s`)).map(([id, entry]) => {
    if (!declared.some((entryPoint) => entryPoint.id === id)) {
      throw new EntryPointsError(`setup: manifest.json declares no ${type} "${id}"`)
    }
    return [id, check(entry, `${type} "${id}"`)]
  })
  return Object.fromEntries(checked)
}

/** Checks the handlers of an entry point: all must be functions, and one of `needed` must be among them. */
function handlersOf(
  entry: unknown,
  name: string,
  bareMeans: string,
  needed: readonly string[],
): Record<string, (...args: unknown[]) => unknown> {
  if (typeof entry === 'function') return { [bareMeans]: entry as () => unknown }
  const fields = expectObject(entry, name)
  for (const [key, value] of Object.entries(fields)) {
    if (key !== 'menuItems' && value !== undefined && typeof value !== 'function') {
      throw new EntryPointsError(`setup: ${name}: ${key} must be a function, got ${typeof value}`)
    }
  }
  if (!needed.some((key) => typeof fields[key] === 'function')) {
    throw new EntryPointsError(`setup: ${name} needs ${needed.join(' or ')}`)
  }
  return fields as Record<string, () => unknown>
}

function expectObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new EntryPointsError(`setup: ${name}: expected an object, got ${String(value)}`)
  }
  return value as Record<string, unknown>
}
