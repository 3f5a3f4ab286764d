/** The bar at the top: menus, undo and redo, theme and language. And what the keys do. */
import { h, iconButton } from './dom.ts'
import { LANGUAGES, type Labels, type Language } from './labels.ts'
import { type MenuLine, openMenu } from './menu.ts'
import { THEMES, type Theme } from './themes.ts'

/** Everything that menus, buttons and keys can do. */
export interface Commands {
  open(): void
  openSample(): void
  savePsd(): void
  savePng(): void
  closeDocument(): void
  undo(): void
  redo(): void
  deleteLayers(): void
  selectAll(): void
  deselect(): void
  zoomIn(): void
  zoomOut(): void
  fit(): void
  actualPixels(): void
  togglePanel(): void
  runCommand(id: string): void
  setTheme(theme: Theme): void
  setLanguage(language: Language): void
}

export interface ToolbarState {
  readonly hasDocument: boolean
  readonly canUndo: boolean
  readonly canRedo: boolean
  readonly isPanelVisible: boolean
  readonly panelLabel: string
  readonly pluginCommands: readonly { readonly id: string; readonly label: string }[]
  readonly theme: Theme
  readonly language: Language
}

export class Toolbar {
  readonly element: HTMLElement
  readonly #commands: Commands
  readonly #state: () => ToolbarState
  readonly #undo: HTMLButtonElement
  readonly #redo: HTMLButtonElement
  readonly #theme: HTMLSelectElement
  #close: (() => void) | undefined

  constructor(labels: Labels, commands: Commands, state: () => ToolbarState) {
    this.#commands = commands
    this.#state = state
    this.#undo = iconButton('undo', `${labels.undo} (Ctrl+Z)`, commands.undo)
    this.#redo = iconButton('redo', `${labels.redo} (Shift+Ctrl+Z)`, commands.redo)
    this.#theme = select(
      labels.theme,
      THEMES.map((name) => [name, labels[name]] as const),
      commands.setTheme,
    )
    const languages = select(
      labels.language,
      (Object.keys(LANGUAGES) as Language[]).map((key) => [key, LANGUAGES[key].name] as const),
      commands.setLanguage,
    )
    languages.value = state().language
    this.element = h(
      'header',
      { className: 'toolbar' },
      h('span', { className: 'brand' }, 'Impasto'),
      ...this.#menus(labels),
      h('span', { className: 'space' }),
      this.#undo,
      this.#redo,
      this.#theme,
      languages,
    )
  }

  update(): void {
    const { canUndo, canRedo, theme } = this.#state()
    this.#theme.value = theme
    this.#undo.disabled = !canUndo
    this.#redo.disabled = !canRedo
  }

  #menus(labels: Labels): HTMLElement[] {
    const { file, edit, select: selecting, view, plugins } = labels
    const menus: readonly (readonly [string, () => readonly MenuLine[]])[] = [
      [file, () => this.#fileLines(labels)],
      [edit, () => this.#editLines(labels)],
      [selecting, () => this.#selectLines(labels)],
      [view, () => this.#viewLines(labels)],
      [plugins, () => this.#pluginLines()],
    ]
    return menus.map(([label, lines]) => {
      const open = (): void => {
        this.#close?.()
        button.classList.add('open')
        this.#close = openMenu(button, lines(), () => {
          button.classList.remove('open')
          this.#close = undefined
        })
      }
      const button = h(
        'button',
        {
          className: 'menu-button',
          attributes: { 'aria-haspopup': 'menu' },
          on: {
            click: () => {
              if (button.classList.contains('open')) this.#close?.()
              else open()
            },
            pointerenter: () => {
              if (this.#close && !button.classList.contains('open')) open()
            },
          },
        },
        label,
      )
      return button
    })
  }

  #fileLines(labels: Labels): readonly MenuLine[] {
    const { open, openSample, savePsd, savePng, closeDocument } = this.#commands
    const { hasDocument } = this.#state()
    return [
      { label: labels.open, shortcut: 'Ctrl+O', run: open },
      { label: labels.openSample, run: openSample },
      { label: '-' },
      { label: labels.savePsd, shortcut: 'Ctrl+S', isEnabled: hasDocument, run: savePsd },
      { label: labels.savePng, shortcut: 'Shift+Ctrl+S', isEnabled: hasDocument, run: savePng },
      { label: '-' },
      { label: labels.close, isEnabled: hasDocument, run: closeDocument },
    ]
  }

  #editLines(labels: Labels): readonly MenuLine[] {
    const { undo, redo, deleteLayers } = this.#commands
    const { hasDocument, canUndo, canRedo } = this.#state()
    return [
      { label: labels.undo, shortcut: 'Ctrl+Z', isEnabled: canUndo, run: undo },
      { label: labels.redo, shortcut: 'Shift+Ctrl+Z', isEnabled: canRedo, run: redo },
      { label: '-' },
      { label: labels.deleteLayer, shortcut: 'Del', isEnabled: hasDocument, run: deleteLayers },
    ]
  }

  #selectLines(labels: Labels): readonly MenuLine[] {
    const { selectAll, deselect } = this.#commands
    const { hasDocument } = this.#state()
    return [
      { label: labels.selectAll, shortcut: 'Ctrl+A', isEnabled: hasDocument, run: selectAll },
      { label: labels.deselect, shortcut: 'Ctrl+D', isEnabled: hasDocument, run: deselect },
    ]
  }

  #viewLines(labels: Labels): readonly MenuLine[] {
    const { zoomIn, zoomOut, fit, actualPixels, setTheme, setLanguage } = this.#commands
    const { hasDocument, theme, language } = this.#state()
    return [
      { label: labels.zoomIn, shortcut: 'Ctrl++', isEnabled: hasDocument, run: zoomIn },
      { label: labels.zoomOut, shortcut: 'Ctrl+−', isEnabled: hasDocument, run: zoomOut },
      { label: labels.fit, shortcut: 'Ctrl+0', isEnabled: hasDocument, run: fit },
      { label: labels.actualPixels, shortcut: 'Ctrl+1', isEnabled: hasDocument, run: actualPixels },
      { label: '-' },
      {
        label: labels.theme,
        submenu: THEMES.map((name) => ({
          label: labels[name],
          isChecked: name === theme,
          run: () => setTheme(name),
        })),
      },
      {
        label: labels.language,
        submenu: (Object.keys(LANGUAGES) as Language[]).map((key) => ({
          label: LANGUAGES[key].name,
          isChecked: key === language,
          run: () => setLanguage(key),
        })),
      },
    ]
  }

  #pluginLines(): readonly MenuLine[] {
    const { togglePanel, runCommand } = this.#commands
    const { isPanelVisible, panelLabel, pluginCommands } = this.#state()
    return [
      { label: panelLabel, isChecked: isPanelVisible, run: togglePanel },
      { label: '-' },
      ...pluginCommands.map(({ id, label }) => ({ label, run: () => runCommand(id) })),
    ]
  }
}

function select<T extends string>(
  title: string,
  options: readonly (readonly [T, string])[],
  choose: (value: T) => void,
): HTMLSelectElement {
  const element: HTMLSelectElement = h(
    'select',
    {
      title,
      attributes: { 'aria-label': title },
      on: { change: () => choose(element.value as T) },
    },
    ...options.map(([name, label]) => h('option', { attributes: { value: name } }, label)),
  )
  return element
}

/** By code and modifiers: `S` is Shift, `C` Ctrl or Command. */
const SHORTCUTS: Readonly<Record<string, keyof Commands>> = {
  'C+KeyO': 'open',
  'C+KeyS': 'savePsd',
  'SC+KeyS': 'savePng',
  'C+KeyZ': 'undo',
  'SC+KeyZ': 'redo',
  'C+KeyY': 'redo',
  'C+KeyA': 'selectAll',
  'C+KeyD': 'deselect',
  'C+Equal': 'zoomIn',
  'SC+Equal': 'zoomIn',
  'C+Minus': 'zoomOut',
  'C+Digit0': 'fit',
  'C+Digit1': 'actualPixels',
  '+Equal': 'zoomIn',
  'S+Equal': 'zoomIn',
  '+NumpadAdd': 'zoomIn',
  '+Minus': 'zoomOut',
  '+NumpadSubtract': 'zoomOut',
}

/** The command that a key stands for; keys that write text stand for none. */
export function shortcutOf(event: KeyboardEvent): keyof Commands | undefined {
  const modifiers = `${event.shiftKey ? 'S' : ''}${event.ctrlKey || event.metaKey ? 'C' : ''}`
  const command = SHORTCUTS[`${modifiers}+${event.code}`]
  const writesText = isTyping(event) && !['open', 'savePsd', 'savePng'].includes(command ?? '')
  return writesText ? undefined : command
}

/** True if the key goes to a field, also one in a shadow tree or in the panel's document. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0] as Partial<Element> | undefined
  return target?.matches?.('input:not([type=range]), textarea, select') ?? false
}
