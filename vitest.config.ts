// So that the processes and threads of the tests have it from the start.
import './src/engine/runtime/no-telemetry.ts'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
