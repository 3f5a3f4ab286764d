/** The foot of the panel: progress, what came of it, and the buttons. */
import type { ProgressReport } from '../../bridge/messages.ts'
import type { BatchState } from '../batch.ts'
import { PLACEMENTS } from '../document.ts'
import { canGoOn } from '../job.ts'
import { formatDuration, formatFigure, formatWhole, type Labels } from '../labels/index.ts'
import { type Problem, problemOf } from '../problems.ts'
import type { PanelState } from '../state.ts'
import { h, setText, show } from './h.ts'
import type { Actions, View } from './view.ts'
import { button, progressBar, smallButton } from './widgets.ts'

interface Message extends Problem {
  readonly isError: boolean
}

export function makeRunView(labels: Labels, actions: Actions): View {
  const position = h('div', { class: 'help' })
  const title = h('div', { class: 'progress-title' })
  const left = h('div', { class: 'progress-left' })
  const bar = progressBar()
  const scale = h('div', { class: 'help' })
  const step = h('div', { class: 'help' })
  const progress = h(
    'div',
    { class: 'progress' },
    position,
    h('div', { class: 'progress-head' }, title, left),
    bar.element,
    scale,
    step,
  )
  const text = h('div', { class: 'message-text' })
  const detail = h('div', { class: 'help' })
  const dismiss = smallButton(labels.close, actions.dismiss)
  const chooseFile = smallButton(labels.chooseFile, actions.pickStyleFile)
  const message = h('div', { class: 'message' }, text, detail, chooseFile, dismiss)

  const stylize = button(labels.stylize, 'cta', actions.stylize)
  const goOn = button(labels.goOn, 'primary', actions.goOn)
  const stop = button(labels.stop, 'primary', actions.stop)
  const cancel = button(labels.cancel, 'secondary', actions.cancel)
  const placements = PLACEMENTS.map((placement) => ({
    placement,
    element: button(labels.placements[placement], 'primary', () => actions.place(placement)),
  }))
  const discard = button(labels.discard, 'secondary', actions.discard)

  const updateProgress = ({ job, batch, isPaused }: PanelState): void => {
    const isOfBatch = batch?.isRunning === true
    show(position, isOfBatch)
    if (isOfBatch) {
      setText(position, labels.batchPosition(batch.index + 1, batch.count, batch.layerName))
    }
    const isPainting = job.phase === 'painting'
    const report = isPainting ? job.progress : undefined
    const phase = isPainting && job.isStopping ? 'stopping' : job.phase
    const told = isPhase(phase, labels) ? labels.phases[phase] : ''
    setText(title, isPaused ? labels.paused : told)
    setText(
      left,
      report && !isPaused ? labels.left(formatDuration(report.secondsLeft, labels)) : '',
    )
    bar.set(report?.fraction)
    setText(scale, report ? scaleText(report, labels) : '')
    setText(step, report ? stepText(report, labels) : '')
  }

  return {
    element: h(
      'div',
      { class: 'foot' },
      message,
      progress,
      h(
        'div',
        { class: 'buttons' },
        stylize,
        goOn,
        stop,
        cancel,
        ...placements.map(({ element }) => element),
        discard,
      ),
    ),
    update(state) {
      const { job, batch, layer } = state
      const isHeld = job.phase === 'held'
      const isRunning = isPhase(job.phase, labels)
      show(progress, isRunning)
      if (isRunning) updateProgress(state)

      const shown = messageOf(state, labels)
      show(message, shown !== undefined)
      setText(text, shown?.text ?? '')
      setText(detail, shown?.detail ?? '')
      show(detail, Boolean(shown?.detail))
      show(chooseFile, shown?.isAboutStyle === true)
      show(dismiss, state.notice !== undefined || job.phase === 'failed' || batch !== undefined)
      message.classList.toggle('error', shown?.isError === true)

      // Hidden, never disabled: in UXP a button that was disabled leaves the order of TAB for good.
      const isReady = !isRunning && !isHeld
      show(stylize, isReady)
      const { layerCount } = layer
      setText(
        stylize.firstChild as HTMLElement,
        layerCount > 1 ? labels.stylizeLayers(layerCount) : labels.stylize,
      )
      show(goOn, isReady && canGoOn(job) && batch === undefined)
      show(stop, job.phase === 'painting' && job.progress !== undefined && !job.isStopping)
      show(cancel, isRunning && job.phase !== 'inserting')
      for (const { placement, element } of placements) {
        show(element, isHeld && job.placements.includes(placement))
      }
      show(discard, isHeld)
    },
  }
}

const isPhase = (phase: string, labels: Labels): phase is keyof Labels['phases'] =>
  Object.hasOwn(labels.phases, phase)

const scaleText = (report: ProgressReport, labels: Labels): string =>
  labels.scale(
    report.scaleIndex + 1,
    report.scaleCount,
    labels.layerSize(formatWhole(report.width), formatWhole(report.height)),
  )

const stepText = (report: ProgressReport, labels: Labels): string =>
  [
    labels.iteration(report.iteration, report.iterations),
    labels.loss(formatFigure(report.total)),
  ].join(' · ')

function messageOf({ job, batch, notice }: PanelState, labels: Labels): Message | undefined {
  if (notice) return notice
  if (batch && !batch.isRunning && job.phase !== 'held') return batchMessage(batch, labels)
  switch (job.phase) {
    case 'failed':
      return { ...problemOf(job.error, labels), isError: true }
    case 'held': {
      const { text } = problemOf(job.error, labels)
      return { text: `${text} ${labels.held}`, isError: true }
    }
    case 'done': {
      const { isFinished, warning, seconds } = job.outcome
      const told = isFinished ? labels.done : labels.doneEarly
      const details = [
        ...(warning ? [labels.doneWarning(warning)] : []),
        ...(job.hasRecipe ? [] : [labels.recipeLost]),
      ]
      return {
        text: told(job.layerName, formatDuration(seconds, labels)),
        detail: details.join(' '),
        isError: false,
      }
    }
    default:
      return undefined
  }
}

function batchMessage(
  { painted, count, failures, hasRecipes, isCancelled }: BatchState,
  labels: Labels,
): Message {
  const told = isCancelled ? labels.batchCancelled : labels.batchDone
  const reasons = failures.map(({ layerName, error }) =>
    labels.batchFailure(layerName, problemOf(error, labels).text),
  )
  const details = [...reasons, ...(hasRecipes ? [] : [labels.recipeLost])]
  return {
    text: told(painted, count),
    detail: details.join(' '),
    isError: failures.length > 0,
  }
}
