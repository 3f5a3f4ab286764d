/** What a designer does with the plug-in, step by step, and what tests ask of the host page. */
import { expect } from 'vitest'
import type { ImpastoHost } from '../../src/host/browser/driver.ts'
import { type LayerSpec, document as makeDocument } from '../../src/host/build.ts'
import type { DocumentState } from '../../src/host/state.ts'
import type { OpenPlugin } from './open-plugin.ts'

declare const impastoHost: Promise<ImpastoHost>

/** Long edge at which is painted, and of the documents, px. */
export const EDGE = 48

/** Where a test waits for the engine to start, or for a run. */
export const PATIENCE_MS = 120_000

/** What the panel remembers: one scale of few steps. */
export const quick = (device: 'auto' | 'webgpu' | 'wasm', iterations: number, size = EDGE) => ({
  style: { kind: 'built-in', name: 'woodblock' },
  preset: 'default',
  // Gram matrices: the mean colours of halves are compared.
  overrides: { iterations: [iterations], minScale: size, styleLoss: 'gram' },
  size,
  device,
  isAdvancedOpen: false,
})

export const RESULT = 'Woodblock · Default · 48 px'

/** 48 × 36 px; layers from the top. */
export const smallDocument = (
  layers: readonly LayerSpec[],
  spec: Partial<Omit<DocumentState, 'layers' | 'profile'>> = {},
): DocumentState => makeDocument({ width: EDGE, height: 36, ...spec, layers })

/** A picture in which no two neighbours are equal. */
export const gradient = (x: number, y: number): readonly number[] => [
  x / EDGE,
  y / 36,
  ((x * 7 + y * 3) % 11) / 10,
  1,
]

/** @param layerId of the layer to select. @returns the document's id. */
export const openDocument = (
  plugin: OpenPlugin,
  state: DocumentState,
  layerId: number,
): Promise<number> =>
  plugin.page.evaluate(
    async ({ state, layerId }) => {
      const { host } = await impastoHost
      const id = host.openDocument('small.psd', state)
      host.selectLayers(id, [layerId])
      return id
    },
    { state, layerId },
  )

/** Of the active document: layers from the top, and history, by their names. */
export const facts = (plugin: OpenPlugin) =>
  plugin.page.evaluate(async () => {
    const { host } = await impastoHost
    const { state, history, historyIndex } = host.documents.find(
      ({ id }) => id === host.activeDocumentId,
    )!
    return {
      layers: state.layers.map(({ name }) => name),
      history: history.map(({ name }) => name),
      historyIndex,
    }
  })

/** The active document as a PSD file, in base64. */
export const saved = (plugin: OpenPlugin): Promise<string> =>
  plugin.page.evaluate(async () => {
    const bytes = (await impastoHost).save() as Uint8Array<ArrayBuffer>
    const reader = new FileReader()
    reader.readAsDataURL(new Blob([bytes]))
    await new Promise((resolve) => reader.addEventListener('load', resolve))
    return (reader.result as string).replace(/^.*,/, '')
  })

/** All that must be as it was after a run that changed nothing. */
export const snapshot = async (plugin: OpenPlugin) => ({
  ...(await facts(plugin)),
  psd: await saved(plugin),
})

/** What the panel says below its settings. */
export const message = async (plugin: OpenPlugin): Promise<string> =>
  (
    await plugin.panel
      .locator('.foot .message-text:visible, .foot .message .help:visible')
      .allTextContents()
  ).join('\n')

/** The buttons that are offered there. */
export const offered = async (plugin: OpenPlugin): Promise<readonly string[]> =>
  (await plugin.panel.locator('.foot .buttons sp-button:visible').allInnerTexts()).map((text) =>
    text.trim(),
  )

/** Waits for the end of a run, whatever it is. @returns what the panel then says. */
export async function ended(plugin: OpenPlugin): Promise<string> {
  const progress = plugin.panel.locator('.foot .progress')
  await progress.waitFor({ state: 'hidden', timeout: PATIENCE_MS })
  return message(plugin)
}

export async function press(plugin: OpenPlugin, button: string): Promise<void> {
  await plugin.panel.locator('.foot sp-button:visible', { hasText: button }).first().click()
}

/** One whole run. @returns what the panel says in the end. */
export async function stylize(plugin: OpenPlugin): Promise<string> {
  await press(plugin, 'Stylize')
  return ended(plugin)
}

/** Not every step is told of: they may follow one another faster than one can read. */
export const LATER_STEP = /Step ([3-9]|\d{2,}) of/

/** Starts a run and waits until it is well under way. */
export async function startPainting(plugin: OpenPlugin): Promise<void> {
  await press(plugin, 'Stylize')
  const foot = plugin.panel.locator('.foot .progress', { hasText: LATER_STEP })
  await foot.waitFor({ timeout: PATIENCE_MS })
}

/** A run from what is active now, stopped after a few steps, to a new layer. */
export async function expectNextRunWorks(plugin: OpenPlugin): Promise<void> {
  const before = await facts(plugin)
  await startPainting(plugin)
  await press(plugin, 'Stop and keep')
  expect(await ended(plugin)).toContain(`Stopped early: new layer “${RESULT}`)
  const after = await facts(plugin)
  expect(after.layers).toHaveLength(before.layers.length + 1)
  expect(after.history).toHaveLength(before.historyIndex + 2)
}

/** What is told to people is sentences: no stack, no path, no value that was never meant for them. */
export function expectPlain(text: string): void {
  expect(text).not.toBe('')
  expect(text).not.toMatch(/\n\s*at |\.js|https?:|file:|undefined|\[object|internal/)
}

export async function expectClean(plugin: OpenPlugin): Promise<void> {
  const audit = await plugin.page.evaluate(async () => {
    const { undisposed, violations } = (await impastoHost).host.audit
    // A busy machine is slow: how long the panel takes to open is measured by bench/panel.ts.
    return { undisposed, violations: violations.filter((text) => !text.endsWith('over 300 ms')) }
  })
  expect(audit).toEqual({ undisposed: 0, violations: [] })
  expect(plugin.noise).toEqual([])
}
