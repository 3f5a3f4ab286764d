import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { BridgeError } from '../../src/engine/errors.ts'
import { jobFor, makeEnds, picture, startEngine, watchFortune } from './ends.ts'

describe('memory', () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void

  /** Whether pixels of a request that ended so are still held while both ends live. */
  async function isHeld(how: 'finished' | 'aborted' | 'timed out' | 'restarted'): Promise<boolean> {
    const ends = makeEnds()
    const { panel, clock, ports } = ends
    await clock.pass(10)
    if (how === 'timed out') {
      ports.panel.fate = (message) =>
        message.kind === 'chunk' && message.index === 3 ? [] : [{ message, delayMs: 1 }]
    }
    const reference = await (async () => {
      const content = picture(1024, 2000)
      const aborter = new AbortController()
      const fortune = watchFortune(
        panel.request('stylize', jobFor(content), { signal: aborter.signal, timeoutMs: 5000 }),
      )
      await clock.pass(8)
      if (how === 'aborted') aborter.abort()
      if (how === 'restarted') {
        ends.engine.close()
        startEngine(ports, clock)
      }
      await clock.pass(6000)
      expect(fortune.isSettled).toBe(true)
      expect(fortune.error instanceof BridgeError).toBe(how === 'timed out' || how === 'restarted')
      return new WeakRef(content.bytes)
    })()
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    expect(ends.restarts).toBe(how === 'restarted' ? 1 : 0)
    return reference.deref() !== undefined
  }

  test.each(['finished', 'aborted', 'timed out', 'restarted'] as const)(
    'pixels of a request that has %s are let go',
    async (how) => {
      expect(await isHeld(how)).toBe(false)
    },
  )
})
