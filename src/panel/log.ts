/** The last lines of what happened, for Diagnostics: nobody sees a plug-in's console. */
type LogLevel = 'info' | 'warning' | 'error'

export interface Log {
  add(level: LogLevel, text: string): void
  lines(): readonly string[]
}

const MAX_LINES = 200
const MAX_LINE_LENGTH = 500

/** @param now for the time of day in front of each line. */
export function makeLog(now: () => Date = () => new Date()): Log {
  const lines: string[] = []
  return {
    add(level, text) {
      const clipped = text.length > MAX_LINE_LENGTH ? `${text.slice(0, MAX_LINE_LENGTH)}…` : text
      lines.push(`${now().toISOString().slice(11, 19)} ${level}: ${clipped}`)
      if (lines.length > MAX_LINES) lines.shift()
    },
    lines: () => [...lines],
  }
}
