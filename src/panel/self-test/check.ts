/** Checks of assumptions about Photoshop, made where the plug-in runs. */
import { reasonOf } from '../../engine/errors.ts'
import type { Labels } from '../labels/index.ts'

type CheckId = keyof Labels['selfTest']['checks']

export interface Finding {
  readonly id: CheckId
  /** What was met: a technical text, the same in all languages. */
  readonly found: string
  /** Undefined: it could not be tested. */
  readonly isExpected?: boolean
}

export type Tell = (id: CheckId, found: string, isExpected: boolean) => void

/** Checks that are made together. One whose finding is not told counts as not tested. */
export interface Group {
  readonly ids: readonly CheckId[]
  run(tell: Tell): Promise<void>
}

/** No group waits for ever for a platform that does not answer. */
const PATIENCE_MS = 120_000

/** @param onProgress hears how many of the checks are done. Never rejects. */
export async function runChecks(
  groups: readonly Group[],
  onProgress: (done: number, all: number) => void,
): Promise<readonly Finding[]> {
  const all = groups.flatMap(({ ids }) => ids)
  const findings = new Map<CheckId, Finding>()
  for (const { ids, run } of groups) {
    onProgress(findings.size, all.length)
    let why = 'no answer'
    const tell: Tell = (id, found, isExpected) => void findings.set(id, { id, found, isExpected })
    try {
      await inTime(run(tell))
    } catch (error) {
      why = reasonOf(error)
    }
    for (const id of ids) {
      if (!findings.has(id)) findings.set(id, { id, found: `not tested: ${why}` })
    }
  }
  onProgress(all.length, all.length)
  return all.map((id) => findings.get(id)!)
}

function inTime(work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no answer for ${PATIENCE_MS / 1000} s`)),
      PATIENCE_MS,
    )
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** What came of a call: its value as a text, or why it was refused. */
export async function outcomeOf(
  call: () => Promise<string>,
): Promise<{ readonly works: boolean; readonly text: string }> {
  try {
    return { works: true, text: await call() }
  } catch (error) {
    return { works: false, text: `refused: ${reasonOf(error)}` }
  }
}
