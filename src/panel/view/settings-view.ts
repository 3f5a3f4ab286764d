/** Preset, the sliders, colours and size: all that most people set. */
import { PRESETS } from '../../engine/presets.ts'
import { formatDuration, formatWhole, type Labels, presetLabel } from '../labels/index.ts'
import { edgeOf, presetOptions, sizeChoices, type TargetSize } from '../settings.ts'
import { SLIDER_MAX, SLIDER_NAMES, SLIDERS, sliderPosition } from '../sliders.ts'
import { currentOptions, layerSize, type PanelState, prediction } from '../state.ts'
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
  const time = h('div', { class: 'help' })

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
      time,
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
      const seconds = prediction(state)
      setText(
        time,
        seconds === undefined
          ? labels.predictedLater
          : labels.predicted(formatDuration(seconds, labels)),
      )
    },
  }
}
