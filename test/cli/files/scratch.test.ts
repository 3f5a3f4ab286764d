import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withScratch } from '../../../src/cli/files/scratch.ts'
import { ImageError } from '../../../src/engine/errors.ts'
import { inMemory } from '../../../src/psd/stored.ts'

const folder = mkdtempSync(join(tmpdir(), 'impasto-scratch-'))
const bytesOf = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + seed) % 256)

test('what is written to several sinks in turn comes back, from memory and from the file', async () => {
  const pieces = [10, 300, 2_000_000, 5].map(bytesOf)
  const out = await withScratch(
    join(folder, 'a.psd'),
    async (makeSink) => {
      const sinks = [makeSink(), makeSink()]
      for (const piece of pieces) for (const sink of sinks) sink.write(piece)
      expect(readdirSync(folder)).toHaveLength(1)
      return sinks.map((sink) => inMemory(sink.stored()))
    },
    400,
  )
  for (const bytes of out) expect(Buffer.from(bytes).equals(Buffer.concat(pieces))).toBe(true)
  expect(readdirSync(folder)).toEqual([])
})

test('the file is gone after a failure as well', async () => {
  const failing = withScratch(
    join(folder, 'a.psd'),
    async (makeSink) => {
      makeSink().write(bytesOf(100, 1))
      throw new Error('no more')
    },
    10,
  )
  await expect(failing).rejects.toThrow('no more')
  expect(readdirSync(folder)).toEqual([])
})

test('a folder that cannot be written is named', async () => {
  const failing = withScratch(
    join(folder, 'none', 'a.psd'),
    async (makeSink) => makeSink().write(bytesOf(100, 1)),
    10,
  )
  await expect(failing).rejects.toThrow(ImageError)
  await expect(failing).rejects.toThrow(/none does not exist/)
})
