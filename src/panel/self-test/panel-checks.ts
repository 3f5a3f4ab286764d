/** Checks of what the platform offers the panel itself. */

import { isAtLeast } from '../version.ts'
import type { RootFacts } from '../view/fill-root.ts'
import { type Group, outcomeOf } from './check.ts'

interface PanelCheckContext {
  versions(): Readonly<Record<string, string>>
  root(): RootFacts
  isOnDeadNetworkPath(): Promise<boolean>
}

export function panelChecks({ versions, root, isOnDeadNetworkPath }: PanelCheckContext): Group {
  return {
    ids: ['versions', 'rootHeight', 'resizeObserver', 'textEncoder', 'network'],
    async run(tell) {
      const { impasto, host = '', uxp = '', locale } = versions()
      const isNewEnough = isAtLeast(host, 26, 0) && isAtLeast(uxp, 8, 0)
      tell('versions', `Impasto ${impasto}, ${host}, ${uxp}, ${locale}`, isNewEnough)

      const { width, height, windowHeight, fitted, heightFrom, hasResizeObserver } = root()
      const sizes = `${width} × ${height} px, window ${windowHeight}, panel ${fitted}`
      tell('rootHeight', `${heightFrom}: ${sizes}`, heightFrom === 'root')
      const has = (is: boolean): string => (is ? 'there' : 'absent')
      tell('resizeObserver', has(hasResizeObserver), hasResizeObserver === isAtLeast(uxp, 8, 1))
      const hasEncoder = typeof TextEncoder === 'function'
      tell('textEncoder', has(hasEncoder), hasEncoder === isAtLeast(uxp, 9, 4))

      const { text } = await outcomeOf(async () =>
        (await isOnDeadNetworkPath()) ? 'on a network drive' : 'its page can be loaded',
      )
      tell('network', text, text === 'its page can be loaded')
    },
  }
}
