/** `npm run host`: the plug-in in a small image editor, for those without Photoshop. */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildPlugin } from './build-plugin.ts'
import { buildHost } from './host/build.ts'
import { serveFolderFrom } from './host/serve.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '4180' } } })
const port = Number(values.port)
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  throw new Error(`--port: expected a whole number from 0 to 65535, got ${values.port}`)
}
const out = fileURLToPath(new URL('../out/host', import.meta.url))
await buildHost({ plugin: await buildPlugin(), out })
const { url } = await serveFolderFrom(out, port).catch((error: Error) => {
  console.error(error.message)
  process.exit(1)
})
console.log(`Impasto is at ${url}`)
console.log('Chrome and Edge run it on the GPU, by WebGPU. Ctrl+C ends it.')
