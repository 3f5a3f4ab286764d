/** The foot of the panel: progress, what came of it, and the buttons. */
import type { ProgressReport } from '../../bridge/messages.ts'
import type { BatchState } from '../batch.ts'
import { PLACEMENTS } from '../document.ts'
import { GOING_ON, largerEdge } from '../going-on.ts'
import { doneRun } from '../job.ts'
import { formatDuration, formatFigure, formatWhole, type Labels } from '../labels/index.ts'
import { canPreview, previewSeconds } from '../preview.ts'
import { type Problem, problemOf } from '../problems.ts'
import { layerSize, type PanelState, predictedSeconds } from '../state.ts'
import { makeFootFacts } from './foot-facts.ts'
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

  const preview = button(labels.preview, 'secondary', actions.preview)
  preview.setAttribute('title', labels.previewHelp)
  const stylize = button(labels.stylize, 'cta', actions.stylize)
  const facts = makeFootFacts(labels, actions)
  let isMenuOpen = false
  const toggleMenu = (): void => {
    isMenuOpen = !isMenuOpen
    show(menu, isMenuOpen)
    goOn.setAttribute('aria-expanded', String(isMenuOpen))
  }
  const goOn = button(labels.goOn, 'primary', toggleMenu)
  goOn.setAttribute('title', labels.goOnHelp)
  const ways = GOING_ON.map((how) => ({
    how,
    element: smallButton(labels.goOnBy[how], () => {
      toggleMenu()
      actions.goOn(how)
    }),
  }))
  const menu = h('div', { class: 'buttons ways' }, ...ways.map(({ element }) => element))
  const stop = button(labels.stop, 'primary', actions.stop)
  const cancel = button(labels.cancel, 'secondary', actions.cancel)
  const placements = PLACEMENTS.map((placement) => ({
    placement,
    element: button(labels.placements[placement], 'primary', () => actions.place(placement)),
  }))
  const discard = button(labels.discard, 'secondary', actions.discard)

  const places = placements.map(({ element }) => element)
  const buttons = h(
    'div',
    { class: 'buttons' },
    ...[preview, stylize, goOn, stop, cancel, ...places, discard],
  )
  /** Whoever works by keyboard finds the focus on what can be done now. */
  const moveFocus = (): void => {
    const all = [stop, cancel, ...places, discard, goOn, stylize]
    const isShown = (element: HTMLElement): boolean => !element.classList.contains('hidden')
    const focused = all.find((element) => element.contains(document.activeElement))
    if (focused && isShown(focused) && focused !== cancel) return
    const next = all.find(isShown)?.firstElementChild as HTMLElement | undefined
    if (next && next !== document.activeElement) next.focus()
  }

  const updateProgress = (state: PanelState): void => {
    const { job, batch, isPaused } = state
    const isOfBatch = batch?.isRunning === true
    show(position, isOfBatch)
    if (isOfBatch) {
      setText(position, labels.batchPosition(batch.index + 1, batch.count, batch.layerName))
    }
    const isPainting = job.phase === 'painting'
    const report = isPainting ? job.progress : undefined
    const phase = isPainting && job.isStopping ? 'stopping' : job.phase
    const of = phase === 'painting' && 'layer' in job ? job.layer : undefined
    const told = isPhase(phase, labels) ? labels.phases[phase] : ''
    const named = of ? labels.paintingOf(of.layerName, of.documentTitle) : told
    setText(title, isPaused ? labels.paused : named)
    const seconds = report && secondsLeft(report, state)
    setText(
      left,
      seconds !== undefined && !isPaused ? labels.left(formatDuration(seconds, labels)) : '',
    )
    bar.set(report?.fraction)
    setText(scale, report ? scaleText(report, labels) : '')
    setText(step, report ? stepText(report, labels) : '')
  }

  const updateWays = (canGoOn: boolean, state: PanelState): void => {
    if (!canGoOn) isMenuOpen = false
    show(menu, isMenuOpen)
    const { job, settings } = state
    const done = doneRun(job)
    const from = done ? done.result.settings.size : settings.size
    const layer = done ? done.result.source.pixels : layerSize(state)
    const larger = layer && largerEdge(from, layer)
    for (const { how, element } of ways) {
      if (how !== 'larger') continue
      show(element, larger !== undefined)
      if (larger === undefined) continue
      const size = labels.sizeInPx(formatWhole(larger))
      setText(element.firstChild as HTMLElement, labels.goOnAt(size))
    }
  }

  return {
    element: h('div', { class: 'foot' }, message, progress, facts.element, menu, buttons),
    update(state) {
      const { job, batch, layer } = state
      const isHeld = job.phase === 'held'
      const isRunning = isPhase(job.phase, labels)
      const hadFocus = buttons.contains(document.activeElement)
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
      show(preview, isReady && state.preview?.phase !== 'painting' && canPreview(state))
      const previewTakes = previewSeconds(state)
      setText(
        preview.firstChild as HTMLElement,
        previewTakes === undefined || previewTakes < 1
          ? labels.preview
          : labels.previewIn(formatDuration(previewTakes, labels)),
      )
      show(facts.element, isReady && layerCount === 1)
      if (isReady) facts.update(state)
      const canGoOn = doneRun(job) !== undefined || state.layerRecipe?.continueAt !== undefined
      show(goOn, isReady && canGoOn && batch === undefined)
      updateWays(isReady && canGoOn, state)
      show(stop, job.phase === 'painting' && job.progress !== undefined && !job.isStopping)
      show(cancel, isRunning && job.phase !== 'inserting')
      for (const { placement, element } of placements) {
        show(element, isHeld && job.placements.includes(placement))
      }
      show(discard, isHeld)
      if (hadFocus) moveFocus()
    },
  }
}

const isPhase = (phase: string, labels: Labels): phase is keyof Labels['phases'] =>
  Object.hasOwn(labels.phases, phase)

/** Before this share of the work what is left is not steady: until then the prediction stands. */
const STEADY_FRACTION = 0.1

function secondsLeft(
  { fraction, seconds, secondsLeft }: ProgressReport,
  state: PanelState,
): number | undefined {
  if (fraction >= STEADY_FRACTION) return secondsLeft
  const predicted = predictedSeconds(state)
  return predicted === undefined ? undefined : Math.max(1, predicted - seconds)
}

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

function messageOf(state: PanelState, labels: Labels): Message | undefined {
  const { job, batch, notice, preview } = state
  if (notice) return notice
  if (preview?.phase === 'failed') return { ...problemOf(preview.error, labels), isError: true }
  if (preview) return { text: labels.previews[preview.phase], isError: false }
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
      const { documentTitle } = job.inserted
      const told = isFinished ? labels.done : labels.doneEarly
      const details = [
        ...(warning ? [labels.doneWarning(warning)] : []),
        ...(job.hasRecipe ? [] : [labels.recipeLost]),
      ]
      return {
        text: told(job.layerName, documentTitle, formatDuration(seconds, labels)),
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
