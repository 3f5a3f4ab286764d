/** What the stand-in reads of manifest.json, and the permissions that it grants. */

export interface ManifestEntryPoint {
  /** 'panel' or 'command'. */
  readonly type: string
  readonly id: string
  readonly label: string | Readonly<Record<string, string>>
}

export interface Manifest {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly host?: {
    /** When the plug-in is loaded: 'use', when a panel or command of it is; or 'startup'. */
    readonly data?: { readonly loadEvent?: string }
  }
  readonly entrypoints: readonly ManifestEntryPoint[]
  readonly requiredPermissions?: {
    /** 'plugin' when absent: its own folders only. */
    readonly localFileSystem?: string
    readonly network?: { readonly domains?: string | readonly string[] }
    readonly clipboard?: string
    readonly launchProcess?: { readonly schemes?: readonly string[] }
  }
  readonly featureFlags?: { readonly enableAlerts?: boolean }
}

/** The label in the language of `locale` ('ko_KR'), else the default one. */
export function labelOf(entryPoint: ManifestEntryPoint, locale: string): string {
  const { label } = entryPoint
  if (typeof label === 'string') return label
  return label[locale] ?? label[locale.slice(0, 2)] ?? label.default ?? entryPoint.id
}

function denied(method: string, wanted: string, got: unknown): Error {
  return new Error(
    `${method}: permission denied: manifest.json needs ${wanted}, got ${JSON.stringify(got) ?? 'nothing'}`,
  )
}

/** @throws unless pickers are allowed. */
export function requirePickers(manifest: Manifest, method: string): void {
  const access = manifest.requiredPermissions?.localFileSystem
  if (access !== 'request' && access !== 'fullAccess') {
    throw denied(method, 'requiredPermissions.localFileSystem "request" or "fullAccess"', access)
  }
}

/** @throws unless `url` may be opened outside of Photoshop. */
export function requireLaunch(manifest: Manifest, method: string, url: string): void {
  const scheme = new URL(url).protocol.slice(0, -1)
  const schemes = manifest.requiredPermissions?.launchProcess?.schemes
  if (!schemes?.includes(scheme)) {
    throw denied(method, `requiredPermissions.launchProcess.schemes with "${scheme}"`, schemes)
  }
}

/** @throws unless the clipboard may be read, or written. */
export function requireClipboard(manifest: Manifest, method: string, use: 'read' | 'write'): void {
  const clipboard = manifest.requiredPermissions?.clipboard
  if (clipboard !== 'readAndWrite' && !(use === 'read' && clipboard === 'read')) {
    throw denied(
      method,
      `requiredPermissions.clipboard "${use === 'read' ? 'read' : 'readAndWrite'}"`,
      clipboard,
    )
  }
}

/** @throws when `url` leaves the machine for a domain that is not declared. */
export function requireNetwork(manifest: Manifest, method: string, url: string): void {
  const { protocol, origin } = new URL(url)
  if (!/^(https?|wss?):$/.test(protocol)) return
  const domains = manifest.requiredPermissions?.network?.domains
  if (domains === 'all') return
  if (
    typeof domains === 'string' ||
    !domains?.some((domain) => new URL(domain).origin === origin)
  ) {
    throw denied(method, `requiredPermissions.network.domains with "${origin}"`, domains)
  }
}

/** @throws unless alert, confirm and prompt are enabled. */
export function requireAlerts(manifest: Manifest, method: string): void {
  const isEnabled = manifest.featureFlags?.enableAlerts
  if (!isEnabled) throw denied(method, 'featureFlags.enableAlerts', isEnabled)
}
