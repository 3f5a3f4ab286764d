/** The flyout menu of a panel, as the plug-in changes it at run time. */
import type { MenuItemDefinition } from 'uxp'
import { EntryPointsError } from './entry-points-error.ts'

type Definition = MenuItemDefinition | string

/** A menu as the host draws it. */
export interface MenuEntry {
  readonly id: string
  /** '-' is a separator. */
  readonly label: string
  readonly isEnabled: boolean
  readonly isChecked: boolean
  readonly submenu?: readonly MenuEntry[]
}

export class MenuItem implements UxpMenuItem {
  readonly id: string
  label: string
  enabled: boolean
  checked: boolean
  readonly submenu: MenuItems | undefined
  readonly parent: MenuItems

  constructor(parent: MenuItems, definition: Definition) {
    const fields = checkDefinition(definition)
    this.parent = parent
    this.id = fields.id ?? fields.label ?? ''
    this.label = fields.label ?? this.id
    this.enabled = fields.enabled ?? true
    this.checked = fields.checked ?? false
    this.submenu = fields.submenu && new MenuItems(fields.submenu, parent.root)
  }

  get isSeparator(): boolean {
    return this.label === '-'
  }

  remove(): void {
    this.parent.remove(this)
  }

  /** Its own entries and those of its submenu; separators have none. */
  *ids(): Generator<string> {
    if (!this.isSeparator) yield this.id
    if (this.submenu) yield* this.submenu.ids()
  }

  toEntry(): MenuEntry {
    const { id, label, enabled, checked, submenu } = this
    const entry = { id, label, isEnabled: enabled, isChecked: checked }
    return submenu ? { ...entry, submenu: submenu.toEntries() } : entry
  }
}

export class MenuItems implements UxpMenuItems {
  /** The menu that this one is a submenu of, if any: ids are unique in all of it. */
  readonly root: MenuItems
  readonly #items: MenuItem[] = []

  constructor(definitions: readonly Definition[], root?: MenuItems) {
    this.root = root ?? this
    if (!Array.isArray(definitions)) {
      throw new EntryPointsError(`menuItems: expected an array, got ${typeof definitions}`)
    }
    for (const definition of definitions) this.insertAt(this.size, definition)
  }

  get size(): number {
    return this.#items.length
  }

  getItem(id: string): MenuItem {
    const item = this.find(id)
    if (!item) throw new Error(`getItem: the menu has no item "${id}"`)
    return item
  }

  getItemAt(index: number): MenuItem {
    const item = this.#items[index]
    if (!item) throw new Error(`getItemAt: ${index} is not below the size ${this.size}`)
    return item
  }

  /** Replaces the item at `index`; appends when `index` is the size. */
  insertAt(index: number, newItem: Definition): void {
    if (!Number.isInteger(index) || index < 0 || index > this.size) {
      throw new Error(`insertAt: invalid index ${index} for a menu of ${this.size} items`)
    }
    const item = new MenuItem(this, newItem)
    const replaced = this.#items[index]
    const taken = new Set(replaced?.ids())
    const others = [...this.root.ids()].filter((id) => !taken.has(id))
    for (const id of item.ids()) {
      if (others.includes(id)) {
        throw new EntryPointsError(`menuItems: the id "${id}" is taken in this panel`)
      }
      others.push(id)
    }
    this.#items.splice(index, 1, item)
  }

  removeAt(index: number): void {
    this.remove(this.getItemAt(index))
  }

  remove(item: MenuItem): void {
    const index = this.#items.indexOf(item)
    if (index >= 0) this.#items.splice(index, 1)
  }

  *ids(): Generator<string> {
    for (const item of this.#items) yield* item.ids()
  }

  /** Looks in submenus, too. */
  find(id: string): MenuItem | undefined {
    for (const item of this.#items) {
      const found = item.id === id && !item.isSeparator ? item : item.submenu?.find(id)
      if (found) return found
    }
    return undefined
  }

  toEntries(): readonly MenuEntry[] {
    return this.#items.map((item) => item.toEntry())
  }
}

const FIELD_TYPES = {
  id: 'string',
  label: 'string',
  enabled: 'boolean',
  checked: 'boolean',
} as const

function checkDefinition(definition: Definition): MenuItemDefinition {
  if (typeof definition === 'string') return { id: definition, label: definition }
  if (typeof definition !== 'object' || definition === null) {
    throw new EntryPointsError(`menuItems: expected an object or a string, got ${definition}`)
  }
  for (const [field, type] of Object.entries(FIELD_TYPES)) {
    const value: unknown = Reflect.get(definition, field)
    if (value !== undefined && typeof value !== type) {
      throw new EntryPointsError(`menuItems: ${field} must be a ${type}, got ${String(value)}`)
    }
  }
  if (definition.id === undefined && definition.label === undefined) {
    throw new EntryPointsError('menuItems: an item needs an id or a label')
  }
  return definition
}
