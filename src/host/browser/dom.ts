/** Elements of the editor's own page. */

type Child = Node | string | undefined | false

interface Props {
  readonly className?: string
  readonly title?: string
  readonly dataset?: Readonly<Record<string, string>>
  readonly attributes?: Readonly<Record<string, string>>
  readonly on?: {
    readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void
  }
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  if (props.className) element.className = props.className
  if (props.title) element.title = props.title
  Object.assign(element.dataset, props.dataset)
  for (const [name, value] of Object.entries(props.attributes ?? {})) {
    element.setAttribute(name, value)
  }
  for (const [type, listener] of Object.entries(props.on ?? {})) {
    element.addEventListener(type, listener as EventListener)
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)))
  return element
}

/** Outlines in a box of 16 px. */
const ICONS = {
  move: 'M8 1.500v13M1.5 8h13M6 3.500l2-2 2 2M6 12.500l2 2 2-2M3.5 6l-2 2 2 2M12.5 6l2 2-2 2',
  marquee: 'M2 4V2h2M7 2h2M12 2h2v2M14 7v2M14 12v2h-2M9 14H7M4 14H2v-2M2 9V7',
  hand: 'M4.5 9V4.500a1 1 0 0 1 2 0V8V3a1 1 0 0 1 2 0v5V3.500a1 1 0 0 1 2 0V8V5.500a1 1 0 0 1 2 0V10c0 3-1.5 4.5-4 4.500S5.5 13.5 4.5 12L2.5 9.300a1 1 0 0 1 1.7-1z',
  undo: 'M3 6.500h6.500a3.5 3.5 0 0 1 0 7H6M6 3.500l-3 3 3 3',
  redo: 'M13 6.500H6.500a3.5 3.5 0 0 0 0 7H10M10 3.500l3 3-3 3',
  eye: 'M1 8s2.5-4.5 7-4.500S15 8 15 8s-2.5 4.5-7 4.500S1 8 1 8zM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4',
  folder: 'M1.5 4h4.500l1.5 2h7v7h-13z',
  menu: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  close: 'M4 4l8 8M12 4l-8 8',
  trash: 'M3 4.500h10M6 4.500v-2h4v2M4.5 4.500l.7 9h5.600l.7-9',
  lock: 'M4 7.500h8v6H4zM5.5 7.500V5a2.5 2.5 0 0 1 5 0v2.5',
  plus: 'M3 8h10M8 3v10',
} as const

type IconName = keyof typeof ICONS

export function icon(name: IconName): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(namespace, 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.classList.add('icon')
  const path = document.createElementNS(namespace, 'path')
  path.setAttribute('d', ICONS[name])
  svg.append(path)
  return svg
}

export function iconButton(
  name: IconName,
  title: string,
  press: () => void,
  isDisabled = false,
): HTMLButtonElement {
  const button = h('button', { className: 'icon-button', title, on: { click: press } }, icon(name))
  button.setAttribute('aria-label', title)
  button.disabled = isDisabled
  return button
}
