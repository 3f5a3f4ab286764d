import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Bench, open, wrongly } from './support.ts'

const NAME = 'playForTest'

afterEach(() => {
  Reflect.deleteProperty(globalThis, NAME)
})

const step = { name: 'Stylize', methodName: NAME, info: { preset: 'waves' } }

function handle(run: (context: never, info: object) => unknown): void {
  Object.assign(globalThis, { [NAME]: run })
}

describe('recordAction', () => {
  test('adds a step while an action is being recorded, and only then', async () => {
    const { action, host } = open()
    const record = () => action.recordAction({ name: 'Stylize', methodName: NAME }, step.info)
    await expect(record()).rejects.toThrow('no action is being recorded')
    host.startRecording()
    await record()
    expect(host.stopRecording()).toEqual([step])
    await expect(record()).rejects.toThrow('no action is being recorded')
  })

  test('needs a method’s name and information', async () => {
    const { action, host } = open()
    host.startRecording()
    await expect(
      action.recordAction({ name: 'x', methodName: wrongly(() => {}) }, {}),
    ).rejects.toThrow('Unsupported napi type')
    await expect(
      action.recordAction({ name: 'x', methodName: NAME }, wrongly(undefined)),
    ).rejects.toThrow('Argument 2 is missing')
    expect(host.stopRecording()).toEqual([])
  })

  test('keeps what JSON keeps', async () => {
    const { action, host } = open()
    host.startRecording()
    const info = { scale: Number.NaN, callback: () => {}, nested: { style: 'waves' } }
    await action.recordAction({ name: 'x', methodName: NAME }, info)
    expect(host.stopRecording()[0]!.info).toEqual({ scale: null, nested: { style: 'waves' } })
  })
})

describe('recording again', () => {
  test.each([
    [{ preset: 'oil' }, { preset: 'oil' }],
    [undefined, step.info],
  ])('plays the step and keeps what its handler returns: %o', async (returned, info) => {
    const { host } = open()
    const played: object[] = []
    handle(async (_, given) => {
      played.push(given)
      return returned
    })
    expect(await host.recordAgain([step])).toEqual([{ ...step, info }])
    expect(played).toEqual([step.info])
  })
})

describe('playing', () => {
  test('calls the global function with a context and the information, in a modal scope', async () => {
    const bench = open()
    const seen: unknown[] = []
    handle(async (_, info) => {
      seen.push(info, bench.core.isModal())
      await bench.modal(async () => {
        bench.layer('Red').opacity = 50
      })
    })
    await bench.host.play([step])
    expect(seen).toEqual([step.info, true])
    expect(bench.history()).toEqual(['Master Opacity Change'])
    expect(bench.host.modal).toBeUndefined()
  })

  test('fails with an alert when there is no such global function', async () => {
    const alert = vi.fn()
    const { host } = open(undefined, { alert })
    await expect(host.play([step])).rejects.toThrow('Script action failed')
    expect(alert).toHaveBeenCalledWith('Script action failed.')
  })

  test('looks where it is told for handlers', async () => {
    const handler = vi.fn()
    const { host } = open(undefined, { pluginGlobal: () => ({ [NAME]: handler }) })
    await host.play([step])
    expect(handler).toHaveBeenCalledOnce()
  })
})

describe('while the action has suspended the history itself', () => {
  const suspended = { switches: { suspendedWhilePlaying: true } }

  /** Takes what suspendHistory gives for good, or looks at it. */
  const change = (bench: Bench, looks: boolean): Promise<void> =>
    bench.modal(async ({ hostControl }) => {
      const suspension: unknown = await hostControl.suspendHistory({
        documentID: bench.documentId,
        name: 'Style',
      })
      bench.layer('Red').opacity = 50
      bench.layer('Red').visible = false
      if (!looks || typeof suspension === 'object')
        await hostControl.resumeHistory(wrongly(suspension))
    })

  test('suspendHistory gives a number, and resuming that throws', async () => {
    const bench = open(undefined, suspended)
    const before = bench.state()
    handle(() => change(bench, false))
    await expect(bench.host.play([step])).rejects.toThrow('resumeHistory')
    expect(bench.state()).toBe(before)
  })

  test('a caller that looks gets one state, named after the step', async () => {
    const bench = open(undefined, suspended)
    handle(() => change(bench, true))
    await bench.host.play([step])
    expect(bench.history()).toEqual(['Stylize'])
  })

  test('outside of actions the caller gets a suspension as ever', async () => {
    const bench = open(undefined, suspended)
    await change(bench, true)
    expect(bench.history()).toEqual(['Style'])
  })

  test('a cancel rolls the step back', async () => {
    const bench = open(undefined, suspended)
    const before = bench.state()
    handle(async () => {
      await change(bench, true)
      bench.host.cancelModal()
    })
    await bench.host.play([step])
    expect(bench.state()).toBe(before)
  })
})
