import { type SpawnOptions, spawn } from 'node:child_process'
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { listenForInterrupts } from '../../src/cli/interrupts.ts'
import { recallAll } from '../../src/cli/recall.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const env = { IMPASTO_DATA: at('data') }
const SMALL = ['--style', 'ink', '--model', 'tiny', '--size', '32', '--min-scale', '32']
const ENDLESS = [...SMALL, '--iterations', '100000']

await sharp('samples/dogs.jpg').resize(32, 24, { fit: 'fill' }).png().toFile(at('photo.png'))
await runCli(['models', 'add', 'test/golden/vgg19-tiny.safetensors', '--name', 'tiny'], { env })

const stylize = (out: string, flags: readonly string[] = ENDLESS): string[] => [
  ...['stylize', at('photo.png'), '-o', at(out), ...flags],
]

/** The command in a process of its own. */
function start(args: readonly string[], stdio: SpawnOptions['stdio'] = 'pipe') {
  const child = spawn(process.execPath, ['bin/impasto.js', ...args], {
    stdio,
    env: { ...process.env, ...env },
  })
  const done = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { child, done }
}

/** Some evaluations after the first, of which the first is of the picture that is started from. */
const WHILE_PAINTING_MS = 600

describe('interrupts', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('within a second of the first are the same keystroke, a later Ctrl-C is another', () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] })
    const before = process.listenerCount('SIGINT')
    const { first, second, release } = listenForInterrupts()
    process.emit('SIGINT', 'SIGINT')
    expect(first.aborted).toBe(true)
    vi.advanceTimersByTime(900)
    process.emit('SIGINT', 'SIGINT')
    expect(second.aborted).toBe(false)
    vi.advanceTimersByTime(200)
    process.emit('SIGTERM', 'SIGTERM')
    expect(second.aborted).toBe(false)
    process.emit('SIGINT', 'SIGINT')
    expect(second.aborted).toBe(true)
    release()
    expect(process.listenerCount('SIGINT')).toBe(before + 1)
    vi.advanceTimersByTime(2000)
    expect(process.listenerCount('SIGINT')).toBe(before)
  })

  it('passed on twice keep the picture', async () => {
    let pressed = 0
    const run = await runCli(stylize('twice.png'), {
      env,
      onError(text, interrupt) {
        if (text.includes('iteration') && pressed++ === 0) setTimeout(interrupt, WHILE_PAINTING_MS)
        if (/stopping.*\n$/.test(text)) interrupt()
      },
    })
    expect(run.stderr).toContain('kept the best picture')
    expect(run.code).toBe(0)
    await sharp(at('twice.png')).stats()
  })

  it('before the first step leave what was painted earlier', async () => {
    await runCli(stylize('earlier.png', [...SMALL, '--iterations', '2']), { env })
    const before = readFileSync(at('earlier.png'))
    const run = await runCli(stylize('earlier.png'), {
      env,
      onError(text, interrupt) {
        if (/plan: .*\n$/.test(text)) interrupt()
      },
    })
    expect(run.stderr).toContain('cancelled: nothing was changed')
    expect(run.code).toBe(EXIT.cancelled)
    expect(readFileSync(at('earlier.png')).equals(before)).toBe(true)
  })

  it.skipIf(process.platform === 'win32')(
    'by other programs keep the picture too: SIGTERM, and SIGHUP of a terminal that is gone',
    async () => {
      const runs = (['SIGTERM', 'SIGHUP'] as const).map(async (signal) => {
        const { child, done } = start(stylize(`${signal}.png`))
        child.stderr!.on('data', (chunk: Buffer) => {
          if (!chunk.includes('iteration')) return
          if (signal === 'SIGHUP') child.stderr!.destroy()
          setTimeout(() => child.kill(signal), WHILE_PAINTING_MS)
        })
        expect(await done).toBe(0)
        await sharp(at(`${signal}.png`)).stats()
      })
      await Promise.all(runs)
    },
  )
})

describe('a result that cannot be written at the end', () => {
  const brief = [...SMALL, '--iterations', '2']
  const kept = (text: string): string => /the painting is kept in (.*)\n/.exec(text)![1]!

  it.skipIf(!existsSync('/dev/full'))('for a full disk is kept beside the input', async () => {
    symlinkSync('/dev/full', at('disk.png'))
    mkdirSync(at('roomy'))
    copyFileSync(at('photo.png'), at('roomy/photo.png'))
    writeFileSync(at('roomy/disk.png'), 'another')
    const args = ['stylize', at('roomy/photo.png'), '-o', at('disk.png'), ...brief]
    const run = await runCli(args, { env })
    expect(run.stderr).toMatch(
      /disk\.png: cannot be written: the disk is full; .*; the painting is/,
    )
    expect(run.code).toBe(EXIT.image)
    expect(kept(run.stderr)).toBe(at('roomy/disk-2.png'))
    expect(readFileSync(at('roomy/disk.png'), 'utf8')).toBe('another')
    expect(await recallAll(at('roomy/disk-2.png'))).toHaveLength(1)
  })

  it('for folders that are gone is kept in the temporary folder', async () => {
    mkdirSync(at('gone'))
    copyFileSync(at('photo.png'), at('gone/photo.png'))
    const args = ['stylize', at('gone/photo.png'), '-o', at('gone/gone.png'), ...brief]
    const run = await runCli(args, {
      env,
      onError(text) {
        if (text.includes('iteration')) rmSync(at('gone'), { recursive: true, force: true })
      },
    })
    expect(run.stderr).toMatch(/the folder .*gone does not exist/)
    expect(dirname(kept(run.stderr))).toBe(tmpdir())
    expect(await recallAll(kept(run.stderr))).toHaveLength(1)
    rmSync(kept(run.stderr))
  })
})

describe('messages that nobody can read', () => {
  const brief = [...SMALL, '--iterations', '2']

  it('end no run: a reader of standard error that closes early', async () => {
    const { child, done } = start(stylize('unread.png', brief))
    child.stderr!.destroy()
    expect([await done, existsSync(at('unread.png'))]).toEqual([0, true])
  })

  it.skipIf(!existsSync('/dev/full'))('end no run: a full disk', async () => {
    const full = openSync('/dev/full', 'w')
    const { done } = start(stylize('full.png', brief), ['ignore', 'ignore', full])
    expect([await done, existsSync(at('full.png'))]).toEqual([0, true])
    closeSync(full)
  })

  it.skipIf(!existsSync('/dev/full'))('are told of where they are all there is', async () => {
    const full = openSync('/dev/full', 'w')
    const { child, done } = start(['presets'], ['ignore', full, 'pipe'])
    let stderr = ''
    child.stderr!.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    expect(await done).toBe(EXIT.image)
    closeSync(full)
    expect(stderr).toMatch(/^impasto: standard output cannot be written: ENOSPC.*\n$/)
  })
})
