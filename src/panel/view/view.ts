/** A part of the panel: shows a state, and asks for changes by actions. */
import type { DeviceChoice } from '../../bridge/messages.ts'
import type { OptionName, StylizeOptions } from '../../engine/options.ts'
import type { StyleAmounts } from '../carried-styles.ts'
import type { PictureSource, Placement } from '../document.ts'
import type { FieldName } from '../drafts.ts'
import type { GalleryTab } from '../gallery-tabs.ts'
import type { GoingOn } from '../going-on.ts'
import type { Group } from '../option-groups.ts'
import type { TargetSize } from '../settings.ts'
import type { SliderName } from '../sliders.ts'
import type { PanelState } from '../state.ts'
import type { Place } from '../style-settings.ts'
import type { StyleChoice } from '../styles.ts'

export interface View {
  readonly element: HTMLElement
  update(state: PanelState): void
}

/** What the user can do with the styles, which are named by their index. */
export interface StyleActions {
  /** Replaces the style that is being chosen. */
  chooseStyle(style: StyleChoice): void
  pickStyleFile(): void
  /** To be called when the open documents are about to be offered. */
  lookForPictures(): void
  /** Takes a layer or a document as the style that is being chosen. */
  takeStyle(from: PictureSource): void
  showGallery(tab: GalleryTab): void
  toggleFavourite(style: StyleChoice): void
  addStyle(): void
  removeStyle(index: number): void
  /** Makes it the style that is being chosen; its details are shown or folded away. */
  editStyle(index: number, isOpen: boolean): void
  /** @param value checked already. */
  setAmount(index: number, name: keyof StyleAmounts, value: number): void
  /** @param share in percent of all styles, 0 … 100; the others keep their proportions. */
  setShare(index: number, share: number): void
  /** @param where undefined: everywhere. */
  setWhere(index: number, where: Place | undefined): void
}

/** What the user can do with options, sliders and fields. What is typed may be wrong: it is kept. */
export interface FieldActions {
  /** @param values checked already. */
  setOptions(values: Partial<StylizeOptions>): void
  typeOption(name: OptionName, text: string): void
  /** @param position −100 … 100. */
  moveSlider(name: SliderName, position: number): void
  typeSlider(name: SliderName, text: string): void
  /** A weight is typed as the style's share, in percent. */
  typeAmount(index: number, name: keyof StyleAmounts, text: string): void
  /** Unfolds what hides the field, and scrolls to it. */
  showField(field: FieldName): void
}

/** What the user can do. None throws: what goes wrong shows in the state. */
export interface Actions extends StyleActions, FieldActions {
  /** To be called when a list of layers that may serve as masks is about to be seen. */
  lookForMasks(): void
  /** @param place undefined: all of the layer fully. */
  setStrengthMap(place: Place | undefined): void
  choosePreset(name: string): void
  /** Asks for a name. */
  savePreset(): void
  /** Whether a painted layer itself is painted, in place of what it was painted from. */
  paintOnTop(isOnTop: boolean): void
  setSize(size: TargetSize): void
  setDevice(device: DeviceChoice): void
  openAdvanced(isOpen: boolean): void
  openGroup(group: Group, isOpen: boolean): void
  resetToPreset(): void
  /** Paints a quick small picture in the panel alone. */
  preview(): void
  stylize(): void
  /** Goes on from the picture that is done. */
  goOn(how: GoingOn): void
  /** Takes the settings of the active layer, which Impasto painted. */
  useLayerSettings(): void
  stop(): void
  cancel(): void
  place(placement: Placement): void
  discard(): void
  /** The message, whatever it is about. */
  dismiss(): void
}
