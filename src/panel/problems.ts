/** What went wrong, in the user's words: what it means and what helps. */
import { BridgeError, ImageError, reasonOf } from '../engine/errors.ts'
import { DocumentError } from './document.ts'
import { formatWhole, type Labels } from './labels/index.ts'

/** A style file is gone, or never was a picture. */
export class StyleFileError extends ImageError {
  readonly reason: 'gone' | 'unreadable'
  readonly fileName: string

  constructor(reason: 'gone' | 'unreadable', fileName: string, options?: ErrorOptions) {
    super(`style "${fileName}": the file is ${reason}; choose it again`, options)
    this.reason = reason
    this.fileName = fileName
  }
}

/** The engine page cannot load in an old version of UXP with a profile on a network drive. */
export class NetworkProfileError extends BridgeError {
  constructor() {
    super('the plug-in lies on a network drive, from which UXP before 9.4 loads no page')
  }
}

export interface Problem {
  readonly text: string
  /** The error's own words, in English. */
  readonly detail?: string
  /** Whether choosing another style file helps. */
  readonly isAboutStyle?: boolean
}

/** What the engine says of a run that takes too much memory, or too large tensors. */
const TOO_LARGE = /^memory: .*? takes (?:tensors of )?(\d+) MB, .*?(\d+) MB/

/** Why there is no plan. @param reason the engine's own words, which speak of the command line. */
export function planProblem(reason: string, labels: Labels): string {
  return tooLarge(reason, labels) ?? labels.cannotPlan(reason)
}

/** What the engine page says of a network that did not come with the plug-in. */
const MISSING_MODEL = /^model "(.*)": is not in this plug-in/

function tooLarge(message: string, labels: Labels): string | undefined {
  const figures = TOO_LARGE.exec(message)?.slice(1)
  if (!figures) return undefined
  const [needed, allowed] = figures.map((figure) => labels.megabytes(formatWhole(Number(figure))))
  return labels.tooLarge(needed!, allowed!)
}

export function problemOf(error: unknown, labels: Labels): Problem {
  if (error instanceof StyleFileError) {
    const { reason, fileName } = error
    const text = reason === 'gone' ? labels.styleFileGone : labels.styleFileUnreadable
    return { text: text(fileName), isAboutStyle: true }
  }
  if (error instanceof NetworkProfileError) return { text: labels.networkProfile }
  const detail = reasonOf(error)
  const memory = tooLarge(detail, labels)
  if (memory !== undefined) return { text: memory }
  const model = MISSING_MODEL.exec(detail)?.[1]
  if (model !== undefined) return { text: labels.modelMissing(model) }
  if (error instanceof DocumentError) {
    const text = labels.problems[error.problem]
    return error.problem === 'failed' ? { text, detail } : { text }
  }
  // Over the bridge only its text tells an error of our own.
  const isInternal = detail.startsWith('internal:')
  const code = isInternal ? 'internal' : (error as { readonly code?: unknown } | undefined)?.code
  const isKnown = typeof code === 'string' && Object.hasOwn(labels.errors, code)
  return { text: labels.errors[isKnown ? (code as keyof Labels['errors']) : 'internal'], detail }
}
