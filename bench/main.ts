/**
 * `npm run bench` measures everything, `npm run bench -- <part> …` some; the report, Markdown with
 * SVG pictures, is printed and kept in out/bench/.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { bridge } from './bridge.ts'
import { evaluation } from './evaluation.ts'
import { gpu } from './gpu.ts'
import { large } from './large.ts'
import { memoryPart } from './memory.ts'
import { nativeGpu } from './native-gpu.ts'
import { optimiser } from './optimiser.ts'
import { outside } from './outside.ts'
import { panel } from './panel.ts'
import type { Bench, BenchPart } from './part.ts'
import { regions } from './regions.ts'
import { scheduleBench } from './schedule.ts'

const PARTS: readonly BenchPart[] = [
  evaluation,
  outside,
  optimiser,
  gpu,
  nativeGpu,
  memoryPart,
  large,
  scheduleBench,
  regions,
  bridge,
  panel,
]

process.chdir(fileURLToPath(new URL('../', import.meta.url)))
const names = process.argv.slice(2)
const unknown = names.filter((name) => !PARTS.some((part) => part.name === name))
if (unknown.length > 0) {
  process.stderr.write(
    `bench: there is no part ${unknown.join(', ')}; there are ${PARTS.map(({ name }) => name).join(', ')}\n`,
  )
  process.exit(2)
}

const folder = 'out/bench'
await mkdir(folder, { recursive: true })
const threads = availableParallelism()
const paragraphs: string[] = []
const print = (paragraph: string): void => {
  paragraphs.push(paragraph)
  process.stdout.write(`${paragraph}\n\n`)
}
const bench: Bench = {
  folder,
  threads,
  print,
  table(columns, rows) {
    const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
    print([line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n'))
  },
  async picture(name, title, svg) {
    await writeFile(`${folder}/${name}.svg`, svg)
    print(`![${title}](${name}.svg)`)
  },
}

print(`# Bench: ${cpus()[0]?.model.trim()}, ${threads} cores, Node ${process.version}`)
for (const part of PARTS) {
  if (names.length > 0 && !names.includes(part.name)) continue
  print(`## ${part.title}`)
  try {
    await part.run(bench)
  } catch (error) {
    // The other parts can still be measured.
    process.exitCode = 1
    print(`Failed: ${error instanceof Error ? error.message : String(error)}`)
  }
  await writeFile(`${folder}/report.md`, `${paragraphs.join('\n\n')}\n`)
}
