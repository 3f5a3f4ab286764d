/** A part of the panel: shows a state, and asks for changes by actions. */
import type { DeviceChoice } from '../../bridge/messages.ts'
import type { OptionName } from '../../engine/options.ts'
import type { Placement } from '../document.ts'
import type { TargetSize } from '../settings.ts'
import type { SliderName } from '../sliders.ts'
import type { PanelState } from '../state.ts'
import type { StyleChoice } from '../styles.ts'

export interface View {
  readonly element: HTMLElement
  update(state: PanelState): void
}

/** What the user can do. None throws: what goes wrong shows in the state. */
export interface Actions {
  chooseStyle(style: StyleChoice): void
  pickStyleFile(): void
  choosePreset(name: string): void
  moveSlider(name: SliderName, position: number): void
  /** @param value checked already. */
  setOption(name: OptionName, value: unknown): void
  setSize(size: TargetSize): void
  setDevice(device: DeviceChoice): void
  openAdvanced(isOpen: boolean): void
  resetToPreset(): void
  stylize(): void
  stop(): void
  cancel(): void
  place(placement: Placement): void
  discard(): void
  /** The message, whatever it is about. */
  dismiss(): void
}
