import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

/**
 * Which way imports may point. A file belongs to the rule whose `files` matches it most closely:
 * the first one in the list. Patterns are of paths below src/; packages are named as imported.
 */
interface Rule {
  readonly files: RegExp
  /** Source files that may be imported. */
  readonly source: RegExp
  /** Packages and built-in modules whose code may be imported. */
  readonly packages: RegExp
  /** Of which only types may be imported, in addition. */
  readonly types?: RegExp
}

const NOTHING = /(?!)/
const ENGINE_FACE = /^engine\/(options|presets|errors|picture\/pyramid|output\/(recipe|xmp))\.ts$/

/** Of the engine: the rooms that each looks into, beside itself, the graph's operators and the root's options and errors. */
const ROOMS = {
  picture: [],
  input: ['picture'],
  objective: ['picture', 'input', 'runtime', 'vgg'],
  plan: ['picture', 'objective', 'runtime', 'vgg'],
  scale: ['picture', 'input', 'objective', 'plan', 'optim', 'runtime', 'vgg'],
  output: ['picture', 'input', 'objective', 'plan', 'scale'],
} as const

const roomRule = ([room, seen]: [string, readonly string[]]): Rule => ({
  files: new RegExp(`^engine/${room}/`),
  // Runtimes are handed in, so nothing above them reaches one.
  source: new RegExp(
    `^engine/((${[room, ...seen, 'graph'].join('|')})/(?!ort)|(options|errors)\\.ts$)`,
  ),
  packages: NOTHING,
})

const RULES: readonly Rule[] = [
  // The engine: pure TypeScript. No DOM, no UXP, no Node; each foreign package in its own corner.
  {
    files: /^engine\/(options|errors)\.ts$/,
    source: /^engine\/errors\.ts$/,
    packages: NOTHING,
  },
  {
    files: /^engine\/presets\.ts$/,
    source: NOTHING,
    packages: NOTHING,
    types: /^engine\/options\.ts$/,
  },
  {
    files: /^engine\/graph\/onnx\w*\.ts$/,
    source: /^engine\/(graph\/.*|errors\.ts)$/,
    packages: /^@bufbuild\/protobuf(\/.*)?$/,
  },
  {
    files: /^engine\/graph\//,
    source: /^engine\/(graph\/.*|errors\.ts)$/,
    packages: NOTHING,
  },
  {
    files: /^engine\/vgg\/onnx-weights\.ts$/,
    source: /^engine\/(vgg\/.*|graph\/.*|errors\.ts)$/,
    packages: /^@bufbuild\/protobuf(\/.*)?$/,
  },
  {
    files: /^engine\/vgg\//,
    source: /^engine\/(vgg\/.*|graph\/.*|errors\.ts)$/,
    packages: /^@noble\/hashes\/.*$/,
  },
  {
    // Pure init and update: no graph, no runtime.
    files: /^engine\/optim\//,
    source: /^engine\/optim\//,
    packages: NOTHING,
  },
  {
    files: /^engine\/objective\/losses\//,
    source: /^engine\/(objective\/losses|graph|vgg)\//,
    packages: NOTHING,
  },
  {
    files: /^engine\/runtime\/ort-node\.ts$/,
    source: /^engine\/(runtime|graph|errors\.ts)/,
    packages: /^(onnxruntime-(node|common)|node:(os|buffer))$/,
  },
  {
    files: /^engine\/runtime\/ort[\w-]*\.ts$/,
    source: /^engine\/(runtime|graph|errors\.ts)/,
    packages: /^onnxruntime-(web(\/.*)?|common)$/,
  },
  {
    files: /^engine\/runtime\//,
    source: /^engine\/(runtime\/(?!ort)|graph\/|optim\/|errors\.ts)/,
    packages: NOTHING,
  },
  ...Object.entries(ROOMS).map(roomRule),
  {
    files: /^engine\//,
    source: /^engine\/(?!runtime\/ort)/,
    packages: NOTHING,
  },
  // The two sides of the bridge know each other by messages alone.
  {
    files: /^bridge\//,
    source: /^(bridge\/|engine\/(errors|output\/recipe)\.ts$)/,
    packages: NOTHING,
    types: /^engine\//,
  },
  {
    files: /^webview\//,
    source: /^(webview|bridge|color|engine)\//,
    packages: NOTHING,
    types: /^onnxruntime-/,
  },
  // Each of Adobe's modules enters through one file.
  { files: /^panel\/photoshop\.ts$/, source: /^(panel|bridge)\//, packages: /^photoshop$/ },
  { files: /^panel\/uxp\.ts$/, source: /^(panel|bridge)\//, packages: /^uxp$/ },
  {
    files: /^panel\/hash\.ts$/,
    source: /^engine\/errors\.ts$/,
    packages: /^@noble\/hashes\/.*$/,
  },
  {
    files: /^panel\//,
    source: new RegExp(`^(panel|bridge)/|${ENGINE_FACE.source}`),
    packages: NOTHING,
    types: /^(engine\/|photoshop$|uxp$)/,
  },
  // What @types/photoshop and @adobe/cc-ext-uxp-types leave out.
  {
    files: /^adobe-\w+\.d\.ts$/,
    source: NOTHING,
    packages: /^(photoshop|uxp)$/,
  },
  {
    files: /^color\//,
    source: /^(color\/|engine\/errors\.ts$)/,
    packages: NOTHING,
  },
  {
    files: /^psd\//,
    source: /^(psd\/|color\/|engine\/errors\.ts$)/,
    packages: /^fflate$/,
    types: /^engine\/picture\/image\.ts$/,
  },
  // The stand-in for Photoshop takes the place of its modules, so it knows nothing of us but how
  // to read PSD files.
  {
    files: /^host\//,
    source: /^(host\/|psd\/|color\/|engine\/errors\.ts$)/,
    packages: NOTHING,
    types: /^(photoshop|uxp|@types\/photoshop)/,
  },
  // The command line stands on top of everything.
  { files: /^cli\//, source: /^/, packages: /^(?!onnxruntime-)/ },
]

const root = fileURLToPath(new URL('../src/', import.meta.url))

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.(ts|js)$/.test(path))

interface Import {
  readonly specifier: string
  readonly isType: boolean
}

/** Imports, re-exports and dynamic imports of a source text. */
function importsOf(text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const statements = code.matchAll(
    /(?:^|[;\n])\s*(?:import|export)\s+(?<type>type\s)?(?:[^'"`;]*?\sfrom\s*)?['"](?<from>[^'"]+)['"]/g,
  )
  const calls = code.matchAll(
    /\b(?<typeOf>typeof\s+)?(?:import|require)\(\s*['"](?<from>[^'"]+)['"]/g,
  )
  return [
    ...[...statements].map(({ groups }) => ({
      specifier: groups!.from!,
      isType: groups!.type !== undefined,
    })),
    ...[...calls].map(({ groups }) => ({
      specifier: groups!.from!,
      isType: groups!.typeOf !== undefined,
    })),
  ]
}

/** Problems with one file's imports, each a sentence. */
function violations(file: string, text: string): string[] {
  const rule = RULES.find((candidate) => candidate.files.test(file))
  if (!rule) return [`${file}: no rule says what it may import`]
  return importsOf(text).flatMap(({ specifier, isType }) => {
    const isLocal = specifier.startsWith('.')
    const target = isLocal ? relative(root, join(root, dirname(file), specifier)) : specifier
    const allowed = isLocal ? rule.source : rule.packages
    const isAllowed = allowed.test(target) || (isType && rule.types?.test(target))
    return isAllowed ? [] : [`${file} must not import ${isType ? 'types of ' : ''}${target}`]
  })
}

test('imports point one way', () => {
  const found = files.flatMap((file) => violations(file, readFileSync(join(root, file), 'utf8')))
  expect(found).toEqual([])
})

test('relative imports name a file that is there', () => {
  const missing = files.flatMap((file) =>
    importsOf(readFileSync(join(root, file), 'utf8'))
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier }) => join(root, dirname(file), specifier))
      .filter((path) => !existsSync(path)),
  )
  expect(missing).toEqual([])
})

test('only the files that own a runtime import ONNX Runtime', () => {
  const importers = files.filter((file) =>
    importsOf(readFileSync(join(root, file), 'utf8')).some(({ specifier }) =>
      specifier.startsWith('onnxruntime-'),
    ),
  )
  expect(importers.length).toBeGreaterThan(0)
  for (const file of importers) expect(file).toMatch(/^engine\/runtime\/ort[\w-]*\.ts$/)
})

test('the engine’s folders import one another in no circle', () => {
  const folders = new Map<string, Set<string>>()
  for (const file of files.filter((path) => /^engine\/\w+\//.test(path))) {
    const from = file.split('/')[1]!
    for (const { specifier, isType } of importsOf(readFileSync(join(root, file), 'utf8'))) {
      if (isType || !specifier.startsWith('.')) continue
      const [, to, ...below] = relative(root, join(root, dirname(file), specifier)).split('/')
      if (below.length > 0 && to !== from)
        folders.set(from, (folders.get(from) ?? new Set()).add(to!))
    }
  }
  const visit = (folder: string, path: readonly string[]): void => {
    expect(path, `circle ${[...path, folder].join(' → ')}`).not.toContain(folder)
    for (const next of folders.get(folder) ?? []) visit(next, [...path, folder])
  }
  for (const folder of folders.keys()) visit(folder, [])
})

test('no file imports itself by way of others, types included', () => {
  const imports = new Map(
    files.map((file) => [
      file,
      importsOf(readFileSync(join(root, file), 'utf8'))
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => relative(root, join(root, dirname(file), specifier))),
    ]),
  )
  expect(circleIn(imports)).toBeUndefined()
})

/** The first circle found, as a path from a node to itself. */
function circleIn(arrows: ReadonlyMap<string, readonly string[]>): string | undefined {
  const seen = new Set<string>()
  const visit = (node: string, path: readonly string[]): string | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node].join(' → ')
    if (seen.has(node)) return undefined
    seen.add(node)
    for (const next of arrows.get(node) ?? []) {
      const circle = visit(next, [...path, node])
      if (circle) return circle
    }
    return undefined
  }
  for (const node of arrows.keys()) {
    const circle = visit(node, [])
    if (circle) return circle
  }
  return undefined
}

test('a circle is named as a path', () => {
  const arrows = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', []],
    ['d', ['b']],
  ])
  expect(circleIn(arrows)).toBe('b → d → b')
})

describe('the rules see', () => {
  test.each([
    ['engine/stylize.ts', `import { readFile } from 'node:fs'`],
    ['engine/stylize.ts', `import * as ort from "onnxruntime-web"`],
    ['engine/stylize.ts', `import {\n  makeRuntime,\n} from './runtime/ort-web.ts'`],
    ['engine/stylize.ts', `export * from './runtime/ort-node.ts'`],
    ['engine/picture/image.ts', `import { x } from '../input/regions.ts'`],
    ['engine/objective/whole.ts', `import type { RunPlan } from '../plan/plan.ts'`],
    ['engine/picture/image.ts', `const fs = await import('node:fs')`],
    ['engine/graph/build.ts', `import { create } from '@bufbuild/protobuf'`],
    ['engine/optim/lbfgs.ts', `import type { Runtime } from '../runtime/runtime.ts'`],
    ['engine/runtime/ort-web.ts', `import { cpus } from 'node:os'`],
    ['engine/options.ts', `import { LOSS_FORMS } from './objective/losses/form.ts'`],
    ['panel/panel.ts', `import { stylize } from '../engine/stylize.ts'`],
    ['panel/panel.ts', `import { app } from 'photoshop'`],
    ['webview/page.ts', `import '../panel/panel.ts'`],
    ['host/document.ts', `import { resize } from '../engine/picture/image.ts'`],
    ['cli/main.ts', `import 'onnxruntime-node'`],
    ['elsewhere/new.ts', ''],
  ])('%s: %s', (file, text) => {
    expect(violations(file, text)).toHaveLength(1)
  })

  test.each([
    ['engine/stylize.ts', `import { x } from './picture/image.ts'\n// import fs from 'node:fs'`],
    ['engine/runtime/ort-node.ts', `import * as ort from 'onnxruntime-node'`],
    ['engine/presets.ts', `import type { StylizeOptions } from './options.ts'`],
    ['panel/photoshop.ts', `import { app } from 'photoshop'`],
    ['host/photoshop.ts', `type Real = typeof import('photoshop')`],
    ['cli/main.ts', `import { stylize } from '../engine/stylize.ts'`],
  ])('nothing wrong with %s: %s', (file, text) => {
    expect(violations(file, text)).toEqual([])
  })
})
