/** Writes the tables of presets, flags and options into the command line's document: `npm run readme`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { makeProgram } from '../src/cli/main.ts'
import { flagName, OPTIONS, type Option } from '../src/engine/options.ts'
import { PRESETS } from '../src/engine/presets.ts'

export const OPTIONS_DOCUMENT = 'docs/command-line.md'
const path = fileURLToPath(new URL(`../${OPTIONS_DOCUMENT}`, import.meta.url))

/** The document with its tables made anew from what the code declares. */
export function withTables(text: string): string {
  const tables = { presets: presetTable(), flags: flagTable(), options: optionTable() }
  return Object.entries(tables).reduce((whole, [name, table]) => replace(whole, name, table), text)
}

function replace(readme: string, name: string, table: string): string {
  const [before, rest] = split(readme, `<!-- ${name} -->`)
  const [, after] = split(rest, `<!-- /${name} -->`)
  return `${before}<!-- ${name} -->\n\n${table}\n\n<!-- /${name} -->${after}`
}

function split(text: string, marker: string): [string, string] {
  const index = text.indexOf(marker)
  if (index < 0) throw new Error(`${OPTIONS_DOCUMENT}: expected the marker ${marker}`)
  return [text.slice(0, index), text.slice(index + marker.length)]
}

/** Flags of all commands, but for the painting options, which have a table of their own. */
function flagTable(): string {
  const options = new Set(Object.keys(OPTIONS))
  const commands = new Map<string, string[]>()
  for (const [name, command] of commandsOf(makeProgram())) {
    const help = command.createHelp()
    for (const flag of command.options) {
      if (options.has(flag.attributeName())) continue
      const effect = help.optionDescription(flag).replaceAll('|', '\\|')
      const row = `\`${flag.flags}\` | ${effect}`
      commands.set(row, [...(commands.get(row) ?? []), name])
    }
  }
  const rows = [...commands].map(([row, names]) => {
    const [flag, effect] = row.split(' | ')
    return `| ${flag} | ${names.join(', ')} | ${effect} |`
  })
  return ['| flag | of | effect |', '| --- | --- | --- |', ...rows].join('\n')
}

const commandsOf = (program: Command): [string, Command][] =>
  program.commands.flatMap((command) => [
    [command.name(), command] as [string, Command],
    ...commandsOf(command).map(([name, inner]): [string, Command] => [
      `${command.name()} ${name}`,
      inner,
    ]),
  ])

function optionTable(): string {
  const rows = Object.entries(OPTIONS).map(([name, option]: [string, Option]) => {
    const given = Array.isArray(option.default) ? option.default.join(', ') : String(option.default)
    const shown =
      given.length > 12 && !Number.isNaN(Number(given)) ? Number(given).toFixed(4) : given
    return `| \`--${flagName(name)}\` | ${shown} | ${allowed(option)} | ${option.help} |`
  })
  return ['| option | default | allowed | effect |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  )
}

function allowed(option: Option): string {
  if ('choices' in option) return option.choices.join(', ')
  if (!('min' in option))
    return { flag: 'true, false', layers: 'relu1_1 …', text: 'a name' }[option.kind]
  const unit = 'unit' in option && option.unit ? ` ${option.unit}` : ''
  const count = option.kind === 'integers' || option.kind === 'numbers' ? ', comma-separated' : ''
  return `${option.min} … ${option.max}${unit}${count}`
}

const presetTable = (): string =>
  [
    '| preset | what it is for |',
    '| --- | --- |',
    ...PRESETS.map(({ name, description }) => `| \`${name}\` | ${description} |`),
  ].join('\n')

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(path, withTables(readFileSync(path, 'utf8')))
}
