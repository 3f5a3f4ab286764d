/** The command line: arguments in, exit code out. */

import { Command, CommanderError } from 'commander'
import { reasonOf } from '../engine/errors.ts'
import { flagName } from '../engine/options.ts'
import { PRESETS } from '../engine/presets.ts'
import { addBatchCommand } from './batch-command.ts'
import { describeDevices } from './devices.ts'
import { EXIT, exitCodeOf } from './exit-codes.ts'
import {
  addModelCommand,
  listModelsCommand,
  removeModelCommand,
  verifyModelsCommand,
} from './models/commands.ts'
import { planCommand } from './plan-command.ts'
import { printable } from './printable.ts'
import { addRunFlags, runArguments, type TypedFlags, withSwitchValues } from './run-flags.ts'
import { addSheetCommand } from './sheet-command.ts'
import { showCommand } from './show-command.ts'
import './standard-streams.ts'
import { stylizeCommand } from './stylize-command.ts'
import { VERSION } from './version.ts'

const print = (line: string): void => {
  process.stdout.write(`${printable(line)}\n`)
}

const ACCEPTED = 'JPEG, PNG, WebP, TIFF or PSD'

/** All commands with their flags; commander prints their help, and the documents list them. */
export function makeProgram(): Command {
  const program = new Command('impasto')
    .description('Paints a photograph in the manner of a picture: neural style transfer, offline.')
    .version(VERSION)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })

  const stylize = program
    .command('stylize')
    .description('Paint CONTENT in the style of one or several pictures.')
    .argument('[content]', `${ACCEPTED}; with --from not needed`)
    .option(
      '-o, --out <file>',
      'where the result goes (default: beside the content, "-impasto" added)',
    )
    .option('--report <file.json>', 'write settings, losses and times')
    .option('--plot <file.svg>', 'draw the loss curves')
    .option('--quiet', 'print only what went wrong')
  addRunFlags(stylize)
  stylize.action((content: string | undefined, flags: TypedFlags) =>
    stylizeCommand({
      ...runArguments(flags),
      content,
      out: flags.out as string | undefined,
      report: flags.report as string | undefined,
      plot: flags.plot as string | undefined,
      quiet: Boolean(flags.quiet),
    }),
  )

  const plan = program
    .command('plan')
    .description('Say what `stylize` would do with the same flags: sizes, tiles, memory and time.')
    .argument('[content]', `${ACCEPTED}; with --from not needed`)
    .option('--calibrate', 'measure the speed of the device again')
  addRunFlags(plan)
  plan.action((content: string | undefined, flags: TypedFlags) =>
    planCommand({ ...runArguments(flags), content, calibrate: Boolean(flags.calibrate) }, print),
  )

  addBatchCommand(program, print)
  program
    .command('show')
    .description('Print the settings that a result was painted with.')
    .argument('<file>', `a result: ${ACCEPTED}`)
    .option('--layer <name>', 'painted layer of a PSD (default: all of them)')
    .option('--json', 'as a JSON list of {"layer", "recipe"}')
    .action((file: string, flags: { layer?: string; json?: boolean }) =>
      showCommand({ file, ...flags }, print),
    )
  addSheetCommand(program)
  program
    .command('presets')
    .description('List the presets and what they set.')
    .action(() => {
      for (const { name, description, options } of PRESETS) {
        print(`${name.padEnd(14)}${description}`)
        for (const [key, value] of Object.entries(options)) {
          print(`${' '.repeat(16)}--${flagName(key)} ${value}`)
        }
      }
    })
  program
    .command('devices')
    .description('List where pictures can be computed on this machine.')
    .action(async () => {
      for (const line of await describeDevices()) print(line)
    })

  const models = program.command('models').description('The networks whose features are compared.')
  models
    .command('add')
    .description(
      'Install a VGG16 or VGG19 of your own: safetensors (torchvision or timm keys) or ONNX.',
    )
    .argument('<file>')
    .option('--name <name>', 'what to call it (default: its topology)')
    .option('--preprocessing <rule>', 'torchvision or caffe, where the file does not say')
    .action((file: string, flags: { name?: string; preprocessing?: string }) =>
      addModelCommand({ file, ...flags }, print),
    )
  models
    .command('list')
    .description('List them.')
    .action(() => listModelsCommand(print))
  models
    .command('verify')
    .description('Compare every file with its recorded checksum.')
    .action(() => verifyModelsCommand(print))
  models
    .command('remove')
    .description('Uninstall one that you added.')
    .argument('<name>')
    .action((name: string) => removeModelCommand({ name }, print))
  return program
}

/** Flags of several values. */
const LISTS = ['-s', '--style', '--mask']

/** @param args after the program's name. Never throws: `process.exitCode` says how it ended. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    await makeProgram().parseAsync(withSwitchValues(args), { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version end here too; commander has printed what there is to say.
      if (error.exitCode !== 0) process.exitCode = EXIT.usage
      if (error.code === 'commander.excessArguments') {
        process.stderr.write(
          'impasto: put names with spaces in quotes; the value of an option is one word, as in --memory 4G\n',
        )
      }
      if (error.code === 'commander.missingArgument' && args.some((arg) => LISTS.includes(arg))) {
        process.stderr.write(
          'impasto: --style and --mask take all files behind them; put the content first, or -- before it\n',
        )
      }
    } else {
      process.exitCode = exitCodeOf(error)
      process.stderr.write(`impasto: ${printable(reasonOf(error))}\n`)
      if (process.exitCode === EXIT.internal) {
        process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`)
      }
    }
  }
}
