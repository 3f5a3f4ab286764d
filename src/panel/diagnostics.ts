/** All that helps to find out why something does not work, as a text to hand on. */
import type { KnownWays } from '../bridge/ways.ts'
import type { Log } from './log.ts'
import type { PanelState } from './state.ts'

interface DiagnosedParts {
  readonly state: PanelState
  readonly versions: Readonly<Record<string, string>>
  /** Undefined until the page has answered. */
  readonly bridge: KnownWays | undefined
  readonly log: Log
}

export function diagnosticsText({ state, versions, bridge, log }: DiagnosedParts): string {
  const { settings, engine, plan } = state
  const facts = engine.phase === 'ready' ? engine.facts : undefined
  const { limits = {}, ...rest } = facts ?? {}
  return [
    section('Versions', versions),
    section('Bridge', bridge ? { ...bridge } : { hears: 'nothing yet' }),
    section('Engine', { phase: engine.phase, ...rest }),
    section('Limits', limits),
    section('Plan', plan && 'summary' in plan ? { ...plan.summary } : { ...plan }),
    section('Settings', {
      styles: settings.styles
        .map(({ choice }) => (choice.kind === 'built-in' ? choice.name : 'a file'))
        .join(', '),
      preset: settings.preset,
      size: settings.size,
      device: settings.device,
      ...settings.overrides,
    }),
    ['Log', ...log.lines()].join('\n'),
  ].join('\n\n')
}

const section = (title: string, entries: Readonly<Record<string, unknown>>): string =>
  [title, ...Object.entries(entries).map(([name, value]) => `  ${name}: ${String(value)}`)].join(
    '\n',
  )
