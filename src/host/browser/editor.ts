/** The editor's page: a bar, tools, the picture, layers and history, the plug-in's dock, a status line. */
import type { Host } from '../host.ts'
import { CanvasView } from './canvas-view.ts'
import { Dock } from './dock.ts'
import { h, icon, iconButton } from './dom.ts'
import { Editing } from './editing.ts'
import { render } from './files.ts'
import { type Labels, labelsOf } from './labels.ts'
import { LayerList, showHistory } from './lists.ts'
import type { Settings } from './settings.ts'
import { StatusLine } from './status-line.ts'
import { editorVariables, isDark, type Theme } from './themes.ts'
import { type Commands, isTyping, shortcutOf, Toolbar, type ToolbarState } from './toolbar.ts'
import { makeTools, type Tools, toolOfKey } from './tools.ts'

/** What the page around the editor does for it. */
export type PageCommands = Pick<
  Commands,
  'open' | 'openSample' | 'savePsd' | 'savePng' | 'runCommand' | 'setTheme' | 'setLanguage'
> & {
  openFiles(files: readonly File[]): void
  openFlyout(anchor: HTMLElement): void
  panelVisibilityChanged(isVisible: boolean): void
  setDockWidth(px: number): void
}

type PluginLabels = Pick<ToolbarState, 'panelLabel' | 'pluginCommands'>

const ZOOM_STEP = 1.5

export class Editor {
  readonly dock: Dock
  readonly #host: Host
  readonly #settings: Settings
  readonly #page: PageCommands
  readonly #labels: Labels
  readonly #editing: Editing
  readonly #commands: Commands
  readonly #view: CanvasView
  readonly #toolbar: Toolbar
  readonly #tools: Tools
  readonly #layers: LayerList
  readonly #status: StatusLine
  readonly #history = h('div', { className: 'history' })
  readonly #tabs = h('div', { className: 'tabs', attributes: { role: 'tablist' } })
  readonly #empty: HTMLElement
  readonly #stop = new AbortController()
  #plugin: PluginLabels = { panelLabel: '', pluginCommands: [] }
  #frame = 0

  constructor(root: HTMLElement, host: Host, settings: Settings, page: PageCommands) {
    const labels = labelsOf(settings.language)
    this.#host = host
    this.#settings = settings
    this.#page = page
    this.#labels = labels
    document.documentElement.lang = settings.language
    this.#status = new StatusLine(labels, () => host.cancelModal())
    const editing = new Editing(host, labels, () => this.#status.flash())
    this.#editing = editing
    this.#view = new CanvasView({
      render,
      onSelect: (rect) => editing.selectRect(rect),
      onMove: (dx, dy) => editing.moveLayers(dx, dy),
      onZoom: (zoom) => this.#status.setZoom(zoom),
    })
    this.dock = new Dock(labels, {
      width: settings.dockWidth,
      openFlyout: page.openFlyout,
      onVisibility: page.panelVisibilityChanged,
      onWidth: page.setDockWidth,
    })
    this.#commands = this.#makeCommands()
    this.#toolbar = new Toolbar(labels, this.#commands, () => this.#toolbarState())
    this.#tools = makeTools(
      labels,
      (tool) => {
        this.#view.tool = tool
      },
      (px) => {
        editing.feather = px
      },
    )
    this.#layers = new LayerList(labels, render, editing)
    this.#empty = makeEmptyState(labels, page)
    root.replaceChildren(
      this.#toolbar.element,
      h('main', {}, this.#tools.element, this.#makeStage(), this.#makeSide(), this.dock.element),
      this.#status.element,
    )
    this.setTheme(settings.theme)
    this.#tools.choose('marquee')
    this.#listen(root)
    this.#refresh()
  }

  close(): void {
    this.#stop.abort()
    cancelAnimationFrame(this.#frame)
  }

  /** The plug-in was loaded. */
  setPlugin(plugin: PluginLabels): void {
    this.#plugin = plugin
    this.dock.title = plugin.panelLabel
  }

  setTheme(theme: Theme): void {
    const { style } = document.documentElement
    for (const [name, value] of Object.entries(editorVariables(theme))) {
      style.setProperty(name, value)
    }
    style.colorScheme = isDark(theme) ? 'dark' : 'light'
    this.#toolbar.update()
  }

  /** Takes keys of the page, and those that the panel has no use for. */
  onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented) return
    const command = shortcutOf(event)
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event)
    const tool = isPlain ? toolOfKey(event.code) : undefined
    if (command) {
      const run = this.#commands[command] as () => void
      run()
    } else if (event.key === 'Escape') {
      if (this.#host.modal) this.#host.cancelModal()
      // A dialog may be closed by it.
      else if (!this.#view.cancelDrag()) return
    } else if (tool) {
      this.#tools.choose(tool)
    } else if (event.code === 'Space' && event.target === document.body) {
      this.#view.isSpaceDown = true
    } else {
      return
    }
    event.preventDefault()
  }

  onDrop(event: DragEvent): void {
    event.preventDefault()
    this.#page.openFiles([...(event.dataTransfer?.files ?? [])])
  }

  /** Draws what the host holds now. */
  #refresh(): void {
    const { document } = this.#editing
    this.#toolbar.update()
    this.#showTabs()
    this.#empty.hidden = document !== undefined
    this.#view.show(document)
    this.#layers.update(document, this.#labels)
    showHistory(this.#history, document, (index) => this.#editing.goToHistory(index))
    this.#status.update(document, this.#host.modal)
  }

  #toolbarState(): ToolbarState {
    const { theme, language } = this.#settings
    const { document } = this.#editing
    const { historyIndex = 0, history = [] } = document ?? {}
    return {
      hasDocument: document !== undefined,
      canUndo: historyIndex > 0,
      canRedo: historyIndex < history.length - 1,
      isPanelVisible: this.dock.isVisible,
      ...this.#plugin,
      theme,
      language,
    }
  }

  #makeCommands(): Commands {
    const editing = this.#editing
    const view = this.#view
    return {
      ...this.#page,
      closeDocument: () => editing.close(),
      undo: () => editing.undo(),
      redo: () => editing.redo(),
      deleteLayers: () => editing.deleteLayers(),
      selectAll: () => editing.selectAll(),
      deselect: () => editing.deselect(),
      zoomIn: () => view.zoomTo(view.zoom * ZOOM_STEP),
      zoomOut: () => view.zoomTo(view.zoom / ZOOM_STEP),
      fit: () => view.fit(),
      actualPixels: () => view.zoomTo(1),
      togglePanel: () => {
        this.dock.isVisible = !this.dock.isVisible
      },
    }
  }

  #showTabs(): void {
    const tabs = this.#host.documents.map(({ id, title, historyIndex }) => {
      const isActive = id === this.#host.activeDocumentId
      const select = (): void => this.#editing.activate(id)
      return h(
        'div',
        {
          className: `tab${isActive ? ' active' : ''}`,
          attributes: { role: 'tab', 'aria-selected': String(isActive) },
        },
        h('button', { on: { click: select } }, `${title}${historyIndex > 0 ? ' *' : ''}`),
        iconButton('close', this.#labels.close, () => this.#editing.close(id)),
      )
    })
    this.#tabs.replaceChildren(...tabs)
  }

  #makeStage(): HTMLElement {
    const body = h('div', { className: 'stage-body' }, this.#view.element, this.#empty)
    return h('section', { className: 'stage' }, this.#tabs, body)
  }

  #makeSide(): HTMLElement {
    const { layers, history, deleteLayer } = this.#labels
    const trash = iconButton('trash', deleteLayer, () => this.#editing.deleteLayers())
    const head = (title: string, ...buttons: HTMLElement[]): HTMLElement =>
      h('div', { className: 'side-head' }, h('span', { className: 'title' }, title), ...buttons)
    return h(
      'aside',
      { className: 'side' },
      head(layers, trash),
      this.#layers.element,
      head(history),
      this.#history,
    )
  }

  #listen(root: HTMLElement): void {
    const { signal } = this.#stop
    const stopListening = this.#host.onChange(() => {
      cancelAnimationFrame(this.#frame)
      this.#frame = requestAnimationFrame(() => this.#refresh())
    })
    signal.addEventListener('abort', stopListening)
    const listen = <K extends keyof WindowEventMap>(
      target: EventTarget,
      type: K,
      listener: (event: WindowEventMap[K]) => void,
    ): void => target.addEventListener(type, listener as EventListener, { signal })
    listen(window, 'keydown', (event) => this.onKey(event))
    listen(window, 'keyup', ({ code }) => {
      if (code === 'Space') this.#view.isSpaceDown = false
    })
    listen(root, 'dragover', (event) => event.preventDefault())
    listen(root, 'drop', (event) => this.onDrop(event))
  }
}

function makeEmptyState(labels: Labels, { open, openSample }: PageCommands): HTMLElement {
  const button = (text: string, className: string, press: () => void): HTMLElement =>
    h('button', { className, on: { click: press } }, text)
  return h(
    'div',
    { className: 'empty' },
    h('div', { className: 'empty-picture' }, icon('plus')),
    h('p', {}, labels.dropHint),
    h(
      'div',
      { className: 'empty-buttons' },
      button(labels.open, 'text-button cta', open),
      button(labels.openSample, 'text-button', openSample),
    ),
  )
}
