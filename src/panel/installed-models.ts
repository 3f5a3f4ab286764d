/** The networks that came with the plug-in: the names that the option `model` may have here. */
import type { Log } from './log.ts'

/** Beside the engine page, written by the build. */
const LIST = 'webview/models.json'

/** @returns none where the list cannot be read: then the engine will say why. */
export async function installedModels(
  readPluginFile: (path: string) => Promise<Uint8Array>,
  log: Log,
): Promise<readonly string[]> {
  try {
    // UXP promises no TextDecoder, and the build writes ASCII.
    const text = Array.from(await readPluginFile(LIST), (byte) => String.fromCharCode(byte)).join(
      '',
    )
    const { models } = JSON.parse(text) as { readonly models: readonly { readonly name: string }[] }
    return models.map(({ name }) => name)
  } catch (error) {
    log.add('warning', `${LIST} cannot be read: ${String(error)}`)
    return []
  }
}
