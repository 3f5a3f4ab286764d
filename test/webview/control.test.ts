/** What an artist sets beyond one style: places, strength, and going on from a result. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CoverageMap, StylizeJob, StylizeOutcome } from '../../src/bridge/messages.ts'
import { memorySource, sha256Of } from '../../src/engine/vgg/byte-source.ts'
import { describeInChromium } from '../browser/chromium.ts'
import { makeJob, makeStyle } from './jobs.ts'
import { type EnginePage, openEnginePage } from './open-engine-page.ts'

const FORM = { width: 32, height: 24, components: 3, bits: 8 } as const

/** 255 in the left half of the layer. */
const LEFT: CoverageMap = {
  width: 32,
  height: 24,
  bytes: Uint8Array.from({ length: 32 * 24 }, (_, i) => (i % 32 < 16 ? 255 : 0)),
}

/** Differences of the pixels of one half from the content's, 0 … 255, at most. */
function change(job: StylizeJob, { pixels }: StylizeOutcome, half: 'left' | 'right'): number {
  let largest = 0
  for (const [i, value] of pixels.bytes.entries()) {
    const x = Math.floor(i / 3) % 32
    if (x < 16 !== (half === 'left')) continue
    largest = Math.max(largest, Math.abs(value - job.content.bytes[i]!))
  }
  return largest
}

describeInChromium('the engine page', { timeout: 120_000 }, () => {
  let open: EnginePage
  beforeAll(async () => {
    open = await openEnginePage({})
  }, 120_000)
  afterAll(() => open?.close())

  const stylize = (job: StylizeJob): Promise<StylizeOutcome> => open.engine.request('stylize', job)
  const hash = (bytes: Uint8Array): Promise<string> => sha256Of(memorySource('', bytes))

  test('paints a style where its mask says, and elsewhere nothing', async () => {
    const job = await makeJob({}, FORM)
    const styles = [{ ...job.styles[0]!, mask: LEFT, rotation: 30, scale: 0.5 }]
    const outcome = await stylize({ ...job, styles })
    expect(change(job, outcome, 'left')).toBeGreaterThan(20)
    expect(change(job, outcome, 'right')).toBe(0)
  })

  test('paints two styles, each in its half, and says of each what it was', async () => {
    const job = await makeJob({}, FORM)
    const other = await makeStyle('other.webp', 40, 40)
    const styles = [{ ...job.styles[0]!, mask: LEFT }, other]
    const { terms, origin } = await stylize({ ...job, styles })
    // Regions count from 1 in the names of terms.
    expect(Object.keys(terms)).toEqual(
      expect.arrayContaining(['style.relu1_1.1', 'style.relu1_1.2']),
    )
    expect(origin).toMatchObject({
      content: await hash(job.content.bytes),
      styles: [
        { file: await hash(styles[0]!.bytes), mask: await hash(LEFT.bytes) },
        { file: await hash(other.bytes) },
      ],
      model: { name: 'tiny' },
    })
    expect(origin.styles[1]).not.toHaveProperty('mask')
    expect(origin.device).toContain('wasm')
  })

  test('leaves a layer alone where its strength is 0', async () => {
    const job = await makeJob({}, FORM)
    const outcome = await stylize({ ...job, strength: LEFT })
    expect(change(job, outcome, 'right')).toBe(0)
    expect(change(job, outcome, 'left')).toBeGreaterThan(20)
    expect(outcome.origin.strength).toBe(await hash(LEFT.bytes))
  })

  test('masks the layer that is too thin to be painted as it is', async () => {
    const form = { ...FORM, height: 3 }
    const job = await makeJob({}, form)
    const mask = { ...LEFT, height: 3, bytes: LEFT.bytes.slice(0, 32 * 3) }
    const outcome = await stylize({ ...job, styles: [{ ...job.styles[0]!, mask }] })
    expect(outcome.pixels).toMatchObject(form)
    expect(change(job, outcome, 'right')).toBe(0)
    expect(change(job, outcome, 'left')).toBeGreaterThan(20)
  })

  test('goes on from a result at the scale that it names, and the loss does not jump', async () => {
    const large = { ...FORM, width: 96, height: 72 }
    const scales = { size: 96, minScale: 32, scaleRatio: 2, optimizer: 'adam' } as const
    const job = await makeJob({ ...scales, iterations: [12] }, large)
    const first = await stylize(job)
    expect(first).toMatchObject({ isFinished: true, continueAt: 96 })
    const reports = open.events.progress.length
    const init = { pixels: first.pixels, edge: first.continueAt! }
    const second = await stylize({ ...job, run: 2, init })
    const report = open.events.progress[reports]!
    expect(report).toMatchObject({ run: 2, scaleCount: 1, width: 96, height: 72 })
    expect(second.total).toBeLessThan(first.total)
    expect(second.evaluations).toBe(12)
    expect(second.origin.init).toBe(await hash(first.pixels.bytes))

    const skipped = await stylize({ ...job, run: 3, init: { ...init, edge: 64 } })
    expect(skipped.evaluations).toBe(24)
  })

  test('that was stopped goes on at the scale after that of its picture', async () => {
    const large = { ...FORM, width: 96, height: 72 }
    const scales = { size: 96, minScale: 32, scaleRatio: 2, optimizer: 'adam' } as const
    const job = await makeJob({ ...scales, iterations: [100_000] }, large)
    const painting = stylize(job)
    await open.next('progress')
    await open.engine.request('stop', {})
    expect(await painting).toMatchObject({ isFinished: false, continueAt: 64 })
  })

  test('refuses a result that is not of the layer’s size', async () => {
    const job = await makeJob({}, FORM)
    const { content } = await makeJob({}, { ...FORM, width: 31 })
    await expect(stylize({ ...job, init: { pixels: content, edge: 32 } })).rejects.toMatchObject({
      code: 'image',
      message: expect.stringContaining('expected 32×24 px'),
    })
  })

  test('moves colours alone when it is told to, with nothing to go on from', async () => {
    const job = await makeJob({ colorsOnly: true }, FORM)
    const outcome = await stylize(job)
    expect(outcome).toMatchObject({ isFinished: true, evaluations: 0 })
    expect(outcome).not.toHaveProperty('continueAt')
    expect(change(job, outcome, 'left')).toBeGreaterThan(20)
  })

  test('plans more memory for regions, and for a style that is turned', async () => {
    const style = { width: 48, height: 40, weight: 1, scale: 1, rotation: 0 }
    const ask = (styles: readonly (typeof style & { mask?: string })[], hasStrength = false) =>
      open.engine.request('plan', {
        content: { width: 800, height: 600 },
        styles,
        hasStrength,
        options: { model: 'auto', size: 800 },
        device: 'auto',
      })
    const whole = await ask([style, style])
    expect(await ask([style, { ...style, weight: 0, mask: 'a' }])).toEqual(await ask([style]))
    const upright = { ...style, width: 4000, height: 3000, scale: 3 }
    const turned = await ask([{ ...upright, rotation: 45 }])
    expect(turned.predictedBytes).toBeGreaterThan((await ask([upright])).predictedBytes)
    const masked = await ask([{ ...style, mask: 'a' }, style])
    expect(masked.predictedBytes).toBeGreaterThan(whole.predictedBytes)
    expect((await ask([style], true)).predictedBytes).toBeGreaterThan(
      (await ask([style])).predictedBytes,
    )
  })
})
