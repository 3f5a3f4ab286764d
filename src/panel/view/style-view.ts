/** Choice of the styles: the list of them, and the gallery for the one that is being chosen. */
import type { Labels } from '../labels/index.ts'
import { makeGallery } from './gallery.ts'
import { h } from './h.ts'
import { makeStyleList } from './style-list.ts'
import type { Actions, View } from './view.ts'

export function makeStyleView(labels: Labels, actions: Actions): View {
  const parts = [makeStyleList(labels, actions), makeGallery(labels, actions)]
  return {
    element: h(
      'div',
      { class: 'section' },
      h('div', { class: 'section-title' }, labels.style),
      ...parts.map(({ element }) => element),
    ),
    update(state) {
      for (const part of parts) part.update(state)
    },
  }
}
