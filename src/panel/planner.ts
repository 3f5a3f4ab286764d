/** Keeps the plan of a run up to date with settings, layer and engine, while nothing is painted. */
import type { PlanQuestion, PlanSummary } from '../bridge/messages.ts'
import { BridgeError, reasonOf } from '../engine/errors.ts'
import { isRunning } from './job.ts'
import type { Log } from './log.ts'
import { contentSize, currentOptions, type PanelState, type PlanState } from './state.ts'
import type { Store } from './store.ts'

interface PlannerContext {
  readonly store: Store<PanelState>
  readonly log: Log
  plan(question: PlanQuestion): Promise<PlanSummary>
}

/** Planning takes some tenths of a second, so a dragged slider does not ask at each move. */
const DEBOUNCE_MS = 300

/** px: the size of the built-in styles; for others the plan depends little on it. */
const STYLE_SIZE = { width: 1024, height: 768 }

/** Asks whenever the question has changed; answers to older questions are ignored. */
export function keepPlan({ store, log, plan }: PlannerContext): void {
  let current: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const ask = async (question: PlanQuestion, key: string): Promise<void> => {
    timer = undefined
    let answered: PlanState | undefined
    try {
      answered = { summary: await plan(question) }
    } catch (error) {
      const message = reasonOf(error)
      log.add('warning', `no plan: ${message}`)
      // The engine's own state tells of a broken connection.
      if (!(error instanceof BridgeError)) answered = { error: message }
    }
    if (key === current) store.update({ plan: answered })
  }

  store.subscribe((state) => {
    if (isRunning(state.job)) {
      // The question is asked after the run.
      if (timer !== undefined) current = undefined
      clearTimeout(timer)
      timer = undefined
      return
    }
    const question = questionOf(state)
    const key = question && JSON.stringify(question)
    if (key === current) return
    current = key
    clearTimeout(timer)
    timer = question && key ? setTimeout(() => void ask(question, key), DEBOUNCE_MS) : undefined
    if (!question) store.update({ plan: undefined })
  })
}

function questionOf(state: PanelState): PlanQuestion | undefined {
  if (state.engine.phase !== 'ready') return undefined
  const { width, height } = contentSize(state)
  return {
    content: { width: Math.round(width), height: Math.round(height) },
    styles: state.settings.styles.map(({ weight, scale, rotation, where }) => ({
      ...STYLE_SIZE,
      weight,
      scale,
      rotation,
      ...(where && { mask: JSON.stringify(where) }),
    })),
    hasStrength: state.settings.strengthMap !== undefined,
    options: currentOptions(state),
    device: state.settings.device,
  }
}
