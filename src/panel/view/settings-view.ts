/** The sliders, colours and size: all that most people set beside style and preset. */
import { OPTIONS } from '../../engine/options.ts'
import { sliderField } from '../drafts.ts'
import { draftOf, fieldId } from '../field-texts.ts'
import { formatMemory, formatWhole, type Labels } from '../labels/index.ts'
import { planProblem } from '../problems.ts'
import { edgeOf, presetOptions, sizeChoices, type TargetSize } from '../settings.ts'
import { SLIDER_NAMES, SLIDERS } from '../sliders.ts'
import { currentOptions, layerSize, type PanelState } from '../state.ts'
import { h, setText, show } from './h.ts'
import { placeDropdown } from './place-dropdown.ts'
import { sliderRow } from './slider-row.ts'
import type { Actions, View } from './view.ts'
import { dropdown } from './widgets.ts'

export function makeSettingsView(labels: Labels, actions: Actions): View {
  let sizes: readonly TargetSize[] = []

  const sliders = SLIDER_NAMES.map((name) => ({
    name,
    row: sliderRow(
      fieldId(sliderField(name)),
      {
        name: labels.sliders[name],
        help: labels.sliderHelp[name],
        ...labels.sliderEnds[name],
        reset: labels.resetSlider(labels.sliders[name]),
      },
      (position) => actions.moveSlider(name, position),
      (text) => actions.typeSlider(name, text),
    ),
  }))
  const { choices } = OPTIONS.colors
  // After those of the option comes what paints nothing.
  const colours = dropdown(labels.colours, (index) => {
    const colors = choices[index]
    actions.setOptions(colors ? { colors, colorsOnly: false } : { colorsOnly: true })
  })
  const strength = placeDropdown(
    labels.strengthMap,
    labels,
    actions.lookForMasks,
    actions.setStrengthMap,
  )
  const strengthHelp = h('div', { class: 'help strength-help' }, labels.strengthMapHelp)
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
      ...sliders.map(({ row }) => row.element),
      colours.element,
      strength.element,
      strengthHelp,
      size.element,
      needs,
    ),
    update(state) {
      const { settings, userPresets } = state
      const base = presetOptions(settings, userPresets)
      const options = currentOptions(state)
      for (const { name, row } of sliders) {
        const draft = draftOf(state.drafts, sliderField(name), labels)
        row.set(SLIDERS[name].position(options, base), draft)
      }
      colours.set(
        [...choices.map((choice) => labels.choices[choice]), labels.optionNames.colorsOnly],
        options.colorsOnly ? choices.length : choices.indexOf(options.colors),
      )
      strength.set(settings.strengthMap, state.maskLayers)
      show(strengthHelp, settings.strengthMap !== undefined)

      sizes = sizeChoices(settings.size)
      size.set(
        sizes.map((choice) => sizeLabel(choice, state)),
        sizes.indexOf(settings.size),
      )
      setText(needs, needsText(state, labels))
    },
  }
}

/** What a run will take of memory, or why there can be none. */
function needsText({ plan, engine }: PanelState, labels: Labels): string {
  if (plan && 'error' in plan) return planProblem(plan.error, labels)
  if (!plan) return engine.phase === 'asleep' ? labels.predictedLater : ''
  const { tiles, predictedBytes } = plan.summary
  const memory = formatMemory(predictedBytes, labels)
  return tiles > 1 ? labels.plannedInTiles(memory, formatWhole(tiles)) : labels.planned(memory)
}
