/** The plug-in's folder beside the page. */
import type { PluginFiles, PluginManifest } from './panel-frame.ts'

/** @param url of the folder, ending with a slash. */
export async function openPluginFiles(url: string): Promise<PluginFiles> {
  const read = async (path: string): Promise<ArrayBuffer> => {
    const response = await fetch(url + path)
    if (!response.ok) throw new Error(`${url}${path}: ${response.status} ${response.statusText}`)
    return response.arrayBuffer()
  }
  const readJson = async <T>(path: string): Promise<T> =>
    JSON.parse(new TextDecoder().decode(await read(path))) as T
  const paths = await readJson<string[]>('../plugin-files.json')
  return { url, paths, read, manifest: await readJson<PluginManifest>('manifest.json') }
}
