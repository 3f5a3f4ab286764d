import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { withTables } from '../../scripts/readme.ts'

it('the README lists the options and presets that there are (npm run readme)', () => {
  const readme = readFileSync('README.md', 'utf8')
  expect(withTables(readme)).toBe(readme)
})
