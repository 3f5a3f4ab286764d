/** The tools at the left, and the keys that take them up. */
import type { Tool } from './canvas-view.ts'
import { h, iconButton } from './dom.ts'
import type { Labels } from './labels.ts'

const KEYS: Readonly<Record<Tool, string>> = { move: 'KeyV', marquee: 'KeyM', hand: 'KeyH' }
const TOOLS = Object.keys(KEYS) as Tool[]

/** By KeyboardEvent.code. */
export const toolOfKey = (code: string): Tool | undefined =>
  TOOLS.find((tool) => KEYS[tool] === code)

const MAX_FEATHER = 250

export interface Tools {
  readonly element: HTMLElement
  choose(tool: Tool): void
}

export function makeTools(
  labels: Labels,
  onChoose: (tool: Tool) => void,
  onFeather: (px: number) => void,
): Tools {
  const titles: Readonly<Record<Tool, string>> = {
    move: labels.moveTool,
    marquee: labels.marqueeTool,
    hand: labels.handTool,
  }
  const buttons = TOOLS.map((tool) => iconButton(tool, titles[tool], () => choose(tool)))
  function choose(tool: Tool): void {
    for (const [i, button] of buttons.entries()) {
      button.setAttribute('aria-pressed', String(TOOLS[i] === tool))
    }
    onChoose(tool)
  }
  const feather = h('input', {
    attributes: { type: 'number', min: '0', max: String(MAX_FEATHER), value: '0' },
    on: {
      change: () => {
        const px = Math.min(MAX_FEATHER, Math.max(0, Number(feather.value) || 0))
        feather.value = String(px)
        onFeather(px)
      },
    },
  })
  const element = h(
    'nav',
    { className: 'tools' },
    ...buttons,
    h('hr'),
    h('label', { className: 'feather' }, labels.feather, feather),
  )
  return { element, choose }
}
