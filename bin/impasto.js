#!/usr/bin/env node
// Runs the TypeScript sources as they are, so that a checkout needs no build step.
import { register } from 'tsx/esm/api'

register()
const { main } = await import('../src/cli/main.ts')
await main(process.argv.slice(2))
