/** The whole panel: what will be painted, the preview, the settings, the engine, the run. */
import type { Size } from '../../engine/picture/image.ts'
import type { ActiveLayerFacts } from '../document.ts'
import type { EngineState } from '../engine-client.ts'
import { fieldId } from '../field-texts.ts'
import { isRunning } from '../job.ts'
import { formatMegabytes, formatWhole, type Labels } from '../labels/index.ts'
import { problemOf } from '../problems.ts'
import { layerSize, type PanelState } from '../state.ts'
import type { Webview } from '../webview.ts'
import { makeAdvancedView } from './advanced-view.ts'
import { h, setText, show } from './h.ts'
import { makePresetView } from './preset-view.ts'
import { makeRunView } from './run-view.ts'
import { makeSettingsView } from './settings-view.ts'
import { makeStyleView } from './style-view.ts'
import type { Actions, View } from './view.ts'
import { checkbox, progressBar, smallButton } from './widgets.ts'
import { makeWrongFields } from './wrong-fields.ts'

interface PanelView extends View {
  /** The panel may have another size. */
  fit(): void
}

/** Assumed before there is a picture. */
const IDLE_ASPECT = 3 / 2
const MIN_PREVIEW_HEIGHT = 96
/** Share of the panel's height; the rest is kept for the settings. */
const MAX_PREVIEW_SHARE = 0.38
const MARGIN = 10

/** @param preview where the engine page shows the picture. */
export function makePanelView(
  labels: Labels,
  actions: Actions,
  preview: Pick<Webview, 'element' | 'resize'>,
): PanelView {
  const header = makeHeader(labels, actions)
  const engine = makeEngineLine(labels)
  const run = makeRunView(labels, actions)
  const wrong = makeWrongFields(labels, actions)
  const parts: readonly View[] = [
    makeStyleView(labels, actions),
    makePresetView(labels, actions),
    makeSettingsView(labels, actions),
    makeAdvancedView(labels, actions),
  ]
  const element = h(
    'div',
    { class: 'impasto' },
    header.element,
    h('div', { class: 'preview' }, preview.element),
    h('div', { class: 'settings' }, ...parts.map((part) => part.element), engine.element),
    wrong.element,
    run.element,
  )
  // Whoever uses the mouse need not see where the keyboard would act.
  element.addEventListener('keydown', (event) => {
    const { key } = event as KeyboardEvent
    if (key === 'Tab') element.classList.add('by-keyboard')
  })
  // The focus may be nowhere, as that of a button that was hidden.
  document.addEventListener('keydown', ({ key, target }) => {
    const isInDialog = target instanceof Element && target.closest('dialog') !== null
    if (key === 'Escape' && !isInDialog) actions.cancel()
  })
  element.addEventListener('mousedown', () => element.classList.remove('by-keyboard'))

  let latest: PanelState | undefined
  let shown: PanelState['shown']
  const scrollTo = (state: PanelState): void => {
    if (state.shown === shown) return
    shown = state.shown
    const field = shown && document.getElementById(fieldId(shown.field))
    field?.scrollIntoView()
    // Not in every version of UXP does the focus scroll by itself.
    field?.querySelector<HTMLElement>('sp-textfield')?.focus()
  }
  const fit = (): void => {
    if (latest && element.clientWidth > 0) fitPreview(preview, element, latest)
  }
  return {
    element,
    fit,
    update(state) {
      latest = state
      for (const part of [header, ...parts, engine, wrong, run]) part.update(state)
      scrollTo(state)
      fit()
    },
  }
}

function fitPreview(preview: Pick<Webview, 'resize'>, panel: HTMLElement, state: PanelState): void {
  const { job } = state
  const picture = ('layer' in job && job.layer) || layerSize(state)
  const aspect = picture ? picture.width / picture.height : IDLE_ASPECT
  const width = panel.clientWidth - 2 * MARGIN
  const tallest = Math.max(MIN_PREVIEW_HEIGHT, panel.clientHeight * MAX_PREVIEW_SHARE)
  const height = Math.round(Math.min(tallest, Math.max(MIN_PREVIEW_HEIGHT, width / aspect)))
  preview.resize(width, height)
}

function makeHeader(labels: Labels, actions: Actions): View {
  const title = h('div', { class: 'header-title' })
  const detail = h('div', { class: 'help' })
  const same = smallButton(labels.sameSettings, actions.useLayerSettings)
  same.setAttribute('title', labels.sameSettingsHelp)
  const row = h('div', { class: 'header-actions' }, same)
  const from = h('div', { class: 'help' })
  const onTop = checkbox(labels.paintOnTop, actions.paintOnTop)
  const origin = h('div', { class: 'origin' }, from, onTop.element)
  return {
    element: h('div', { class: 'header' }, title, detail, origin, row),
    update({ layer, layerRecipe, originalName, isOnTop, job }) {
      show(origin, originalName !== undefined && !isRunning(job))
      setText(from, originalName === undefined ? '' : labels.paintedFrom(originalName))
      onTop.set(isOnTop)
      // While one layer is painted, another may be active.
      const painted = isRunning(job) && 'layer' in job ? job.layer : undefined
      const named = painted ? { ...painted, layerCount: 1 } : layer
      setText(title, titleOf(named, labels) ?? labels.noLayer)
      const problem = painted ? undefined : layer.problem
      setText(
        detail,
        problem ? labels.problems[problem] : sizeOf(painted ?? layerSize({ layer }), labels),
      )
      show(row, layerRecipe !== undefined && !isRunning(job))
    },
  }
}

function titleOf(
  { documentTitle, layerName, layerCount }: ActiveLayerFacts,
  labels: Labels,
): string | undefined {
  const painted = layerCount > 1 ? labels.severalLayers(layerCount) : layerName
  return documentTitle && (painted ? `${painted} · ${documentTitle}` : documentTitle)
}

const sizeOf = (size: Size | undefined, labels: Labels): string =>
  size ? labels.layerSize(formatWhole(size.width), formatWhole(size.height)) : ''

/** Where the engine runs, or how far it has loaded. */
function makeEngineLine(labels: Labels): View {
  const text = h('div', { class: 'engine-text' })
  const detail = h('div', { class: 'help' })
  const bar = progressBar()
  return {
    element: h('div', { class: 'section engine' }, text, bar.element, detail),
    update({ engine }) {
      const { line, more = '', fraction } = describe(engine, labels)
      setText(text, line)
      setText(detail, more)
      show(detail, more !== '')
      show(bar.element, engine.phase === 'loading')
      bar.set(fraction)
    },
  }
}

function describe(
  engine: EngineState,
  labels: Labels,
): { readonly line: string; readonly more?: string; readonly fraction?: number } {
  switch (engine.phase) {
    case 'asleep':
      return { line: labels.engineAsleep }
    case 'loading': {
      if (!engine.progress) return { line: labels.engineLoading }
      const { loadedBytes, totalBytes } = engine.progress
      return {
        line: labels.engineLoadingPart(formatMegabytes(loadedBytes), formatMegabytes(totalBytes)),
        fraction: totalBytes > 0 ? loadedBytes / totalBytes : undefined,
      }
    }
    case 'failed': {
      const { text, detail } = problemOf(engine.error, labels)
      return { line: `${labels.engineFailed} ${text}`, more: detail }
    }
    case 'ready': {
      const { device, description, fallback } = engine.facts
      return {
        line: `${device === 'webgpu' ? labels.onGpu : labels.onProcessor} · ${description}`,
        more: fallback && labels.fallback(fallback),
      }
    }
  }
}
