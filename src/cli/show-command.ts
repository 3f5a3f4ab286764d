/** `impasto show`: the settings that a result was painted with, from its own metadata. */
import { flagName, type OptionName, resolveOptions } from '../engine/options.ts'
import type { FileIdentity, Recipe, RecipeStyle } from '../engine/output/recipe.ts'
import { PRESETS } from '../engine/presets.ts'
import type { Print } from './models/commands.ts'
import { recallAll } from './recall.ts'

interface ShowArguments {
  readonly file: string
  readonly layer?: string
  readonly json?: boolean
}

/** @throws ImageError where there are none; OptionError for such as cannot be read. */
export async function showCommand(
  { file, layer, json }: ShowArguments,
  print: Print,
): Promise<void> {
  const found = await recallAll(file, layer)
  if (json) {
    print(JSON.stringify(found, null, 2))
    return
  }
  for (const [index, { layer: name, recipe }] of found.entries()) {
    if (index > 0) print('')
    if (name !== undefined) print(`layer    ${name}`)
    for (const line of describe(recipe)) print(line)
  }
}

function describe(recipe: Recipe): string[] {
  const { preset, content, styles, strength, init, model, device, impasto } = recipe
  return [
    row('content', named(content, content.document)),
    ...styles.map((style) => row('style', describeStyle(style))),
    ...(strength ? [row('strength', named(strength))] : []),
    ...(init ? [row('init', named(init))] : []),
    row('preset', preset),
    ...departures(recipe).map((text) => row('', text)),
    row('model', named(model)),
    row('device', device),
    row('impasto', impasto),
    ...(recipe.isStopped ? [row('stopped', 'before its end; another run goes further')] : []),
  ]
}

const row = (name: string, text: string): string => `${name.padEnd(9)}${text}`

const named = ({ name, sha256 }: FileIdentity, document?: string): string =>
  `${name}${document ? ` of ${document}` : ''}  (sha256 ${sha256.slice(0, 12)}…)`

const describeStyle = ({ weight, scale, rotation, mask, ...file }: RecipeStyle): string =>
  [
    named(file),
    ...(weight === 1 ? [] : [`weight ${weight}`]),
    ...(scale === 1 ? [] : [`scale ${scale}`]),
    ...(rotation === 0 ? [] : [`turned by ${rotation}°`]),
    ...(mask ? [`where ${named(mask)}`] : []),
  ].join(', ')

/**
 * The settings that the preset of that name does not set so; for a preset that is not built in,
 * those that differ from the default.
 */
function departures({ preset, settings }: Recipe): string[] {
  const known = PRESETS.find(({ name }) => name === preset)
  const base = resolveOptions(known?.options ?? {})
  return (Object.keys(settings) as OptionName[])
    .filter((name) => JSON.stringify(settings[name]) !== JSON.stringify(base[name]))
    .map((name) => `--${flagName(name)} ${settings[name]}`)
}
