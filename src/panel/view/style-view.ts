/**
 * Choice of the styles: the list of them, and for the one that is being chosen thumbnails of what
 * comes with the plug-in, of recent files, and a picker.
 */
import type { Labels } from '../labels/index.ts'
import { editedIndex } from '../state.ts'
import { BUILT_IN_STYLES, builtInThumbnail, isSameStyle, type StyleChoice } from '../styles.ts'
import { empty, h, show } from './h.ts'
import { makeStyleList } from './style-list.ts'
import { makeTile } from './tile.ts'
import type { Actions, View } from './view.ts'
import { smallButton } from './widgets.ts'

interface Tile {
  readonly style: StyleChoice
  readonly element: HTMLElement
}

export function makeStyleView(labels: Labels, actions: Actions): View {
  const tile = (style: StyleChoice, source: string, name: string): Tile => ({
    style,
    element: makeTile(source, name, () => actions.chooseStyle(style)),
  })
  const builtIn = BUILT_IN_STYLES.map((name) =>
    tile({ kind: 'built-in', name }, builtInThumbnail(name), labels.styles[name]),
  )
  const list = makeStyleList(labels, actions)
  const recentTiles = h('div', { class: 'tiles' })
  const recentRow = h(
    'div',
    { class: 'recent hidden' },
    h('div', { class: 'field-label' }, labels.recentStyles),
    recentTiles,
  )
  let recent: readonly Tile[] = []
  let shownRecent: unknown

  return {
    element: h(
      'div',
      { class: 'section' },
      h('div', { class: 'section-title' }, labels.style),
      list.element,
      h('div', { class: 'tiles' }, ...builtIn.map(({ element }) => element)),
      recentRow,
      h('div', { class: 'row' }, smallButton(labels.chooseFile, actions.pickStyleFile)),
    ),
    update(state) {
      if (shownRecent !== state.recent) {
        shownRecent = state.recent
        recent = state.recent.map(({ name, token, thumbnail }) =>
          tile({ kind: 'file', name, token }, thumbnail, name),
        )
        empty(recentTiles)
        for (const { element } of recent) recentTiles.appendChild(element)
        show(recentRow, recent.length > 0)
      }
      const { choice } = state.settings.styles[editedIndex(state)]!
      for (const each of [...builtIn, ...recent]) {
        each.element.classList.toggle('chosen', isSameStyle(each.style, choice))
      }
      list.update(state)
    },
  }
}
