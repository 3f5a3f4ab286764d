/** `impasto models add|list|verify|remove`: print what was done, throw what went wrong. */
import { ModelError, OptionError } from '../../engine/errors.ts'
import { describeRule, INPUT_RULES, type InputRuleName } from '../../engine/vgg/read-vgg.ts'
import { addModel, listModels, removeModel, verifyModels } from './store.ts'

export type Print = (line: string) => void

interface AddArguments {
  readonly file: string
  readonly name?: string
  /** A name of INPUT_RULES, not yet checked. */
  readonly preprocessing?: string
}

export async function addModelCommand(
  { file, name, preprocessing }: AddArguments,
  print: Print,
): Promise<void> {
  const record = await addModel(file, { name, preprocessing: inputRuleName(preprocessing) })
  print(`added ${record.name}: ${record.topology}, ${record.layers}`)
  print(`input: ${describeRule(record.preprocessing)}`)
  print(`sha256: ${record.sha256}`)
}

export async function listModelsCommand(print: Print): Promise<void> {
  const rows = (await listModels()).map((entry) => [
    entry.name,
    entry.topology,
    entry.layers,
    entry.isBuiltIn ? 'built in' : entry.origin,
  ])
  printTable([['name', 'network', 'layers', 'from'], ...rows], print)
}

/** @throws ModelError after the last line when a file is not as it was recorded. */
export async function verifyModelsCommand(print: Print): Promise<void> {
  const results = await verifyModels()
  printTable(
    results.map(({ name, problem }) => [name, problem ?? 'ok']),
    print,
  )
  const failed = results.filter(({ problem }) => problem !== undefined)
  if (failed.length === 0) return
  throw new ModelError(
    `${failed.map(({ name }) => name).join(', ')}: ${failed.length} of ${results.length} models cannot be used; remove and add them again`,
  )
}

export async function removeModelCommand({ name }: { name: string }, print: Print): Promise<void> {
  await removeModel(name)
  print(`removed ${name}`)
}

function inputRuleName(text: string | undefined): InputRuleName | undefined {
  if (text === undefined || Object.hasOwn(INPUT_RULES, text)) return text as InputRuleName
  throw new OptionError(
    `--preprocessing "${text}": expected one of ${Object.keys(INPUT_RULES).join(', ')}`,
  )
}

export function printTable(rows: readonly (readonly string[])[], print: Print): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  for (const row of rows) {
    print(
      row
        .map((cell, column) => cell.padEnd(widths![column]!))
        .join('  ')
        .trimEnd(),
    )
  }
}
