/** Above the button: how large, how long and on what a run is, and a quicker one where it is long. */
import { formatDuration, formatWhole, type Labels } from '../labels/index.ts'
import { roughWork } from '../prediction.ts'
import { edgeOf } from '../settings.ts'
import {
  contentSize,
  currentOptions,
  layerSize,
  type PanelState,
  predictedSeconds,
} from '../state.ts'
import { h, setText, show } from './h.ts'
import type { Actions, View } from './view.ts'
import { smallButton } from './widgets.ts'

/** From here on a quicker run is offered, s. */
const LONG_SECONDS = 600
/** px */
const QUICK_EDGE = 256

export function makeFootFacts(labels: Labels, actions: Actions): View {
  const text = h('div', { class: 'foot-facts help' })
  const quick = smallButton('', () => actions.setSize(QUICK_EDGE))
  return {
    element: h('div', { class: 'foot-line' }, text, quick),
    update(state) {
      const seconds = predictedSeconds(state)
      setText(text, factsText(state, seconds, labels))
      const isLong = seconds !== undefined && seconds > LONG_SECONDS
      text.classList.toggle('long', isLong)
      const quicker = isLong ? quickSeconds(state, seconds) : undefined
      show(quick, quicker !== undefined)
      if (quicker === undefined) return
      const label = labels.trySmaller(formatWhole(QUICK_EDGE), formatDuration(quicker, labels))
      setText(quick.firstChild as HTMLElement, label)
    },
  }
}

function factsText(state: PanelState, seconds: number | undefined, labels: Labels): string {
  const layer = layerSize(state)
  if (!layer || state.layer.problem) return ''
  const { facts } = labels
  const edge = edgeOf(state.settings.size, layer)
  const whole = edgeOf('layer', layer)
  const { engine } = state
  return [
    edge < whole
      ? facts.enlarged(formatWhole(edge), formatWhole(whole))
      : facts.whole(formatWhole(edge)),
    ...(seconds === undefined
      ? []
      : [seconds < 1 ? facts.atOnce : facts.about(formatDuration(seconds, labels))]),
    ...(engine.phase === 'ready' ? [facts.devices[engine.facts.device]] : []),
  ].join(' · ')
}

/** @returns undefined where that would be no quicker. */
function quickSeconds(state: PanelState, seconds: number): number | undefined {
  const options = currentOptions(state)
  if (options.size <= QUICK_EDGE) return undefined
  const content = contentSize(state)
  const quick = { ...options, size: QUICK_EDGE }
  return (seconds * roughWork(quick, content)) / roughWork(options, content)
}
