import { expect, test } from 'vitest'
import { printable } from '../../src/cli/printable.ts'

test('control characters in names are spelt out, and JSON stays what it says', () => {
  const name = 'sky\x1b[31m\r\x9b.png'
  expect(printable(`Öl\t${name}\n`)).toBe('Öl\tsky\\u001b[31m\\u000d\\u009b.png\n')
  expect(JSON.parse(printable(JSON.stringify({ name })))).toEqual({ name })
})
