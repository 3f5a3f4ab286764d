/** Notices by a timer that is far too late that the computer slept: only new versions of UXP tell. */
const TICK_MS = 10_000
/** In a busy Photoshop a timer is late, too, but not by so much. */
const SLEPT_MS = 60_000

/** @returns a function that ends the watch. */
export function watchForSleep(
  onWake: () => void,
  now: () => number = () => Date.now(),
): () => void {
  let last = now()
  const timer = setInterval(() => {
    const slept = now() - last - TICK_MS > SLEPT_MS
    last = now()
    if (slept) onWake()
  }, TICK_MS)
  return () => clearInterval(timer)
}
