/** How the page looks and behaves: by its query string, else as it was left. */
import { DEFAULT_SWITCHES, type Switches } from '../switches.ts'
import { LANGUAGES, type Language } from './labels.ts'
import { THEMES, type Theme } from './themes.ts'

export interface Settings {
  theme: Theme
  language: Language
  /** px */
  dockWidth: number
}

interface PageQuery {
  readonly switches: Switches
  /** A document of the page's own to open, 'sample'. */
  readonly document?: string
}

/** What `file:` and private windows forbid is kept as long as the page. */
export class PageStorage {
  readonly #memory = new Map<string, string>()
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  get keys(): string[] {
    const stored = real()
    const names = stored
      ? Array.from({ length: stored.length }, (_, i) => stored.key(i) ?? '')
      : [...this.#memory.keys()]
    return names
      .filter((name) => name.startsWith(this.#prefix))
      .map((name) => name.slice(this.#prefix.length))
  }

  get(key: string): string | null {
    const name = this.#prefix + key
    const stored = real()
    return stored ? stored.getItem(name) : (this.#memory.get(name) ?? null)
  }

  set(key: string, value: string): void {
    const name = this.#prefix + key
    const stored = real()
    if (stored) stored.setItem(name, value)
    else this.#memory.set(name, value)
  }

  remove(key: string): void {
    const name = this.#prefix + key
    real()?.removeItem(name)
    this.#memory.delete(name)
  }
}

function real(): Storage | undefined {
  try {
    return window.localStorage
  } catch {
    return undefined
  }
}

/** The `localStorage` of a plug-in. */
export function storageArea(storage: PageStorage): Storage {
  return {
    get length() {
      return storage.keys.length
    },
    key: (index) => storage.keys[index] ?? null,
    getItem: (key) => storage.get(key),
    setItem: (key, value) => storage.set(key, String(value)),
    removeItem: (key) => storage.remove(key),
    clear() {
      for (const key of storage.keys) storage.remove(key)
    },
  }
}

const KEPT = new PageStorage('impasto-host:')

export function readSettings(query: URLSearchParams): Settings {
  const kept = (key: string): string | null => query.get(key) ?? KEPT.get(key)
  const theme = THEMES.find((name) => name === kept('theme'))
  const language = (Object.keys(LANGUAGES) as Language[]).find((name) => name === kept('language'))
  return {
    theme: theme ?? 'darkest',
    language: language ?? (navigator.language.startsWith('ko') ? 'ko' : 'en'),
    dockWidth: Math.max(230, Number(kept('dockWidth') ?? 280)),
  }
}

export function keepSettings(settings: Settings): void {
  for (const [key, value] of Object.entries(settings)) KEPT.set(key, String(value))
}

/** @throws SyntaxError when `switches` is not JSON. */
export function readQuery(query: URLSearchParams): PageQuery {
  const switches = query.get('switches')
  const document = query.get('document')
  return {
    switches: { ...DEFAULT_SWITCHES, ...(switches ? JSON.parse(switches) : {}) },
    ...(document ? { document } : {}),
  }
}
