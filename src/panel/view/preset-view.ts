/** The presets as cards: the built-in ones, those of the literature, and the user's own. */
import { PRESETS } from '../../engine/presets.ts'
import { type Labels, presetLabel } from '../labels/index.ts'
import type { UserPreset } from '../presets-file.ts'
import { isChanged } from '../settings.ts'
import { type CardFacts, makeCard } from './card.ts'
import { empty, h, setText, show } from './h.ts'
import type { Actions, View } from './view.ts'
import { smallButton } from './widgets.ts'

interface NamedCard {
  readonly name: string
  readonly element: HTMLElement
}

/** A picture painted with the built-in preset. */
const builtInPicture = (name: string): string => `icons/presets/${name}.jpg`

export function makePresetView(
  labels: Labels,
  actions: Pick<Actions, 'choosePreset' | 'savePreset' | 'resetToPreset'>,
): View {
  const factsOf = (name: string, source: string): CardFacts => {
    const label = presetLabel(name, labels)
    const title = label.description ? `${label.name}: ${label.description}` : label.name
    return { source, name: label.name, title }
  }
  const card = (name: string, source: string): NamedCard => {
    const { element } = makeCard('preset', factsOf(name, source), () => actions.choosePreset(name))
    return { name, element }
  }
  const usual = PRESETS.filter(({ isSlow }) => !isSlow).map(({ name }) =>
    card(name, builtInPicture(name)),
  )
  // They start from noise and take an hour: a picture of a few steps would be a lie.
  const classic = PRESETS.filter(({ isSlow }) => isSlow).map(({ name }) => {
    const element = smallButton(presetLabel(name, labels).name, () => actions.choosePreset(name))
    const button = element.firstChild as HTMLElement
    button.setAttribute('title', presetLabel(name, labels).description)
    return { name, element }
  })
  const ownCards = h('div', { class: 'cards' })
  const save = smallButton(labels.savePreset, actions.savePreset)
  let own: readonly NamedCard[] = []
  let shownOwn: readonly UserPreset[] | undefined

  const title = h('div', { class: 'preset-title' })
  const reset = smallButton(labels.reset, actions.resetToPreset)
  const help = h('div', { class: 'help preset-help' })
  const row = (label: string, ...content: HTMLElement[]): HTMLElement =>
    h('div', { class: 'card-row' }, h('div', { class: 'card-row-name' }, label), ...content)

  return {
    element: h(
      'div',
      { class: 'section presets' },
      h('div', { class: 'section-title' }, labels.preset),
      h('div', { class: 'cards' }, ...usual.map(({ element }) => element)),
      row(labels.classicPresets, ...classic.map(({ element }) => element)),
      row(labels.ownPresets, save),
      ownCards,
      h('div', { class: 'preset-head' }, title, reset),
      help,
    ),
    update(state) {
      const { settings, userPresets, drafts } = state
      if (userPresets !== shownOwn) {
        shownOwn = userPresets
        own = userPresets.map(({ name, picture = '' }) => card(name, picture))
        empty(ownCards)
        for (const { element } of own) ownCards.appendChild(element)
      }
      for (const { name, element } of [...usual, ...classic, ...own]) {
        element.classList.toggle('chosen', name === settings.preset)
      }
      const { name, description } = presetLabel(settings.preset, labels)
      const isOther = isChanged(settings) || Object.keys(drafts).length > 0
      setText(title, isOther ? labels.changedPreset(name) : name)
      show(reset, isOther)
      setText(help, description)
      show(help, description !== '')
    },
  }
}
