/** Preset, the sliders, colours and size: all that most people set. */
import { PRESETS } from '../../engine/presets.ts'
import {
  formatDuration,
  formatMemory,
  formatWhole,
  type Labels,
  presetLabel,
} from '../labels/index.ts'
import { planProblem } from '../problems.ts'
import { edgeOf, presetOptions, sizeChoices, type TargetSize } from '../settings.ts'
import { SLIDER_MAX, SLIDER_NAMES, SLIDERS, sliderPosition } from '../sliders.ts'
import { currentOptions, layerSize, type PanelState, predictedSeconds } from '../state.ts'
import { h, setText } from './h.ts'
import type { Actions, View } from './view.ts'
import { checkbox, dropdown, slider } from './widgets.ts'

export function makeSettingsView(labels: Labels, actions: Actions): View {
  let presetNames: readonly string[] = []
  let sizes: readonly TargetSize[] = []

  const preset = dropdown(labels.preset, (index) => {
    const name = presetNames[index]
    if (name !== undefined) actions.choosePreset(name)
  })
  const presetHelp = h('div', { class: 'help preset-help' })
  const sliders = SLIDER_NAMES.map((name) => ({
    name,
    widget: slider(labels.sliders[name], labels.sliderHelp[name], SLIDER_MAX, (position) =>
      actions.moveSlider(name, position),
    ),
  }))
  const keepColours = checkbox(labels.keepColours, (isKept) =>
    actions.setOption('colors', isKept ? 'content-luminance' : 'style'),
  )
  const size = dropdown(labels.size, (index) => {
    const chosen = sizes[index]
    if (chosen !== undefined) actions.setSize(chosen)
  })
  const needs = h('div', { class: 'help' })

  const sizeLabel = (choice: TargetSize, state: PanelState): string => {
    if (choice !== 'layer') return labels.sizes[choice] ?? labels.sizeInPx(formatWhole(choice))
    const layer = layerSize(state)
    return labels.sizeOfLayer(layer && formatWhole(edgeOf('layer', layer)))
  }

  return {
    element: h(
      'div',
      { class: 'section' },
      preset.element,
      presetHelp,
      ...sliders.map(({ widget }) => widget.element),
      keepColours.element,
      size.element,
      needs,
    ),
    update(state) {
      const { settings, userPresets } = state
      presetNames = [...PRESETS, ...userPresets].map(({ name }) => name)
      preset.set(
        presetNames.map((name) => presetLabel(name, labels).name),
        presetNames.indexOf(settings.preset),
      )
      setText(presetHelp, presetLabel(settings.preset, labels).description)

      const base = presetOptions(settings, userPresets)
      const options = currentOptions(state)
      for (const { name, widget } of sliders) {
        widget.set(sliderPosition(name, options[SLIDERS[name].option], base))
      }
      keepColours.set(options.colors === 'content-luminance')

      sizes = sizeChoices(settings.size)
      size.set(
        sizes.map((choice) => sizeLabel(choice, state)),
        sizes.indexOf(settings.size),
      )
      setText(needs, needsText(state, labels))
    },
  }
}

/** What a run will take of time and memory, as far as that is known. */
function needsText(state: PanelState, labels: Labels): string {
  const { plan } = state
  if (plan && 'error' in plan) return planProblem(plan.error, labels)
  const seconds = predictedSeconds(state)
  if (seconds === undefined) return labels.predictedLater
  const duration = formatDuration(seconds, labels)
  if (!plan) return labels.predicted(duration)
  const { tiles, predictedBytes } = plan.summary
  const memory = formatMemory(predictedBytes, labels)
  return tiles > 1
    ? labels.plannedInTiles(duration, memory, formatWhole(tiles))
    : labels.planned(duration, memory)
}
