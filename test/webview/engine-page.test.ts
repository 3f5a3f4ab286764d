import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Pixels, StylizeJob } from '../../src/bridge/messages.ts'
import { conversionOf } from '../../src/color/rgb-spaces.ts'
import type { StylizeOptions } from '../../src/engine/options.ts'
import { memorySource, sha256Of } from '../../src/engine/vgg/byte-source.ts'
import { toPixels, toPlanar } from '../../src/webview/pixels.ts'
import { describeInChromium } from '../browser/chromium.ts'
import { makeJob, makeStyle } from './jobs.ts'
import { type EnginePage, openEnginePage } from './open-engine-page.ts'

const ENDLESS = { iterations: [100_000] }

/**
 * Few shaders to compile, which WebGPU in software takes seconds for: no deep layers, and Adam, as
 * L-BFGS has new ones in each of its first steps.
 */
const makeShallowJob: typeof makeJob = (options, form) =>
  makeJob(
    {
      optimizer: 'adam',
      contentLayers: ['relu2_1'],
      styleLayers: ['relu1_1', 'relu2_1'],
      ...options,
    },
    form,
  )

/** What a browser itself writes about a page that may not fetch; no page can keep it quiet. */
const FETCH_REFUSED = /Access to fetch at 'file:.*models\.json'|net::ERR_FAILED/

const quiet = ({ console, events }: EnginePage): void => {
  expect(console.filter((line) => !FETCH_REFUSED.test(line))).toEqual([])
  expect(events.log).toEqual([])
}

const screenshot = async ({ page }: EnginePage, name: string): Promise<void> => {
  const folder = fileURLToPath(new URL('../../out/webview/', import.meta.url))
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: `${folder}${name}.png` })
}

/** The pixels that the canvas of the picture shows. */
const shownPicture = ({ page }: EnginePage): Promise<readonly number[]> =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('#picture canvas')!
    const copy = new OffscreenCanvas(canvas.width, canvas.height)
    const context = copy.getContext('2d', { willReadFrequently: true })!
    context.drawImage(canvas, 0, 0)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    return [...new Uint32Array(data.buffer)]
  })

const state = ({ page }: EnginePage): Promise<string | undefined> =>
  page.evaluate(() => document.body.dataset.state)

// WebGPU in software takes seconds to compile a graph's shaders.
describeInChromium(
  'the engine page on WebGPU, from file:// without fetch',
  { timeout: 300_000 },
  () => {
    let open: EnginePage
    beforeAll(async () => {
      open = await openEnginePage({
        prepare: [
          () => {
            // The adapter in software stands for a real one, which the page would choose by itself.
            Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', {
              get: () => false,
            })
            const devices: GPUDevice[] = []
            const { requestDevice } = GPUAdapter.prototype
            GPUAdapter.prototype.requestDevice = async function (descriptor) {
              const device = await requestDevice.call(this, descriptor)
              devices.push(device)
              return device
            }
            Object.assign(window, { loseDevice: () => devices.at(-1)?.destroy() })
          },
        ],
      })
    })
    afterAll(() => open?.close())

    const loseDevice = (): Promise<void> =>
      open.page.evaluate(() => (window as unknown as { loseDevice: () => void }).loseDevice())

    test('tells what it runs on, and loads once', async () => {
      const facts = await open.engine.request('open', { device: 'auto', model: 'auto' })
      expect(facts).toMatchObject({
        device: 'webgpu',
        isSecureContext: true,
        hasNavigatorGpu: true,
        hasAdapter: true,
        assetsBy: 'bridge',
      })
      expect(facts.fallback).toBeUndefined()
      expect(facts.limits.maxBufferSize).toBeGreaterThan(0)
      const { loading } = open.events
      const loaded = loading.filter((event) => event.loadedBytes === event.totalBytes)
      expect(loaded.map(({ what }) => what)).toEqual(['ONNX Runtime', 'tiny'])
      const count = loading.length
      expect(await open.engine.request('open', { device: 'auto', model: 'tiny' })).toEqual(facts)
      expect(loading).toHaveLength(count)
      quiet(open)
    })

    test('paints, reports, shows the picture, and hands back what it was given of alpha', async () => {
      open.engine.emit('appearance', {
        background: 'rgb(40, 40, 40)',
        text: 'white',
        accent: 'orange',
        idleText: 'Nothing is being painted',
        originalText: 'Original',
      })
      const job = await makeShallowJob({ iterations: [8] })
      const painting = open.engine.request('stylize', job)
      await open.next('progress')
      await screenshot(open, 'running')
      const { pixels, ...outcome } = await painting
      expect(outcome).toMatchObject({ isFinished: true, evaluations: 8 })
      expect(outcome.warning).toBeUndefined()
      expect(pixels).toMatchObject({ width: 32, height: 24, components: 4, bits: 8 })
      const alphas = ({ bytes }: Pixels) => bytes.filter((_, i) => i % 4 === 3)
      expect(alphas(pixels)).toEqual(alphas(job.content))
      expect(pixels.bytes).not.toEqual(job.content.bytes)

      const { progress } = open.events
      expect(progress[0]).toMatchObject({ iteration: 1, iterations: 8, width: 32, height: 24 })
      expect(progress.at(-1)).toMatchObject({ iteration: 8, fraction: 1 })
      expect(outcome.total).toBeLessThan(0.8 * progress[0]!.total)
      const painted = await shownPicture(open)
      expect(new Set(painted).size).toBeGreaterThan(100)
      const { mouse, keyboard } = open.page
      const badge = open.page.locator('#badge')
      for (const [hold, release] of [
        [() => mouse.down(), () => mouse.up()],
        [() => keyboard.down(' '), () => keyboard.up(' ')],
      ] as const) {
        await mouse.move(100, 100)
        await hold()
        expect(await badge.textContent()).toBe('Original')
        expect(await badge.isVisible()).toBe(true)
        expect(await shownPicture(open), 'the original while it is pressed').not.toEqual(painted)
        await release()
        expect(await badge.isVisible()).toBe(false)
        expect(await shownPicture(open)).toEqual(painted)
      }
      const background = await open.page.evaluate(
        () => getComputedStyle(document.body).backgroundColor,
      )
      expect(background).toBe('rgb(40, 40, 40)')
      await screenshot(open, 'finished')
      quiet(open)
    })

    test.each([
      { width: 24, height: 17, components: 3, bits: 8 },
      { width: 24, height: 17, components: 4, bits: 8 },
      { width: 17, height: 24, components: 2, bits: 16 },
      { width: 24, height: 17, components: 4, bits: 16 },
      { width: 1, height: 24, components: 4, bits: 16 },
      { width: 16, height: 1, components: 1, bits: 8 },
    ] as const)(
      'paints nothing in no iterations: $width×$height, $components of $bits bits',
      async (form) => {
        const size = Math.max(form.width, form.height)
        const job = await makeShallowJob({ size, minScale: size, iterations: [0] }, form)
        const { pixels, isFinished } = await open.engine.request('stylize', job)
        expect(isFinished).toBe(true)
        const [before, after] = [toPlanar(job.content), toPlanar(pixels)]
        expect(after.alpha).toEqual(before.alpha)
        const count = form.width * form.height
        const hidden = (i: number): boolean => before.alpha?.[i % count] === 0
        expect(after.data.map((value, i) => (hidden(i) ? 0 : value))).toEqual(
          before.data.map((value, i) => (hidden(i) ? 0 : value)),
        )
      },
    )

    test('gives colours of Display P3 those of a style as it does to the same in sRGB', async () => {
      const form = { width: 24, height: 17, components: 3, bits: 16 } as const
      const profile = 'Display P3'
      const conversion = conversionOf(profile)
      const job = await makeShallowJob({ colorsOnly: true }, form)
      const recolored = async (given: Partial<StylizeJob>): Promise<Pixels> =>
        (await open.engine.request('stylize', { ...job, ...given })).pixels
      const like = { ...job.content, bytes: new Uint8Array(job.content.bytes.length) }
      const inSrgb = toPixels(toPlanar(job.content, conversion), like)
      const expected = toPlanar(await recolored({ content: inSrgb })).data
      const unlike = (pixels: Pixels): number => {
        const { data } = toPlanar(pixels, conversion)
        return Math.max(...data.map((value, i) => Math.abs(value - expected[i]!)))
      }
      expect(unlike(await recolored({ profile }))).toBeLessThan(0.002)
      expect(unlike(await recolored({}))).toBeGreaterThan(0.02)
    })

    test('plans a run as it would paint it, also in the middle of another', async () => {
      const ask = (options: Partial<StylizeOptions>, width = 1600) =>
        open.engine.request('plan', {
          content: { width, height: 1200 },
          styles: [{ width: 48, height: 40, weight: 1, scale: 1, rotation: 0 }],
          hasStrength: false,
          options: {
            ...{ model: 'auto', size: 1600, minScale: 800, scaleRatio: 2, iterations: [10, 5] },
            ...{ optimizer: 'adam', styleLayerWeights: [1] },
            ...options,
          },
          device: 'auto',
        })
      const plan = await ask({})
      expect(plan).toMatchObject({ scales: 2, width: 1600, height: 1200 })
      expect(plan).toMatchObject({ tiles: 0, tileWidth: 1600, tileHeight: 1200 })
      expect(plan.work).toBeCloseTo(10 * 0.48 + 5 * 1.92)
      const memory = Math.floor((0.7 * plan.predictedBytes) / 1e6)
      const tiled = await ask({ memory })
      expect(tiled.tiles).toBeGreaterThan(1)
      expect(tiled.predictedBytes).toBeLessThanOrEqual(memory * 1e6)
      await expect(ask({ memory: 1 })).rejects.toMatchObject({
        code: 'option',
        message: expect.stringMatching(/^memory: .* 1 MB may be used/),
      })
      // A layer too thin to paint is widened by the page.
      expect(await ask({}, 4)).toMatchObject({ scales: 2, width: 25, height: 1600 })

      const painting = open.engine.request('stylize', await makeShallowJob(ENDLESS))
      await open.next('progress')
      expect(await ask({ memory })).toEqual(tiled)
      await open.engine.request('stop', {})
      expect((await painting).warning).toBeUndefined()
    })

    test('stopping keeps the picture so far', async () => {
      const painting = open.engine.request('stylize', await makeShallowJob(ENDLESS))
      await open.next('progress')
      await open.engine.request('stop', {})
      const { isFinished, evaluations, pixels } = await painting
      expect(isFinished).toBe(false)
      expect(evaluations).toBeGreaterThan(0)
      expect(pixels).toMatchObject({ width: 32, height: 24 })
    })

    test('paints one picture at a time; after a cancelled one, the next', async () => {
      const cancel = new AbortController()
      const first = open.engine.request('stylize', await makeShallowJob(ENDLESS), {
        signal: cancel.signal,
      })
      await open.next('progress')
      await expect(open.engine.request('stylize', await makeShallowJob({}))).rejects.toMatchObject({
        code: 'runtime',
        message: expect.stringContaining('painting a picture already'),
      })
      cancel.abort()
      await expect(first).rejects.toMatchObject({ code: 'cancelled' })
      const { isFinished } = await open.engine.request('stylize', await makeShallowJob({}))
      expect(isFinished).toBe(true)
    })

    test('a hidden page draws nothing, and when it is shown it has the picture', async () => {
      const before = await shownPicture(open)
      open.engine.emit('visibility', { isVisible: false })
      await open.engine.request('stylize', await makeShallowJob({ iterations: [2] }))
      expect(await shownPicture(open)).toEqual(before)
      open.engine.emit('visibility', { isVisible: true })
      await expect.poll(() => shownPicture(open)).not.toEqual(before)
    })

    test('a file that is no picture is refused by name, and the page rests', async () => {
      const job = await makeShallowJob({})
      const bytes = new TextEncoder().encode('notes')
      const styles = [{ name: 'notes.txt', bytes, weight: 1, scale: 1, rotation: 0 }]
      await expect(open.engine.request('stylize', { ...job, styles })).rejects.toMatchObject({
        code: 'image',
        message: expect.stringMatching(/^notes\.txt: .*JPEG, PNG, WebP, GIF, BMP or AVIF/),
      })
      expect(await state(open)).toBe('idle')
      expect(await open.page.textContent('#idle')).toBe('Nothing is being painted')
      await screenshot(open, 'idle')
    })

    test.each(['a.png', 'a.jpeg', 'a.webp', 'a.gif', 'a.avif'])(
      'makes a thumbnail of %s',
      async (name) => {
        const { bytes } = await makeStyle(name, 60, 30)
        const thumbnail = await open.engine.request('thumbnail', { name, bytes, edge: 20 })
        const { png, sha256, ...size } = thumbnail
        expect(size).toEqual({ width: 20, height: 10 })
        expect(sha256).toBe(await sha256Of(memorySource(name, bytes)))
        expect(await sharp(png).metadata()).toMatchObject({ format: 'png', ...size })
      },
    )

    test('a thumbnail is upright, and no larger than the picture', async () => {
      const { bytes } = await makeStyle('a.jpeg', 60, 30)
      const turned = await sharp(bytes).withMetadata({ orientation: 6 }).toBuffer()
      const { width, height } = await open.engine.request('thumbnail', {
        name: 'turned.jpeg',
        bytes: new Uint8Array(turned),
        edge: 256,
      })
      expect({ width, height }).toEqual({ width: 30, height: 60 })
    })

    test('errors that nobody caught are told to the panel', async () => {
      const entry = open.next('log')
      await open.page.evaluate(() => void Promise.reject(new Error('nobody caught this')))
      expect(await entry).toMatchObject({
        level: 'error',
        text: expect.stringContaining('nobody caught this'),
      })
      open.events.log.length = 0
      quiet(open)
    })

    test('a run goes on after its device is lost, on another one; after the second, on the processor', async () => {
      const { progress } = open.events
      const later = async (): Promise<void> => {
        const { evaluations = 0 } = progress.at(-1) ?? {}
        // More than what was under way when the device was lost.
        const goesOn = () => (progress.at(-1)?.evaluations ?? 0) > evaluations + 3
        await expect.poll(goesOn, { timeout: 120_000 }).toBe(true)
      }
      const painting = open.engine.request('stylize', await makeShallowJob(ENDLESS))
      await open.next('progress')
      for (let loss = 1; loss <= 2; loss++) {
        await loseDevice()
        await later()
      }
      await open.engine.request('stop', {})
      const { isFinished, warning, pixels } = await painting
      expect(isFinished).toBe(false)
      const loss = 'the GPU device was lost.*; the run goes on on onnxruntime-web'
      expect(warning).toMatch(new RegExp(`^webgpu: ${loss}.* webgpu.*${loss}.* wasm`))
      expect(pixels).toMatchObject({ width: 32, height: 24 })
      const facts = await open.engine.request('open', { device: 'auto', model: 'auto' })
      expect(facts.device).toBe('wasm')
      expect(facts.fallback).toMatch(/^The graphics processor failed 2 times.*much slower/)
      const next = await open.engine.request('stylize', await makeShallowJob({}))
      expect(next).toMatchObject({ isFinished: true })
      expect(next.warning).toBeUndefined()
      quiet(open)
    })
  },
)

/**
 * In the page: there is no WebGPU, or what `window.obstacle` names. The adapter in software stands
 * for a real one otherwise.
 */
function pretendObstacles(): void {
  type Obstacle = 'software' | 'no adapter' | 'no device' | 'a device that fails at once'
  const obstacle = () => (window as { obstacle?: Obstacle }).obstacle
  const { gpu } = navigator
  const { requestAdapter } = GPU.prototype
  const { requestDevice } = GPUAdapter.prototype
  const isFallbackAdapter = { get: () => obstacle() === 'software' }
  Object.defineProperty(Navigator.prototype, 'gpu', { get: () => obstacle() && gpu })
  Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', isFallbackAdapter)
  GPU.prototype.requestAdapter = async (options) =>
    obstacle() === 'no adapter' ? null : requestAdapter.call(gpu, options)
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    if (obstacle() === 'no device') throw new Error('none is left')
    const device = await requestDevice.call(this, descriptor)
    if (obstacle() === 'a device that fails at once') device.destroy()
    return device
  }
}

describeInChromium('the engine page on the processor', { timeout: 120_000 }, () => {
  let open: EnginePage
  beforeAll(async () => {
    open = await openEnginePage({ prepare: [pretendObstacles] })
  })
  afterAll(() => open?.close())

  test('damaged weights are refused by their checksum, and read anew', async () => {
    const weights = open.files['tiny.safetensors']!
    weights[weights.length >> 1]! ^= 1
    const opening = open.engine.request('open', { device: 'auto', model: 'auto' })
    await expect(opening).rejects.toMatchObject({
      code: 'model',
      message: expect.stringMatching(/^tiny\.safetensors: was altered or damaged/),
    })
    weights[weights.length >> 1]! ^= 1
    await open.engine.request('open', { device: 'auto', model: 'auto' })
  })

  test('says why it is slow, and how slow', async () => {
    const facts = await open.engine.request('open', { device: 'auto', model: 'tiny' })
    expect(facts).toMatchObject({
      device: 'wasm',
      hasNavigatorGpu: false,
      hasAdapter: false,
      limits: {},
      fallback:
        'This computer offers no WebGPU to plug-ins (no navigator.gpu): Impasto paints on the processor, which is much slower. A smaller size helps.',
    })
    const speed = await open.engine.request('measure', { device: 'auto', model: 'tiny' })
    expect(speed.description).toBe(facts.description)
    expect(speed.secondsPerMegapixel).toBeGreaterThan(0)
    await expect(
      open.engine.request('open', { device: 'webgpu', model: 'tiny' }),
    ).rejects.toMatchObject({ code: 'runtime', message: expect.stringMatching(/no WebGPU here/) })
  })

  test('paints, answers while an evaluation runs, and stops without waiting for it', async () => {
    const options = { size: 64, minScale: 64 }
    const form = { width: 64, height: 48, components: 3, bits: 16 } as const
    const { total, isFinished } = await open.engine.request('stylize', await makeJob(options, form))
    expect(isFinished).toBe(true)
    expect(total).toBeLessThan(open.events.progress[0]!.total)

    // An evaluation takes a second or more.
    const larger = { width: 768, height: 576, components: 3, bits: 8 } as const
    const job = await makeJob({ size: 768, minScale: 768, ...ENDLESS }, larger)
    const { bytes } = await makeStyle('a.png', 60, 30)
    const painting = open.engine.request('stylize', job)
    const { evaluations: before } = await open.next('progress')
    await open.engine.request('thumbnail', { name: 'a.png', bytes, edge: 20 })
    expect(open.events.progress.at(-1)!.evaluations, 'answered within an evaluation').toBe(before)
    await open.engine.request('stop', {})
    const { evaluations, isFinished: wasFinished } = await painting
    expect(wasFinished).toBe(false)
    expect(evaluations, 'the evaluation under way is not waited for').toBe(before)
    quiet(open)
  })

  test('goes on from the picture that it has when a worker ends', async () => {
    const twoBands = { width: 32, height: 48, components: 3, bits: 8 } as const
    const job = await makeJob({ ...ENDLESS, size: 48 }, twoBands)
    const painting = open.engine.request('stylize', { ...job, device: 'wasm' })
    const { total } = await open.next('progress')
    const workers = open.page.workers()
    await workers.at(-1)!.evaluate(() => void setTimeout(() => reportError(new Error('broken'))))
    const evaluations = () => open.events.progress.at(-1)!.evaluations
    const before = evaluations()
    await expect.poll(evaluations, { timeout: 30_000 }).toBeGreaterThan(before + 20)
    await open.engine.request('stop', {})
    const outcome = await painting
    expect(outcome.warning).toMatch(
      /^wasm: a worker ended \(.*broken.*\); the run goes on on onnxruntime-web/,
    )
    expect(outcome.total).toBeLessThan(total)
    expect(open.page.workers()).toHaveLength(workers.length)
    quiet(open)
  })

  test.each([
    ['software', /^This computer offers no WebGPU .*only one computed in software/],
    ['no adapter', /^This computer offers no WebGPU .*\(no adapter\)/],
    ['no device', /^WebGPU does not start \(.*none is left/],
    ['a device that fails at once', /^WebGPU does not start \(.*the GPU device was lost/],
  ] as const)('paints where WebGPU has %s', async (obstacle, fallback) => {
    await open.page.evaluate((name) => Object.assign(window, { obstacle: name }), obstacle)
    const facts = await open.engine.request('open', { device: 'auto', model: 'auto' })
    expect(facts.device).toBe('wasm')
    expect(facts.fallback).toMatch(fallback)
    expect(facts.fallback).toMatch(/which is much slower/)
    const { isFinished } = await open.engine.request('stylize', await makeShallowJob({}))
    expect(isFinished).toBe(true)
    quiet(open)
  })
})
