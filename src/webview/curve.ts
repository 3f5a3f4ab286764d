/** Draws the loss over a run, small: on a logarithmic axis, because what matters is the ratio. */
export interface LossPoint {
  /** Share of the work done, 0 … 1. */
  readonly fraction: number
  readonly total: number
}

interface CurvePoint {
  readonly x: number
  readonly y: number
}

/**
 * Where the losses lie in a box of this size, the highest at its top: at most one point a pixel,
 * the lowest loss of those that share it.
 */
export function curvePoints(
  losses: readonly LossPoint[],
  width: number,
  height: number,
): CurvePoint[] {
  const columns = new Map<number, number>()
  for (const { fraction, total } of losses) {
    // A loss of 0 has no logarithm.
    if (!(total > 0 && Number.isFinite(total))) continue
    const x = Math.round(fraction * width)
    columns.set(x, Math.min(columns.get(x) ?? Number.POSITIVE_INFINITY, Math.log(total)))
  }
  const lowest = Math.min(...columns.values())
  const range = Math.max(...columns.values()) - lowest
  return [...columns].map(([x, value]) => ({
    x,
    y: range > 0 ? height - ((value - lowest) / range) * height : height / 2,
  }))
}
