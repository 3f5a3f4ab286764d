/** Sends what would go to the console, which nobody sees in a webview, somewhere better. */
import type { EngineEvents } from '../bridge/messages.ts'
import { brief } from './brief.ts'

type Log = (entry: EngineEvents['log']) => void

const MAX_LENGTH = 20_000

const LEVELS = {
  debug: 'info',
  log: 'info',
  info: 'info',
  warn: 'warning',
  error: 'error',
} as const

/** To be called before ONNX Runtime starts, which keeps the console that it finds. */
export function redirectConsole(send: Log): void {
  const log: Log = ({ level, text }) => send({ level, text: brief(text, MAX_LENGTH) })
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method as keyof typeof LEVELS] = (...values: unknown[]) =>
      log({ level, text: values.map(describe).join(' ') })
  }
  window.addEventListener('error', (event) => {
    event.preventDefault()
    log({ level: 'error', text: describe(event.error ?? event.message) })
  })
  window.addEventListener('unhandledrejection', (event) => {
    event.preventDefault()
    log({ level: 'error', text: `unhandled: ${describe(event.reason)}` })
  })
}

function describe(value: unknown): string {
  if (!(value instanceof Error)) return String(value)
  // V8's stack repeats name and message, WebKit's does not.
  const { stack = '' } = value
  return stack.includes(value.message) ? stack : `${value}\n${stack}`
}
