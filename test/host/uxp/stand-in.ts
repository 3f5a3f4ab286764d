import { DEFAULT_SWITCHES, type Switches } from '../../../src/host/switches.ts'
import {
  type Manifest,
  makeUxpModule,
  type UxpOptions,
  type UxpStandIn,
} from '../../../src/host/uxp/index.ts'

export const MANIFEST: Manifest = {
  id: 'org.example.plugin',
  name: 'Example',
  version: '1.2.3',
  entrypoints: [
    { type: 'panel', id: 'main', label: { default: 'Style', ko: '스타일' } },
    { type: 'command', id: 'apply', label: 'Apply' },
  ],
  requiredPermissions: { localFileSystem: 'request' },
}

export const root = {} as HTMLElement

export function bytes(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).buffer
}

/** A stand-in with a plug-in folder of two files, and what it complained about. */
export function standIn(
  options: Partial<UxpOptions> = {},
  switches: Partial<Switches> = {},
): UxpStandIn & { readonly violations: string[] } {
  const violations: string[] = []
  const made = makeUxpModule({
    manifest: MANIFEST,
    switches: () => ({ ...DEFAULT_SWITCHES, ...switches }),
    report: (violation) => violations.push(violation),
    pluginFiles: ['index.html', 'styles/wave.jpg'],
    readPluginFile: async (path) => bytes(`content of ${path}`),
    ...options,
  })
  return { ...made, violations }
}
