/**
 * `impasto batch`: paints many pictures in one manner, one after the other, and skips what is
 * painted already.
 */
import { mkdir, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Command, Option as Flag } from 'commander'
import { CancelledError, ImageError, ImpastoError, OptionError } from '../engine/errors.ts'
import type { Recipe } from '../engine/output/recipe.ts'
import { openRuntimes } from './devices.ts'
import { EXIT, exitCodeOf } from './exit-codes.ts'
import { expandPatterns } from './expand-patterns.ts'
import { assertWritable, ENDINGS, openContent } from './files/index.ts'
import { inputsOver, type Manner, type RunInputs, readManner } from './inputs.ts'
import { listenForInterrupts } from './interrupts.ts'
import { type Print, printTable } from './models/commands.ts'
import { assertApart, placeOf, readFor } from './overwriting.ts'
import { outputFor, paint, type Studio } from './paint.ts'
import { duration } from './planning.ts'
import { makeProgressLine } from './progress-line.ts'
import { recallAll } from './recall.ts'
import { type ReusingRuntime, reusingPrograms } from './reuse-programs.ts'
import { addRunFlags, type RunArguments, runArguments, type TypedFlags } from './run-flags.ts'

interface BatchArguments extends RunArguments {
  readonly patterns: readonly string[]
  /** The folder of the results, made where it is missing. */
  readonly out: string
  /** Ending of all results, without the dot; default: each has its picture's. */
  readonly format?: string | undefined
  readonly overwrite: boolean
  /** Takes only the pictures that fall to one of several machines. */
  readonly shard?: Shard | undefined
  /** Print each picture's outcome as soon as there is one, and no table. */
  readonly json: boolean
  readonly quiet: boolean
}

/** Every `count`-th picture, from the `index`-th on; both from 1. */
interface Shard {
  readonly index: number
  readonly count: number
}

/** What `--json` prints of a picture. */
interface Outcome {
  readonly file: string
  readonly status: 'painted' | 'skipped' | 'failed'
  /** The result, where there is one. */
  readonly out?: string
  readonly seconds?: number
  /** Why it was skipped or failed, where `out` does not say. */
  readonly reason?: string
}

export function addBatchCommand(program: Command, print: Print): void {
  const batch = program
    .command('batch')
    .description(
      'Paint many pictures in one manner. What was painted so before is skipped, what fails is told at the end.',
    )
    .argument('<contents...>', 'pictures, or patterns such as "photos/*.jpg"')
    .requiredOption('-o, --out <folder>', 'where the results go, "-impasto" added to each name')
    .addOption(
      new Flag('--format <ending>', "of the results (default: each has its picture's)").choices(
        ENDINGS,
      ),
    )
    .option('--overwrite', 'replace files in the folder that are no results of these settings')
    .option('--shard <i/n>', 'every n-th picture, from the i-th on: the part of one of n machines')
    .option('--json', 'print a line of JSON for each picture as it is done, and no table')
    .option('--quiet', 'print only the summary and what went wrong')
  addRunFlags(batch)
  batch.action(async (patterns: string[], flags: TypedFlags) => {
    const given = {
      ...runArguments(flags),
      patterns,
      out: flags.out as string,
      format: flags.format as string | undefined,
      overwrite: Boolean(flags.overwrite),
      shard: flags.shard === undefined ? undefined : parseShard(flags.shard as string),
      json: Boolean(flags.json),
      quiet: Boolean(flags.quiet),
    }
    process.exitCode = await batchCommand(given, print)
  })
}

/** @throws OptionError */
export function parseShard(text: string): Shard {
  const [, index, count] = (/^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? []).map(Number)
  if (index !== undefined && count !== undefined && index >= 1 && index <= count) {
    return { index, count }
  }
  throw new OptionError(
    `--shard: expected I/N, the I-th of N parts, as 1/3, 2/3 or 3/3, got "${text}"`,
  )
}

/**
 * @returns the exit code: whether some failed, or the batch was interrupted.
 * @throws OptionError, ImageError, ModelError, RuntimeError for what would fail for every picture.
 */
async function batchCommand(given: BatchArguments, print: Print): Promise<number> {
  const pictures = await expandPatterns(given.patterns)
  const manner = await readManner(given)
  await makeFolder(given.out)
  const { files, sources, outputs } = await dealOut(pictures, given)
  await assertApart(
    [...outputs.values()].map((file) => ['--out', outputFor(file, given.out, given.format)]),
    [...sources].map((file) => ['CONTENT', file]),
  )
  const runtimes = await openRuntimes(given.device, given.threads, reusingPrograms)
  const line = makeProgressLine(given.quiet)
  const interrupts = listenForInterrupts()
  const cancel = interrupts.first
  cancel.addEventListener('abort', () =>
    line.note('stopping: the picture that is being painted is given up'),
  )
  const { threads, likeSource, strip } = given
  const studio = { runtimes, line, threads, likeSource, strip, cancel }
  const batch = { given, manner, studio, sources, outputs }
  const outcomes: Outcome[] = []
  try {
    for (const [index, file] of files.entries()) {
      if (cancel.aborted) break
      line.note(`${index + 1}/${files.length}  ${file}`)
      const outcome = await paintOne(file, batch)
      await (runtimes.last as ReusingRuntime).endPicture()
      if (!outcome) break
      if (outcome.status === 'failed') line.warn(`failed: ${outcome.reason}`)
      if (given.json) print(JSON.stringify(outcome))
      outcomes.push(outcome)
    }
  } finally {
    await runtimes.release()
    interrupts.release()
  }
  if (given.json) line.note(summaryOf(outcomes, files.length))
  else printSummary(outcomes, files.length, print)
  if (cancel.aborted) return EXIT.cancelled
  return outcomes.some(({ status }) => status === 'failed') ? EXIT.partial : 0
}

interface Batch {
  readonly given: BatchArguments
  readonly manner: Manner
  readonly studio: Studio
  /** The pictures, without results that lie among them. */
  readonly sources: ReadonlySet<string>
  /** The places of the results, and the picture that each is made of. */
  readonly outputs: ReadonlyMap<string, string>
}

/** Undefined when the batch was interrupted meanwhile. */
async function paintOne(file: string, batch: Batch): Promise<Outcome | undefined> {
  const { given, manner, studio, sources, outputs } = batch
  const out = outputFor(file, given.out, given.format)
  try {
    if (!sources.has(file)) {
      return { file, status: 'skipped', reason: 'is a result of this batch' }
    }
    const first = outputs.get(await placeOf(out))!
    if (first !== file) {
      throw new OptionError(`${out}: is the result of ${first}; give each its own name or folder`)
    }
    await assertWritable(out)
    await assertApart([['--out', out]], [['--preset-file', given.presetFile], ...readFor(manner)])
    const inputs = await inputsOver(manner, await openContent(file, { layer: given.layer }))
    if (await exists(out)) {
      if (await isResultOf(out, inputs)) return { file, status: 'skipped', out }
      if (!given.overwrite) {
        throw new ImageError(
          `${out}: is there already and was not painted so; --overwrite replaces it`,
        )
      }
    }
    const { seconds } = await paint(inputs, out, studio)
    return { file, status: 'painted', out, seconds: Number(seconds.toFixed(1)) }
  } catch (error) {
    if (error instanceof CancelledError) return undefined
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    if (exitCodeOf(error) !== EXIT.internal) return { file, status: 'failed', reason: message }
    // A mistake of ours with one picture need not be one with the others.
    studio.line.warn(stack ?? message)
    return { file, status: 'failed', reason: `internal error, please report it: ${message}` }
  }
}

/**
 * True if the recipe in the file paints what this run would. A file that cannot be read is no
 * result.
 */
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

/** What makes a picture look as it does: neither the device nor how much memory there was. */
function essence(recipe: Omit<Recipe, 'device'>): string {
  const { impasto, preset, settings, model, content, styles, strength, init } = recipe
  const shown = { ...settings, memory: 0 }
  const parts = [impasto, preset, shown, model, content, styles, strength, init]
  return JSON.stringify(parts.map((part) => part ?? null))
}

/**
 * The pictures of this shard, and sources and results of all shards. Results that lie among the
 * pictures are not counted when these are dealt out, because from one start to the next there are
 * more of them.
 */
async function dealOut(
  pictures: readonly string[],
  { out, format, shard }: Pick<BatchArguments, 'out' | 'format' | 'shard'>,
) {
  const outputs = new Map<string, string>()
  for (const file of pictures) {
    const place = await placeOf(outputFor(file, out, format))
    // Where folders hold files of the same name, the result belongs to the first.
    if (!outputs.has(place)) outputs.set(place, file)
  }
  const sources = new Set<string>()
  for (const file of pictures) if (!outputs.has(await placeOf(file))) sources.add(file)
  if (!shard) return { files: pictures, sources, outputs }
  const { index, count } = shard
  return { files: [...sources].filter((_, i) => i % count === index - 1), sources, outputs }
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

function printSummary(outcomes: readonly Outcome[], count: number, print: Print): void {
  if (outcomes.length > 0) {
    const rows = outcomes.map(({ file, status, out, seconds, reason }) => [
      status,
      basename(file),
      [out ?? reason, seconds === undefined ? undefined : duration(seconds)]
        .filter(Boolean)
        .join(', '),
    ])
    printTable(rows, print)
  }
  print(summaryOf(outcomes, count))
}

function summaryOf(outcomes: readonly Outcome[], count: number): string {
  const of = (wanted: Outcome['status']) =>
    `${outcomes.filter(({ status }) => status === wanted).length} ${wanted}`
  const left = count - outcomes.length
  const rest = left > 0 ? [`${left} not begun or given up`] : []
  return [of('painted'), of('skipped'), of('failed'), ...rest].join(', ')
}
