/** Choice of the style: thumbnails of what comes with the plug-in, of recent files, and a picker. */
import type { Labels } from '../labels/index.ts'
import { BUILT_IN_STYLES, builtInThumbnail, isSameStyle, type StyleChoice } from '../styles.ts'
import { empty, h, onPressKey, setText, show } from './h.ts'
import type { Actions, View } from './view.ts'
import { ringed, smallButton } from './widgets.ts'

interface Tile {
  readonly style: StyleChoice
  readonly element: HTMLElement
}

export function makeStyleView(labels: Labels, actions: Actions): View {
  const tile = (style: StyleChoice, source: string, name: string): Tile => {
    const choose = (): void => actions.chooseStyle(style)
    const picture = h('img', { src: source, class: 'tile-picture' })
    const attributes = { class: 'tile', tabindex: 0, title: name }
    const on = { click: choose, keydown: onPressKey(choose) }
    return { style, element: ringed(h('div', { ...attributes, on }, picture), 'tile-ring') }
  }
  const builtIn = BUILT_IN_STYLES.map((name) =>
    tile({ kind: 'built-in', name }, builtInThumbnail(name), labels.styles[name]),
  )
  const chosenName = h('div', { class: 'section-value' })
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
      h(
        'div',
        { class: 'section-head' },
        h('div', { class: 'section-title' }, labels.style),
        chosenName,
      ),
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
      const { style } = state.settings
      for (const each of [...builtIn, ...recent]) {
        each.element.classList.toggle('chosen', isSameStyle(each.style, style))
      }
      setText(chosenName, style.kind === 'built-in' ? labels.styles[style.name] : style.name)
    },
  }
}
