/** Builds dist/ unless it is there and newer than everything it is made of. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const dist = join(root, 'dist')
/** Written when a build is complete, so that a half-finished one is not taken for it. */
const stamp = join(root, 'node_modules/.cache/impasto-build')
const lock = `${stamp}.lock`

const SOURCES = [
  'src/bridge',
  'src/engine',
  'src/panel',
  'src/webview',
  'icons',
  'licences',
  'models',
  'styles',
  'manifest.json',
  'package.json',
  'package-lock.json',
  'webpack.config.js',
]

const POLL_MS = 200
/** A build takes some ten seconds; a lock older than this was left by one that was killed. */
const STALE_LOCK_MS = 300_000

/** @returns the folder of the built plug-in. @throws Error when the build fails. */
export async function buildPlugin(): Promise<string> {
  mkdirSync(join(stamp, '..'), { recursive: true })
  // Several test files may want it at the same time.
  while (!takeLock()) await sleep(POLL_MS)
  try {
    if (isStale()) {
      rmSync(stamp, { force: true })
      await run(process.execPath, [join(root, 'node_modules/webpack/bin/webpack.js')])
      writeFileSync(stamp, '')
    }
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
  return dist
}

function takeLock(): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > STALE_LOCK_MS) {
      rmSync(lock, { recursive: true, force: true })
    }
    return false
  }
}

function isStale(): boolean {
  if (!existsSync(stamp) || !existsSync(join(dist, 'manifest.json'))) return true
  const built = statSync(stamp).mtimeMs
  return SOURCES.some((path) => newestBelow(join(root, path)) > built)
}

function newestBelow(path: string): number {
  const facts = statSync(path)
  if (!facts.isDirectory()) return facts.mtimeMs
  return Math.max(facts.mtimeMs, ...readdirSync(path).map((name) => newestBelow(join(path, name))))
}

function run(command: string, parameters: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (text) => {
      output += text
    })
    child.stderr.on('data', (text) => {
      output += text
    })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`the plug-in could not be built:\n${output}`)),
    )
  })
}
