/** The foot of the panel: progress, what came of it, and the buttons. */
import type { ProgressReport } from '../../bridge/messages.ts'
import { PLACEMENTS } from '../document.ts'
import type { JobState } from '../job.ts'
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
  const title = h('div', { class: 'progress-title' })
  const left = h('div', { class: 'progress-left' })
  const bar = progressBar()
  const scale = h('div', { class: 'help' })
  const step = h('div', { class: 'help' })
  const progress = h(
    'div',
    { class: 'progress' },
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
  const stop = button(labels.stop, 'primary', actions.stop)
  const cancel = button(labels.cancel, 'secondary', actions.cancel)
  const placements = PLACEMENTS.map((placement) => ({
    placement,
    element: button(labels.placements[placement], 'primary', () => actions.place(placement)),
  }))
  const discard = button(labels.discard, 'secondary', actions.discard)

  const updateProgress = (job: JobState): void => {
    const isPainting = job.phase === 'painting'
    const report = isPainting ? job.progress : undefined
    const phase = isPainting && job.isStopping ? 'stopping' : job.phase
    setText(title, isPhase(phase, labels) ? labels.phases[phase] : '')
    setText(left, report ? labels.left(formatDuration(report.secondsLeft, labels)) : '')
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
        stop,
        cancel,
        ...placements.map(({ element }) => element),
        discard,
      ),
    ),
    update(state) {
      const { job } = state
      const isHeld = job.phase === 'held'
      const isRunning = isPhase(job.phase, labels)
      show(progress, isRunning)
      if (isRunning) updateProgress(job)

      const shown = messageOf(state, labels)
      show(message, shown !== undefined)
      setText(text, shown?.text ?? '')
      setText(detail, shown?.detail ?? '')
      show(detail, Boolean(shown?.detail))
      show(chooseFile, shown?.isAboutStyle === true)
      show(dismiss, state.notice !== undefined || job.phase === 'failed')
      message.classList.toggle('error', shown?.isError === true)

      // Hidden, never disabled: in UXP a button that was disabled leaves the order of TAB for good.
      show(stylize, !isRunning && !isHeld)
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

function messageOf({ job, notice }: PanelState, labels: Labels): Message | undefined {
  if (notice) return notice
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
      return {
        text: told(job.layerName, formatDuration(seconds, labels)),
        detail: warning && labels.doneWarning(warning),
        isError: false,
      }
    }
    default:
      return undefined
  }
}
