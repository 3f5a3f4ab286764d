/**
 * Every built-in style on two photographs: `npm run sheet` paints docs/styles.jpg, two styles a
 * row, each as its own picture and as both paintings. About ten minutes on two cores.
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { contactSheet, type SheetCell } from '../../src/cli/contact-sheet.ts'
import { createRuntime } from '../../src/cli/devices.ts'
import { readStyle } from '../../src/cli/files/index.ts'
import { loadModel } from '../../src/cli/models/store.ts'
import { resolveOptions } from '../../src/engine/options.ts'
import { PRESETS } from '../../src/engine/presets.ts'
import { stylize } from '../../src/engine/stylize.ts'
import { en } from '../../src/panel/labels/en.ts'
import { BUILT_IN_STYLES, builtInFile } from '../../src/panel/styles.ts'
import { cover } from './cover.ts'

/** Size of the paintings, px. Six in a row stay below the width of a README. */
const CELL = { width: 256, height: 192 }
const PHOTOGRAPHS = ['mountains', 'dogs']
const COLUMNS = 6

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const optionsOf = (preset: string) => PRESETS.find(({ name }) => name === preset)!.options
// The sheet is to show much of the styles.
const settings = resolveOptions(optionsOf('motifs'), optionsOf('fast'), { size: CELL.width })
const contents = await Promise.all(
  PHOTOGRAPHS.map(async (name) => cover(await readStyle(at(`samples/${name}.jpg`)), CELL)),
)
const model = await loadModel(settings.model)
const runtime = await createRuntime('cpu')
const cells: SheetCell[] = []
try {
  for (const name of BUILT_IN_STYLES) {
    const image = await readStyle(at(builtInFile(name)))
    cells.push({ image: cover(image, CELL), label: en.styles[name] })
    for (const content of contents) {
      const painted = await stylize(content, [{ image, weight: 1 }], settings, { runtime, model })
      cells.push({ image: painted.image, label: '' })
      process.stderr.write(`${name}: ${painted.seconds.toFixed(0)} s\n`)
    }
  }
} finally {
  await runtime.release()
}
const path = at('docs/styles.jpg')
await writeFile(path, await contactSheet(cells, COLUMNS, path))
process.stdout.write(`${path}\n`)
