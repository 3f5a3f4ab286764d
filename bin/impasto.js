#!/usr/bin/env node
// Runs the TypeScript sources as they are, so that a checkout needs no build step.
import { accessSync, constants } from 'node:fs'
import { homedir, tmpdir } from 'node:os'

try {
  // tsx keeps translated sources there.
  accessSync(tmpdir(), constants.W_OK)
} catch {
  process.env.TSX_DISABLE_CACHE = '1'
}
try {
  homedir()
} catch {
  // A user whom no list of users names, as in containers.
  process.env.HOME = '/'
}
const { register } = await import('tsx/esm/api')
register()
const { main } = await import('../src/cli/main.ts')
await main(process.argv.slice(2))
