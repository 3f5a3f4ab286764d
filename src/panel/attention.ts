/**
 * Whether the user has the panel before them, as far as that can be known. The system may put the
 * page of a hidden panel to sleep, and UXP does not tell reliably that a panel is hidden. A pointer
 * or a key in the panel proves that it is seen.
 */
export interface Attention {
  readonly isVisible: boolean
  /** Whether it ever was hidden. */
  readonly wasHidden: boolean
  /** What Photoshop says. */
  setVisible(isVisible: boolean): void
  /** The user was seen in the panel. */
  notice(): void
  /** Whether nobody was seen in the panel since then. */
  isUnseenSince(time: number): boolean
}

export function makeAttention(now: () => number = () => Date.now()): Attention {
  let isVisible = true
  let wasHidden = false
  let seenAt = Number.NEGATIVE_INFINITY
  return {
    get isVisible() {
      return isVisible
    },
    get wasHidden() {
      return wasHidden
    },
    setVisible(next) {
      isVisible = next
      wasHidden ||= !next
      if (next) seenAt = now()
    },
    notice() {
      isVisible = true
      seenAt = now()
    },
    isUnseenSince: (time) => !isVisible || seenAt < time,
  }
}
