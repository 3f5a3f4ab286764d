/**
 * Packs dist/ into an installable plug-in, out/impasto-<version>.ccx: `npm run package`, which
 * builds first. A .ccx is a zip with manifest.json at its root. Prints every file's size and, last,
 * the package's path.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Zippable, zipSync } from 'fflate'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Paths below a folder, with forward slashes, sorted so that packages can be compared. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
}

/** Already compressed; deflating them again costs time and gains nothing. */
const IS_PACKED = /\.(jpg|png|gz)$/
/** One date for all, so that the same files give the same package. Zip knows none before 1980. */
const DATE = new Date(1980, 0, 2)

/** The bytes of a .ccx made of everything in `folder`. */
export function packageFolder(folder: string): Uint8Array {
  const files: Zippable = {}
  for (const path of filesBelow(folder)) {
    files[path] = [
      new Uint8Array(readFileSync(join(folder, path))),
      { level: IS_PACKED.test(path) ? 0 : 6, mtime: DATE },
    ]
  }
  return zipSync(files)
}

function sizeReport(folder: string): string {
  const sizes = filesBelow(folder).map((path) => ({
    path,
    bytes: readFileSync(join(folder, path)).length,
  }))
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  return [...sizes.sort((a, b) => b.bytes - a.bytes), { path: 'total', bytes: total }]
    .map(({ path, bytes }) => `${(bytes / 1000).toFixed(1).padStart(10)} kB  ${path}`)
    .join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dist = join(root, 'dist')
  const { version } = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'))
  const path = join(root, 'out', `impasto-${version}.ccx`)
  const bytes = packageFolder(dist)
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(path, bytes)
  process.stdout.write(
    `${sizeReport(dist)}\n${(bytes.length / 1000).toFixed(1).padStart(10)} kB  packed\n${path}\n`,
  )
}
