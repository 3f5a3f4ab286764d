/** Choice of a part of the layer: its selection, its mask, or the brightness of another layer. */
import type { LayerChoice } from '../document.ts'
import type { Labels } from '../labels/index.ts'
import { isSamePlace, type Place } from '../style-settings.ts'
import { dropdown } from './widgets.ts'

interface PlaceDropdown {
  readonly element: HTMLElement
  /** @param place undefined: everywhere. */
  set(place: Place | undefined, layers: readonly LayerChoice[]): void
}

/** @param look is called when the list is about to open: layers may have changed. */
export function placeDropdown(
  label: string,
  labels: Labels,
  look: () => void,
  choose: (place: Place | undefined) => void,
): PlaceDropdown {
  let places: readonly (Place | undefined)[] = []
  const picker = dropdown(label, (index) => choose(places[index]), look)
  const nameOf = (place: Place | undefined): string =>
    place?.kind === 'layer'
      ? labels.placeLayer(place.name)
      : labels.places[place?.kind ?? 'everywhere']
  return {
    element: picker.element,
    set(place, layers) {
      const offered: (Place | undefined)[] = [
        undefined,
        { kind: 'selection' },
        { kind: 'layer-mask' },
        ...layers.map(({ id, name }) => ({ kind: 'layer', layerId: id, name }) as const),
      ]
      const matches = (candidate: Place | undefined): boolean => isSamePlace(candidate, place)
      // A layer of another document, or one that is gone: the run will say so.
      places = offered.some(matches) ? offered : [...offered, place]
      picker.set(places.map(nameOf), places.findIndex(matches))
    },
  }
}
