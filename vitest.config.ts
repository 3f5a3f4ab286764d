// So that the processes and threads of the tests have it from the start.
import './src/engine/runtime/no-telemetry.ts'
import { readFileSync } from 'node:fs'
import { globSync } from 'tinyglobby'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

const files = globSync('test/**/*.test.ts')
const isBrowserTest = (file: string): boolean =>
  readFileSync(file, 'utf8').includes('describeInChromium(')
/** It puts others in the place of modules, or leaves behind what others cannot do with. */
const isApart = (file: string): boolean =>
  /\bvi\.mock\(|^\/\/ A file of its own:/m.test(readFileSync(file, 'utf8'))

const project = (
  name: string,
  include: readonly string[],
  further: TestProjectInlineConfiguration['test'] = {},
): TestProjectInlineConfiguration => ({
  test: { name, include: [...include], testTimeout: 60_000, hookTimeout: 60_000, ...further },
})

const inBrowser = files.filter(isBrowserTest)
const apart = files.filter(isApart)

/**
 * The files of a project share their modules, so that these are read once, unless a file puts others
 * in their place.
 */
export default defineConfig({
  test: {
    // A core each: vitest would leave one to itself.
    maxWorkers: '100%',
    projects: [
      project('browser', inBrowser, {
        isolate: false,
        globalSetup: ['test/browser/shared-chromium.ts'],
      }),
      project('apart', apart),
      project(
        'node',
        files.filter((file) => !inBrowser.includes(file) && !apart.includes(file)),
        {
          isolate: false,
        },
      ),
    ],
  },
})
