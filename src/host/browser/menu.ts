/** Pop-up menus, by mouse and by keyboard. */
import { h } from './dom.ts'

export interface MenuLine {
  /** '-' draws a line. */
  readonly label: string
  readonly shortcut?: string
  readonly isEnabled?: boolean
  readonly isChecked?: boolean
  readonly run?: () => void
  /** Shown below it, indented. */
  readonly submenu?: readonly MenuLine[]
}

/** @returns a function that closes it. */
export function openMenu(
  anchor: HTMLElement,
  lines: readonly MenuLine[],
  onClose: () => void = () => {},
): () => void {
  const menu = h('div', { className: 'menu', attributes: { role: 'menu' } })
  const add = (line: MenuLine, depth: number): void => {
    if (line.label === '-') {
      menu.append(h('hr'))
      return
    }
    const button = h(
      'button',
      {
        className: 'menu-line',
        attributes: { role: 'menuitem', style: `padding-left: ${26 + depth * 14}px` },
        on: {
          click: () => {
            close()
            line.run?.()
          },
          pointerenter: () => button.focus(),
        },
      },
      h('span', {}, line.label),
      line.shortcut !== undefined && h('kbd', {}, line.shortcut),
    )
    button.disabled =
      line.isEnabled === false || (line.run === undefined && line.submenu === undefined)
    button.classList.toggle('checked', line.isChecked === true)
    if (line.submenu) button.classList.add('heading')
    menu.append(button)
    for (const child of line.submenu ?? []) add(child, depth + 1)
  }
  for (const line of lines) add(line, 0)

  const move = (step: number): void => {
    const buttons = [...menu.querySelectorAll<HTMLButtonElement>('button:enabled')]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    buttons[(at + step + buttons.length) % buttons.length]?.focus()
  }
  const onKey = (event: KeyboardEvent): void => {
    event.stopPropagation()
    if (event.key === 'ArrowDown') move(1)
    else if (event.key === 'ArrowUp') move(-1)
    else if (event.key === 'Escape') close()
    else return
    event.preventDefault()
  }
  const onPointer = (event: Event): void => {
    if (!menu.contains(event.target as Node) && !anchor.contains(event.target as Node)) close()
  }
  let isOpen = true
  function close(): void {
    if (!isOpen) return
    isOpen = false
    menu.remove()
    document.removeEventListener('pointerdown', onPointer, true)
    window.removeEventListener('blur', close)
    onClose()
  }

  menu.addEventListener('keydown', onKey)
  document.addEventListener('pointerdown', onPointer, true)
  // A click into the panel is not seen here, but takes the focus.
  window.addEventListener('blur', close)
  document.body.append(menu)
  const { left, right, bottom } = anchor.getBoundingClientRect()
  const isFarRight = left + menu.offsetWidth > innerWidth - 4
  menu.style.left = `${Math.max(4, isFarRight ? right - menu.offsetWidth : left)}px`
  menu.style.top = `${bottom}px`
  menu.style.maxHeight = `${innerHeight - bottom - 8}px`
  menu.tabIndex = -1
  menu.focus()
  return close
}
