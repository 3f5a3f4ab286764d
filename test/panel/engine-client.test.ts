import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { StylizeJob } from '../../src/bridge/messages.ts'
import { BridgeError, ModelError, RuntimeError } from '../../src/engine/errors.ts'
import { makeAttention } from '../../src/panel/attention.ts'
import { type EngineState, makeEngineClient } from '../../src/panel/engine-client.ts'
import { makeLog } from '../../src/panel/log.ts'
import { NetworkProfileError } from '../../src/panel/problems.ts'
import { watchForSleep } from '../../src/panel/sleep-watch.ts'
import { FACTS, makeConnection, makeLongRun, OUTCOME, PIXELS, PROGRESS } from './stand-ins.ts'

/** A file that the plug-in's folder lacks. */
const MISSING = 'gone.bin'

function setUp(
  ready?: Promise<void>,
  startTimeoutMs?: number,
  reloadTimeoutMs?: number,
  isOnNetwork = false,
) {
  const connection = makeConnection(ready)
  const states: EngineState[] = []
  const paths: string[] = []
  const reloads: string[] = []
  const pauses: boolean[] = []
  const log = makeLog()
  const client = makeEngineClient({
    connect: connection.connect,
    reloadPage: (by) => reloads.push(by),
    async readPluginFile(path) {
      paths.push(path)
      if (path.endsWith(MISSING)) throw new Error('no such file')
      return new Uint8Array([7])
    },
    onState: (state) => states.push(state),
    isOnDeadNetworkPath: async () => isOnNetwork,
    attention: makeAttention(),
    onPause: (isPaused) => pauses.push(isPaused),
    log,
    startTimeoutMs,
    reloadTimeoutMs,
  })
  return { connection, client, states, paths, reloads, pauses, log }
}

const SIGNAL = { signal: new AbortController().signal }

describe('opening the engine', () => {
  test('happens once for a device and a model', async () => {
    const { client, connection } = setUp()
    await Promise.all([client.open('auto', 'vgg16'), client.open('auto', 'vgg16')])
    await client.open('auto', 'vgg16')
    expect(connection.requests).toEqual(['open'])
    await client.open('wasm', 'vgg16')
    expect(connection.requests).toEqual(['open', 'open'])
  })

  test('shows how far it has loaded, then the facts', async () => {
    const { client, connection, states } = setUp()
    const progress = { what: 'vgg16', loadedBytes: 1, totalBytes: 2 }
    connection.answers.open = async () => {
      connection.handlers.events.loading(progress)
      return FACTS
    }
    await client.open('auto', 'vgg16')
    expect(states).toEqual([
      { phase: 'loading' },
      { phase: 'loading', progress },
      { phase: 'ready', facts: FACTS },
    ])
  })

  test('may be tried again after it failed', async () => {
    const { client, connection, states } = setUp()
    const error = new RuntimeError('no memory')
    connection.answers.open = async () => {
      throw error
    }
    await expect(client.open('auto', 'vgg16')).rejects.toBe(error)
    expect(states.at(-1)).toEqual({ phase: 'failed', error })
    connection.answers.open = async () => FACTS
    await expect(client.open('auto', 'vgg16')).resolves.toBe(FACTS)
  })

  test('goes on when the run that wanted it is cancelled', async () => {
    const { client, connection, states } = setUp()
    let finish: () => void = () => undefined
    connection.answers.open = () =>
      new Promise((resolve) => {
        finish = () => resolve(FACTS)
      })
    const abort = new AbortController()
    const opening = client.open('auto', 'vgg16', abort.signal)
    await Promise.resolve()
    abort.abort()
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' })
    await new Promise((resolve) => setTimeout(resolve))
    finish()
    await new Promise((resolve) => setTimeout(resolve))
    expect(states.at(-1)?.phase).toBe('ready')
  })

  test('fails when the page says nothing for too long', async () => {
    const { client } = setUp(new Promise(() => undefined), 5)
    await expect(client.open('auto', 'vgg16')).rejects.toThrow('did not start')
  })

  test('fails when the page cannot be loaded, and then loads it again', async () => {
    let start: () => void = () => undefined
    const started = new Promise<void>((resolve) => {
      start = resolve
    })
    const { client, log, reloads } = setUp(started)
    const opening = client.open('auto', 'vgg16')
    client.pageFailed('engine page plugin:/x: not found (-1)')
    await expect(opening).rejects.toThrow(BridgeError)
    expect(log.lines().join('\n')).toContain('not found')
    expect(reloads).toHaveLength(0)
    const again = client.open('auto', 'vgg16')
    expect(reloads).toEqual(['query'])
    start()
    await expect(again).resolves.toBe(FACTS)
  })
})

test('a page that cannot be loaded from a network drive is said to be on one', async () => {
  const { client, log } = setUp(new Promise(() => undefined), 5, undefined, true)
  await expect(client.open('auto', 'vgg16')).rejects.toBeInstanceOf(NetworkProfileError)
  expect(log.lines().join('\n')).toContain('on a network drive')
})

describe('a page that begins anew', () => {
  test('is asleep, and is told again how it looks and whether it is seen', async () => {
    const { client, connection, states } = setUp()
    const appearance = {
      background: '#000',
      text: '#fff',
      accent: '#00f',
      idleText: 'here',
      originalText: 'before',
    }
    client.setAppearance(appearance)
    client.setVisible(false)
    await client.open('auto', 'vgg16')
    connection.handlers.onRestart?.()
    expect(states.at(-1)).toEqual({ phase: 'asleep' })
    expect(connection.emitted.slice(2)).toEqual([
      { name: 'appearance', data: appearance },
      { name: 'visibility', data: { isVisible: false } },
    ])
    await client.open('auto', 'vgg16')
    expect(connection.requests).toEqual(['open', 'open'])
  })
})

describe('a page that is to begin anew', () => {
  const failRun = async (parts: ReturnType<typeof setUp>): Promise<void> => {
    parts.connection.answers.stylize = () => Promise.reject(new RuntimeError('broken'))
    const job = { content: PIXELS, styles: [], options: {}, device: 'auto' } as const
    await parts.client.open('auto', 'vgg16')
    await parts.client.stylize(job, { ...SIGNAL, onProgress() {} }).catch(() => undefined)
  }
  const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

  test('is made to by one means after the other, and what waits fails in the end', async () => {
    const parts = setUp(undefined, 120, 10)
    await failRun(parts)
    expect(parts.connection.emitted.map(({ name }) => name)).toEqual(['reload'])
    expect(parts.reloads).toEqual([])
    await expect(parts.client.open('auto', 'vgg16')).rejects.toThrow('did not start')
    expect(parts.reloads).toEqual(['query', 'element'])

    const again = parts.client.open('auto', 'vgg16')
    await later(30)
    expect(parts.reloads).toEqual(['query', 'element', 'query', 'element'])
    expect(parts.connection.requests, 'nothing is asked of a page that is gone').toEqual([
      'open',
      'stylize',
    ])
    parts.connection.handlers.onRestart?.()
    await expect(again).resolves.toBe(FACTS)
  })

  test('is left alone once it has', async () => {
    const parts = setUp(undefined, 1000, 20)
    await failRun(parts)
    await later(30)
    expect(parts.reloads).toEqual(['query'])
    parts.connection.handlers.onRestart?.()
    await later(60)
    expect(parts.reloads).toEqual(['query'])
  })
})

describe('a page that gives no sign of life', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const silence = ({ connection }: ReturnType<typeof setUp>, isSilent: boolean): void =>
    connection.handlers.onSilence?.(isSilent)
  const mayWait = ({ connection }: ReturnType<typeof setUp>): boolean | undefined =>
    connection.handlers.mayBeAsleep?.()

  test('of a hidden panel is asleep at once, and goes on when it is heard', () => {
    const parts = setUp()
    parts.client.setVisible(false)
    silence(parts, true)
    expect(parts.pauses).toEqual([true])
    expect(mayWait(parts)).toBe(true)
    silence(parts, false)
    expect(parts.pauses).toEqual([true, false])
  })

  test('may be busy, where nothing was told of the panel: asleep after a while', () => {
    const parts = setUp()
    parts.client.notice()
    vi.advanceTimersByTime(1000)
    silence(parts, true)
    expect(mayWait(parts), 'no run fails unless somebody looks on').toBe(true)
    vi.advanceTimersByTime(19_000)
    expect(parts.pauses).toEqual([])
    vi.advanceTimersByTime(2000)
    expect(parts.pauses).toEqual([true])
  })

  test('is not asleep while somebody is seen in the panel', () => {
    const parts = setUp()
    parts.client.setVisible(false)
    silence(parts, true)
    vi.advanceTimersByTime(60_000)
    parts.client.notice()
    expect(parts.pauses).toEqual([true, false])
    expect(mayWait(parts)).toBe(false)
    vi.advanceTimersByTime(60_000)
    expect(parts.pauses).toEqual([true, false])
    expect(parts.connection.emitted.at(-1)).toEqual({
      name: 'visibility',
      data: { isVisible: true },
    })
  })
})

describe('after the computer slept', () => {
  test('the device is asked for again', async () => {
    const { client, connection, states } = setUp()
    client.probeAgain()
    expect(connection.requests, 'what was never opened needs no probe').toEqual([])
    await client.open('wasm', 'vgg16')
    client.probeAgain()
    await expect.poll(() => states.at(-1)?.phase).toBe('ready')
    expect(connection.requests).toEqual(['open', 'open'])
  })

  test('a run is let be, and its device asked for when it has ended', async () => {
    const { client, connection } = setUp()
    await client.open('wasm', 'vgg16')
    const { answer, begun, end } = makeLongRun()
    connection.answers.stylize = answer
    const job = { content: PIXELS, styles: [], options: {}, device: 'auto' } as const
    const run = client.stylize(job, { ...SIGNAL, onProgress() {} })
    await begun
    client.probeAgain()
    expect(connection.requests).toEqual(['open', 'stylize'])
    end(OUTCOME)
    await run
    await expect.poll(() => connection.requests).toEqual(['open', 'stylize', 'open'])
  })

  test('it is noticed by a timer that is far too late, and by no other', () => {
    vi.useFakeTimers()
    let time = 0
    let wakes = 0
    const stop = watchForSleep(
      () => {
        wakes++
      },
      () => time,
    )
    for (const passed of [10_000, 10_400, 45_000]) {
      time += passed
      vi.advanceTimersByTime(10_000)
    }
    expect(wakes).toBe(0)
    time += 3_600_000
    vi.advanceTimersByTime(10_000)
    expect(wakes).toBe(1)
    stop()
    vi.useRealTimers()
  })
})

const WARNING = 'the device was lost'
test.each([
  ['failed', async () => Promise.reject(new RuntimeError(WARNING)), 1],
  ['ended early', async () => ({ ...OUTCOME, isFinished: false, warning: WARNING }), 1],
  ['went on elsewhere', async () => ({ ...OUTCOME, warning: WARNING }), 0],
])(
  'after a run that %s the facts are asked for anew, where nothing is left of it',
  async (...given) => {
    const [, answer, reloadCount] = given
    const { client, connection, states } = setUp()
    await client.open('auto', 'vgg16')
    connection.answers.stylize = answer
    const job = { content: PIXELS, styles: [], options: {}, device: 'auto' } as const
    const run = client.stylize(job, { ...SIGNAL, onProgress() {} })
    await run.catch(() => undefined)
    expect(states.at(-1)).toEqual({ phase: 'asleep' })
    const asked = connection.emitted.filter(({ name }) => name === 'reload')
    expect(asked).toHaveLength(reloadCount)
    const opening = client.open('auto', 'vgg16')
    if (reloadCount > 0) {
      await Promise.resolve()
      expect(connection.requests, 'not of the page that is going').toEqual(['open', 'stylize'])
      connection.handlers.onRestart?.()
    }
    await opening
    expect(connection.requests).toEqual(['open', 'stylize', 'open'])
  },
)

test('what a cancelled run still tells of is not taken for the next one’s progress', async () => {
  const { client, connection } = setUp()
  const job = { content: PIXELS, styles: [], options: {}, device: 'auto' } as const
  const runs: number[] = []
  connection.answers.stylize = async (params: unknown) => {
    runs.push((params as StylizeJob).run)
    return OUTCOME
  }
  await client.stylize(job, { ...SIGNAL, onProgress() {} })
  const heard: number[] = []
  connection.answers.stylize = async (params: unknown) => {
    const { run } = params as StylizeJob
    runs.push(run)
    connection.handlers.events.progress({ ...PROGRESS, run: runs[0]!, iteration: 1 })
    connection.handlers.events.progress({ ...PROGRESS, run, iteration: 2 })
    return OUTCOME
  }
  await client.stylize(job, { ...SIGNAL, onProgress: ({ iteration }) => heard.push(iteration) })
  expect(runs[1]).not.toBe(runs[0])
  expect(heard).toEqual([2])
})

test('the page is told of its looks and of being seen only when they change', () => {
  const { client, connection } = setUp()
  const appearance = {
    background: '#000',
    text: '#fff',
    accent: '#00f',
    idleText: 'here',
    originalText: 'before',
  }
  client.setAppearance(appearance)
  client.setAppearance({ ...appearance })
  client.setVisible(true)
  client.setVisible(false)
  client.setVisible(false)
  expect(connection.emitted.map(({ name }) => name)).toEqual(['appearance', 'visibility'])
})

describe('assets', () => {
  test('come from the page’s own folder', async () => {
    const { connection, paths } = setUp()
    const { readAsset } = connection.handlers.requests
    expect((await readAsset({ name: 'vgg16.bin' }, SIGNAL)).bytes).toEqual(new Uint8Array([7]))
    expect(paths).toEqual(['webview/vgg16.bin'])
  })

  test('that cannot be read are missed by name, and what helps is said', async () => {
    const { connection } = setUp()
    const { readAsset } = connection.handlers.requests
    const error = await readAsset({ name: MISSING }, SIGNAL).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ModelError)
    expect(String(error)).toMatch(/gone\.bin: .*no such file.*; install the plug-in again/)
  })

  test.each([
    '../manifest.json',
    '..',
    'a/b.bin',
    'a\\b.bin',
    '/etc/passwd',
    '.hidden',
    'a..b/c.d',
    '',
    'plugin:/x.js',
    'a.bin\n',
  ])('are refused by any name that is no plain file name: %j', async (name) => {
    const { connection, paths } = setUp()
    await expect(connection.handlers.requests.readAsset({ name }, SIGNAL)).rejects.toThrow(
      BridgeError,
    )
    expect(paths).toEqual([])
  })
})

test('what the page logs and what the bridge refuses stands in the log', () => {
  const { connection, log } = setUp()
  connection.handlers.events.log({ level: 'error', text: 'device lost' })
  connection.handlers.onRefused?.('malformed', 'no id')
  expect(log.lines()).toEqual([
    expect.stringMatching(/error: engine page: device lost$/),
    expect.stringMatching(/warning: message refused \(malformed\): no id$/),
  ])
})
