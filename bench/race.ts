/** Contenders take turns, so that a drift of the machine's speed meets all of them. */
import type { Contender } from './contender.ts'

/** Seconds per evaluation by contender; one that is missing could not run. */
export type Seconds = Readonly<Record<string, number | undefined>>

export interface Rounds {
  readonly maxRounds: number
  readonly budgetSeconds: number
}

/** Largest difference of the losses that counts as the same objective. */
const SAME_LOSS = 1e-3

/**
 * One evaluation each to warm up, then rounds of one each until the budget is spent, at least one
 * and at most `maxRounds`; the contenders are released.
 * @returns the fastest of each, since other work on the machine only slows; all have as many tries.
 * @throws Error when a loss differs from the first contender's.
 */
export async function race(
  contenders: Readonly<Record<string, Contender | undefined>>,
  { maxRounds, budgetSeconds }: Rounds,
): Promise<Seconds> {
  const present = Object.entries(contenders).flatMap(([name, contender]) =>
    contender ? [{ name, contender, fastest: Number.POSITIVE_INFINITY }] : [],
  )
  try {
    let roundSeconds = 0
    let expected: number | undefined
    for (const { contender } of present) {
      const { total, seconds } = await contender.evaluate()
      roundSeconds += seconds
      expected ??= total
      if (!(Math.abs(total - expected) <= SAME_LOSS * Math.abs(expected))) {
        throw new Error(
          `${contender.name}: the loss is ${total}, ${present[0]!.contender.name} finds ${expected}`,
        )
      }
    }
    const rounds = Math.max(1, Math.min(maxRounds, Math.floor(budgetSeconds / roundSeconds)))
    for (let round = 0; round < rounds; round++) {
      for (const entry of present) {
        entry.fastest = Math.min(entry.fastest, (await entry.contender.evaluate()).seconds)
      }
    }
    return Object.fromEntries(present.map(({ name, fastest }) => [name, fastest]))
  } finally {
    for (const { contender } of present) await contender.release()
  }
}

export interface SizeRow {
  /** Edge of a square image, px. */
  readonly size: number
  readonly seconds: Seconds
}

/** A contender that would need longer than this at the next size drops out, s. */
const MAX_SECONDS = 60

/** Races at each size; slow contenders drop out, and so does what cannot run. */
export async function raceAtSizes(
  sizes: readonly number[],
  names: readonly string[],
  raceAt: (size: number, names: readonly string[]) => Promise<Seconds>,
): Promise<SizeRow[]> {
  const rows: SizeRow[] = []
  for (const size of sizes) {
    const last = rows.at(-1)
    const isIn = (name: string): boolean => {
      if (!last) return true
      const seconds = last.seconds[name]
      return seconds !== undefined && seconds * (size / last.size) ** 2 <= MAX_SECONDS
    }
    const able = names.filter(isIn)
    if (able.length === 0) break
    rows.push({ size, seconds: await raceAt(size, able) })
  }
  return rows
}
