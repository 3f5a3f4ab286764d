/** A run of no iterations, through the whole plug-in, gives back the layer it was made of. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ImpastoHost } from '../../src/host/browser/driver.ts'
import { document, type LayerSpec, selection } from '../../src/host/build.ts'
import { writePsd } from '../../src/host/psd-file.ts'
import { describeInChromium } from '../browser/chromium.ts'
import { type HostSite, makeSite, type OpenPlugin } from './open-plugin.ts'
import { withTinyNetwork } from './tiny-plugin.ts'

declare const impastoHost: Promise<ImpastoHost>

/** All of the range, in no order. */
const noise = (x: number, y: number, component: number): number =>
  Math.abs(Math.sin(12.9898 * x + 78.233 * y + 37.719 * component) * 43758.5453) % 1

const opaque = (x: number, y: number) => [0, 1, 2].map((c) => noise(x, y, c))
const translucent = (x: number, y: number) => [0, 1, 2, 3].map((c) => noise(x, y, c))
const holed = (x: number, y: number) => {
  const color = opaque(x, y)
  return (x + y) % 5 === 0 ? [...color, 0] : [...color, noise(x, y, 3)]
}

const LAYERS: Readonly<Record<string, LayerSpec>> = {
  'opaque, over three scales': { at: [0, 0, 200, 150], paint: opaque },
  'with alpha': { at: [3, 5, 40, 30], paint: translucent },
  'with transparent pixels': { at: [10, 10, 30, 50], paint: holed },
  'beyond the canvas': { at: [-17, 130, 48, 40], paint: translucent },
  'one pixel wide': { at: [60, 20, 1, 70], paint: opaque },
}

describeInChromium('a run of no iterations', { timeout: 300_000 }, () => {
  let site: HostSite
  let plugin: OpenPlugin
  beforeAll(async () => {
    site = await makeSite({ prepare: withTinyNetwork })
    plugin = await site.open({
      settings: {
        style: { kind: 'built-in', name: 'oil' },
        preset: 'default',
        overrides: { iterations: [0] },
        size: 'layer',
        device: 'wasm',
        isAdvancedOpen: false,
      },
    })
  }, 300_000)
  afterAll(() => site?.close())

  const cases = ([8, 16] as const).flatMap((depth) =>
    [false, true].flatMap((isSelected) =>
      Object.keys(LAYERS).map((name) => [depth, name, isSelected] as const),
    ),
  )

  test.each(cases)('%i bit, %s, selection: %s', async (depth, name, isSelected) => {
    const state = document({
      width: 200,
      height: 150,
      depth,
      layers: [
        { name: 'Above', at: [0, 0, 8, 8], paint: [1, 0, 0, 1] },
        { name: 'Source', ...LAYERS[name] },
        { name: 'Below', at: [0, 0, 200, 150], paint: [0, 0, 1, 1] },
      ],
    })
    const feathered = selection([0, 0, 90, 140], (x, y) => Math.round(255 * noise(x, y, 7)))
    await plugin.page.evaluate(
      async ([base64, coverage]) => {
        const { host, openBytes } = await impastoHost
        for (const { id } of host.documents) host.closeDocument(id)
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
        const id = await openBytes('exact.psd', bytes)
        const source = host.documents[0]!.state.layers[1]!
        host.selectLayers(id, [source.id])
        if (!coverage) return
        const bounds = { left: 0, top: 0, right: 90, bottom: 140 }
        host.select(id, { bounds, coverage: Uint8Array.from(coverage) })
      },
      [
        Buffer.from(writePsd(state)).toString('base64'),
        isSelected ? [...feathered.coverage] : undefined,
      ] as const,
    )
    await plugin.button('Stylize').click()
    await plugin.page.waitForFunction(
      async () => (await impastoHost).host.documents[0]!.state.layers.length === 4,
      undefined,
      { timeout: 60_000 },
    )
    await plugin.button('Stylize').waitFor()

    const compared = await plugin.page.evaluate(async () => {
      const { host } = await impastoHost
      const { layers, selection: selected } = host.documents[0]!.state
      const source = layers[2]!.raster!
      const { raster, mask } = layers[1]!
      const planes = (of: typeof source) => [...of.color, ...(of.alpha ? [of.alpha] : [])]
      const largest = planes(raster!).map((plane, i) =>
        Math.max(...Array.from(plane, (value, at) => Math.abs(value - planes(source)[i]![at]!))),
      )
      return {
        names: layers.map((layer) => layer.name),
        bounds: raster!.bounds,
        sourceBounds: source.bounds,
        largest: Math.max(...largest),
        hasMask: mask !== undefined,
        isSelected: selected !== undefined,
        undisposed: host.audit.undisposed,
        violations: host.audit.violations,
      }
    })
    expect(compared.names).toEqual([
      'Above',
      expect.stringMatching(/^Oil · Default · \d+ px$/),
      'Source',
      'Below',
    ])
    expect(compared.bounds).toEqual(compared.sourceBounds)
    expect(compared.largest).toBeLessThanOrEqual(depth === 8 ? 0 : 1)
    expect(compared.hasMask).toBe(isSelected)
    expect(compared).toMatchObject({ isSelected, undisposed: 0, violations: [] })
  })
})
