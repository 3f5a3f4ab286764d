/** Chromium with WebGPU in software: right results on a machine without a GPU, no timings. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { describe, type TestOptions, test } from 'vitest'

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

const HOW_TO_GET_ONE = 'install Chromium or Chrome, or set CHROMIUM_PATH'

/** Environment variable CHROMIUM_PATH, or the first of the usual places; undefined: there is none. */
export function findChromium(): string | undefined {
  const given = process.env.CHROMIUM_PATH
  if (given && !existsSync(given)) throw new Error(`CHROMIUM_PATH: there is no ${given}`)
  return given || USUAL_PLACES.find((path) => existsSync(path))
}

/** Of Chromium's command line. */
export const ARGUMENTS = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  // SwiftShader takes four times as long with zeroes in workgroup memory, which no shader here reads.
  '--enable-dawn-features=disable_workgroup_init',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Environment variable: where the Chromium that all test files share listens. */
export const SHARED_CHROMIUM = 'IMPASTO_SHARED_CHROMIUM'

/**
 * The shared Chromium, where there is one: what is opened in it ends with `close`, and it goes on.
 * @param further arguments of Chromium's command line, which take one of its own.
 */
export function launchChromium(further: readonly string[] = []): Promise<Browser> {
  const shared = process.env[SHARED_CHROMIUM]
  if (shared && further.length === 0) return chromium.connect(shared)
  return chromium.launch({ executablePath: findChromium(), args: [...ARGUMENTS, ...further] })
}

/**
 * A suite that needs Chromium. Without one it is skipped and its name says so; where
 * IMPASTO_REQUIRE_BROWSER is 1 it fails instead.
 */
export function describeInChromium(name: string, options: TestOptions, body: () => void): void {
  if (findChromium()) {
    describe(name, options, body)
  } else if (process.env.IMPASTO_REQUIRE_BROWSER === '1') {
    test(name, () => {
      throw new Error(`no Chromium was found: ${HOW_TO_GET_ONE}`)
    })
  } else {
    describe.skip(`${name} (no Chromium was found: ${HOW_TO_GET_ONE})`, body)
  }
}
