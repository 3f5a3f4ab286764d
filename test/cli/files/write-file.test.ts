import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { assertWritable, openContent, writeRaster } from '../../../src/cli/files/index.ts'
import { ImageError } from '../../../src/engine/errors.ts'
import { temporaryFolder } from './support.ts'

const inFolder = temporaryFolder()
const image = { width: 2, height: 2, data: new Float32Array(12) }

describe('writing', () => {
  test('a writable place passes and is left as it was', async () => {
    const before = readdirSync(dirname(inFolder('x')))
    await assertWritable(inFolder('result.png'))
    expect(readdirSync(dirname(inFolder('x')))).toEqual(before)
  })

  test('what a run left that was killed a day ago is removed, and what is being written stays', async () => {
    const left = '.impasto-0123456789ab.part'
    const others = ['.impasto-ba9876543210.part', '.impasto-mine.part']
    for (const name of [left, ...others]) writeFileSync(inFolder(name), 'half a picture')
    const longAgo = Date.now() / 1000 - 25 * 3600
    for (const name of [left, '.impasto-mine.part']) utimesSync(inFolder(name), longAgo, longAgo)
    await assertWritable(inFolder('result.png'))
    const names = readdirSync(dirname(inFolder('x'))).filter((name) => name.includes('.part'))
    expect(names.sort()).toEqual(others.sort())
    for (const name of others) rmSync(inFolder(name))
  })

  test('a folder that is missing or a file is refused with its path', async () => {
    writeFileSync(inFolder('file'), '')
    await expect(assertWritable(inFolder('none/a.png'))).rejects.toThrow(
      /none\/a\.png: cannot be written: the folder .*none does not exist/,
    )
    await expect(assertWritable(inFolder('file/a.png'))).rejects.toThrow(/file is not a folder/)
    await expect(writeRaster(image, inFolder('file/a.png'))).rejects.toThrow(ImageError)
  })

  test.skipIf(process.platform !== 'linux')(
    'a folder without write access is refused',
    async () => {
      await expect(assertWritable('/proc/a.png')).rejects.toThrow(
        /\/proc\/a\.png: cannot be written/,
      )
    },
  )

  test('a folder in place of the file is refused', async () => {
    mkdirSync(inFolder('folder.png'))
    mkdirSync(inFolder('folder'))
    for (const name of ['folder.png', 'folder']) {
      await expect(assertWritable(inFolder(name))).rejects.toThrow(/it is a folder; give a file/)
    }
  })

  test('an unknown ending is refused with the known ones', async () => {
    await expect(assertWritable(inFolder('a.gif'))).rejects.toThrow(
      /its ending is "\.gif", expected one of \.psd, \.psb, \.png, \.jpg, \.jpeg, \.jpe, \.jfif, \.tif, \.tiff, \.webp/,
    )
    await expect(assertWritable(inFolder('a'))).rejects.toThrow(/its ending is missing/)
  })

  test('a file is replaced whole and no other is left behind', async () => {
    const path = inFolder('replaced.png')
    writeFileSync(path, 'old')
    await writeRaster(image, path)
    expect(readFileSync(path).toString('latin1', 1, 4)).toBe('PNG')
    expect(readdirSync(dirname(path)).filter((name) => name.includes('.part'))).toEqual([])
  })

  test('a failed write leaves the old file and no other', async () => {
    const path = inFolder('kept.webp')
    await writeRaster(image, path)
    const before = readFileSync(path)
    const wide = { width: 20_000, height: 1, data: new Float32Array(60_000) }
    await expect(writeRaster(wide, path)).rejects.toThrow(/at most 16383 pixels per edge/)
    expect(readFileSync(path)).toEqual(before)
  })

  test('a JPEG holds as many pixels as libjpeg allows, and more are refused', async () => {
    const row = (width: number) => ({ width, height: 1, data: new Float32Array(3 * width) })
    await writeRaster(row(65_500), inFolder('longest.jpg'))
    await expect(writeRaster(row(65_501), inFolder('longer.jpg'))).rejects.toThrow(
      /at most 65500 pixels per edge/,
    )
  })

  test('a picture is not written over by opening it', async () => {
    const path = inFolder('overwritten.png')
    await writeRaster(image, path)
    const content = await openContent(path)
    await content.save({ ...image, data: image.data.map(() => 1) }, path, { layerName: 'Result' })
    expect((await openContent(path)).image.data.every((value) => value === 1)).toBe(true)
  })
})

describe.skipIf(process.platform === 'win32')('what is replaced', () => {
  test('keeps its mode', async () => {
    const path = inFolder('private.png')
    writeFileSync(path, 'old')
    chmodSync(path, 0o640)
    await writeRaster(image, path)
    expect([readFileSync(path)[0], statSync(path).mode & 0o777]).toEqual([0x89, 0o640])
  })

  test('stays a link, also one to a link in another folder and to a file that is not there yet', async () => {
    mkdirSync(inFolder('elsewhere'))
    symlinkSync('elsewhere/second.png', inFolder('first.png'))
    symlinkSync('real.png', inFolder('elsewhere/second.png'))
    for (let i = 0; i < 2; i++) {
      await assertWritable(inFolder('first.png'))
      await writeRaster(image, inFolder('first.png'))
      expect(readlinkSync(inFolder('first.png'))).toBe('elsewhere/second.png')
      expect(readlinkSync(inFolder('elsewhere/second.png'))).toBe('real.png')
      expect(readFileSync(inFolder('elsewhere/real.png'))[0]).toBe(0x89)
      writeFileSync(inFolder('elsewhere/real.png'), 'old')
    }
    expect(readdirSync(inFolder('elsewhere')).sort()).toEqual(['real.png', 'second.png'])
  })

  test('is told of where it leads to no folder, or back to itself', async () => {
    symlinkSync('gone/real.png', inFolder('astray.png'))
    symlinkSync('circle.png', inFolder('circle.png'))
    for (const write of [assertWritable, (path: string) => writeRaster(image, path)]) {
      await expect(write(inFolder('astray.png'))).rejects.toThrow(/the folder \S+gone does not/)
      await expect(write(inFolder('circle.png'))).rejects.toThrow(
        /a link that leads back to itself/,
      )
    }
  })

  test('is not replaced where it is read-only', async () => {
    const path = inFolder('read-only.png')
    writeFileSync(path, 'old')
    chmodSync(path, 0o444)
    await expect(assertWritable(path)).rejects.toThrow(/there is a read-only file of that name/)
    expect(readFileSync(path, 'utf8')).toBe('old')
  })

  test('is written to as it is where it is no file', async () => {
    symlinkSync('/dev/null', inFolder('null.png'))
    await assertWritable(inFolder('null.png'))
    await writeRaster(image, inFolder('null.png'))
    expect(statSync(inFolder('null.png')).isCharacterDevice()).toBe(true)
  })
})

test('a name that is too long is refused before the run, a long one is not', async () => {
  await expect(assertWritable(inFolder(`${'n'.repeat(300)}.png`))).rejects.toThrow(
    /its name has 304 bytes, more than the file system allows; give a shorter one/,
  )
  const long = inFolder(`${'n'.repeat(250)}.png`)
  await assertWritable(long)
  await writeRaster(image, long)
})
