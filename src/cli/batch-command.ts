/** `impasto batch`: many pictures in one manner, one after the other; what is done is not done again. */
import { mkdir, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { Command } from 'commander'
import { CancelledError, ImageError, ImpastoError, OptionError } from '../engine/errors.ts'
import type { Recipe } from '../engine/recipe.ts'
import { openRuntimes } from './devices.ts'
import { EXIT, exitCodeOf } from './exit-codes.ts'
import { expandPatterns } from './expand-patterns.ts'
import { assertWritable, openContent } from './files/index.ts'
import { inputsOver, type Manner, type RunInputs, readManner } from './inputs.ts'
import { listenForInterrupts } from './interrupts.ts'
import { type Print, printTable } from './models/commands.ts'
import { assertApart, readFor } from './overwriting.ts'
import { outputFor, paint, type Studio } from './paint.ts'
import { duration } from './planning.ts'
import { makeProgressLine } from './progress-line.ts'
import { recallAll } from './recall.ts'
import { type ReusingRuntime, reusingPrograms } from './reuse-programs.ts'
import { addRunFlags, type RunArguments, runArguments, type TypedFlags } from './run-flags.ts'

export interface BatchArguments extends RunArguments {
  readonly patterns: readonly string[]
  /** The folder of the results, made where it is missing. */
  readonly out: string
  readonly overwrite: boolean
  readonly quiet: boolean
}

interface Outcome {
  readonly file: string
  readonly status: 'painted' | 'skipped' | 'failed'
  /** The result, or what went wrong. */
  readonly detail: string
}

export function addBatchCommand(program: Command, print: Print): void {
  const batch = program
    .command('batch')
    .description(
      'Paint many pictures in one manner. What was painted so before is skipped, what fails is told at the end.',
    )
    .argument('<contents...>', 'pictures, or patterns such as "photos/*.jpg"')
    .requiredOption('-o, --out <folder>', 'where the results go, "-impasto" added to each name')
    .option('--overwrite', 'replace files in the folder that are no results of these settings')
    .option('--quiet', 'print only the summary and what went wrong')
  addRunFlags(batch)
  batch.action(async (patterns: string[], flags: TypedFlags) => {
    const given = {
      ...runArguments(flags),
      patterns,
      out: flags.out as string,
      overwrite: Boolean(flags.overwrite),
      quiet: Boolean(flags.quiet),
    }
    process.exitCode = await batchCommand(given, print)
  })
}

/**
 * @returns the exit code: whether some failed, or the batch was interrupted.
 * @throws OptionError, ImageError, ModelError, RuntimeError for what would fail for every picture.
 */
export async function batchCommand(given: BatchArguments, print: Print): Promise<number> {
  const files = await expandPatterns(given.patterns)
  const manner = await readManner(given)
  await makeFolder(given.out)
  const runtimes = await openRuntimes(given.device, given.threads, reusingPrograms)
  const line = makeProgressLine(given.quiet)
  const interrupts = listenForInterrupts()
  const cancel = interrupts.first
  cancel.addEventListener('abort', () =>
    line.note('stopping: the picture that is being painted is given up'),
  )
  const { threads, likeSource } = given
  const studio = { runtimes, line, threads, likeSource, cancel }
  const batch = { given, manner, studio, outputs: outputsOf(files, given.out) }
  const outcomes: Outcome[] = []
  try {
    for (const [index, file] of files.entries()) {
      if (cancel.aborted) break
      line.note(`${index + 1}/${files.length}  ${file}`)
      const outcome = await paintOne(file, batch)
      await (runtimes.last as ReusingRuntime).endPicture()
      if (!outcome) break
      if (outcome.status === 'failed') line.warn(`failed: ${outcome.detail}`)
      outcomes.push(outcome)
    }
  } finally {
    await runtimes.release()
    interrupts.release()
  }
  summarise(outcomes, files.length, print)
  if (cancel.aborted) return EXIT.cancelled
  return outcomes.some(({ status }) => status === 'failed') ? EXIT.partial : 0
}

interface Batch {
  readonly given: BatchArguments
  readonly manner: Manner
  readonly studio: Studio
  /** Absolute paths of the results, and of which picture each is. */
  readonly outputs: ReadonlyMap<string, string>
}

/** Undefined when the batch was interrupted meanwhile. */
async function paintOne(file: string, batch: Batch): Promise<Outcome | undefined> {
  const { given, manner, studio, outputs } = batch
  const out = outputFor(file, given.out)
  try {
    if (outputs.has(resolve(file))) {
      return { file, status: 'skipped', detail: 'is a result of this batch' }
    }
    const first = outputs.get(resolve(out))!
    if (first !== file) {
      throw new OptionError(`${out}: is the result of ${first}; give each its own name or folder`)
    }
    await assertWritable(out)
    await assertApart(
      [['--out', out]],
      [['CONTENT', file], ['--preset-file', given.presetFile], ...readFor(manner)],
    )
    const inputs = await inputsOver(manner, await openContent(file, { layer: given.layer }))
    if (await exists(out)) {
      if (await isResultOf(out, inputs)) return { file, status: 'skipped', detail: out }
      if (!given.overwrite) {
        throw new ImageError(
          `${out}: is there already and was not painted so; --overwrite replaces it`,
        )
      }
    }
    const { result } = await paint(inputs, out, studio)
    return { file, status: 'painted', detail: `${out}, ${duration(result.seconds)}` }
  } catch (error) {
    if (error instanceof CancelledError) return undefined
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    if (exitCodeOf(error) !== EXIT.internal) return { file, status: 'failed', detail: message }
    // A mistake of ours with one picture need not be one with the others.
    studio.line.warn(stack ?? message)
    return { file, status: 'failed', detail: `internal error, please report it: ${message}` }
  }
}

/** By the recipe that the file holds. What cannot be read is no result. */
async function isResultOf(out: string, { recipe }: RunInputs): Promise<boolean> {
  try {
    const expected = essence(recipe)
    return (await recallAll(out)).some(
      (found) => !found.recipe.isStopped && essence(found.recipe) === expected,
    )
  } catch (error) {
    if (error instanceof ImpastoError) return false
    throw error
  }
}

/** What makes a picture what it is to the eye: neither the device nor how much memory there was. */
function essence(recipe: Omit<Recipe, 'device'>): string {
  const { impasto, preset, settings, model, content, styles, strength, init } = recipe
  const shown = { ...settings, memory: 0 }
  const parts = [impasto, preset, shown, model, content, styles, strength, init]
  return JSON.stringify(parts.map((part) => part ?? null))
}

/** Of files of one name in different folders the first has the result. */
function outputsOf(files: readonly string[], folder: string): ReadonlyMap<string, string> {
  const outputs = new Map<string, string>()
  for (const file of files) {
    const out = resolve(outputFor(file, folder))
    if (!outputs.has(out)) outputs.set(out, file)
  }
  return outputs
}

const exists = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) !== undefined

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    throw new ImageError(
      `--out ${path}: cannot be made a folder: ${(error as Error).message}; give another`,
      { cause: error },
    )
  }
}

function summarise(outcomes: readonly Outcome[], count: number, print: Print): void {
  if (outcomes.length > 0) {
    const rows = outcomes.map(({ file, status, detail }) => [status, basename(file), detail])
    printTable(rows, print)
  }
  const of = (wanted: Outcome['status']) =>
    `${outcomes.filter(({ status }) => status === wanted).length} ${wanted}`
  const left = count - outcomes.length
  const rest = left > 0 ? [`${left} not begun or given up`] : []
  print([of('painted'), of('skipped'), of('failed'), ...rest].join(', '))
}
