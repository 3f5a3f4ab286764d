/** The command line: arguments in, exit code out. */
import { Command, CommanderError, Option as Flag } from 'commander'
import {
  flagName,
  OPTIONS,
  type Option,
  type OptionName,
  parseOption,
  type StylizeOptions,
} from '../engine/options.ts'
import { PRESETS } from '../engine/presets.ts'
import { describeDevices } from './devices.ts'
import { EXIT, exitCodeOf } from './exit-codes.ts'
import { inMegabytes } from './memory.ts'
import {
  addModelCommand,
  listModelsCommand,
  removeModelCommand,
  verifyModelsCommand,
} from './models/commands.ts'
import { planCommand } from './plan-command.ts'
import { stylizeCommand } from './stylize-command.ts'
import { VERSION } from './version.ts'

// A reader that closes early, as `head` does, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

function makeProgram(): Command {
  const program = new Command('impasto')
    .description('Paints a photograph in the manner of a picture: neural style transfer, offline.')
    .version(VERSION)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })

  const stylize = program
    .command('stylize')
    .description('Paint CONTENT in the style of one or several pictures.')
    .option(
      '-o, --out <file>',
      'where the result goes (default: beside the content, "-impasto" added)',
    )
    .option('--report <file.json>', 'write settings, losses and times')
    .option('--plot <file.svg>', 'draw the loss curves')
    .option('--quiet', 'print only what went wrong')
  addRunFlags(stylize)
  stylize.action((content: string, flags: Record<string, unknown>) =>
    stylizeCommand({
      content,
      styles: flags.style as string[],
      out: flags.out as string | undefined,
      preset: flags.preset as string,
      layer: flags.layer as string | undefined,
      device: flags.device as 'cpu' | 'webgpu' | 'wasm',
      threads: flags.threads as string | undefined,
      report: flags.report as string | undefined,
      plot: flags.plot as string | undefined,
      quiet: Boolean(flags.quiet),
      options: givenOptions(flags),
      initFile: initFile(flags.init),
    }),
  )

  const plan = program
    .command('plan')
    .description('Say what `stylize` would do with the same flags: sizes, tiles, memory and time.')
    .option('--calibrate', 'measure the speed of the device again')
  addRunFlags(plan)
  plan.action((content: string, flags: Record<string, unknown>) =>
    planCommand(
      {
        content,
        styles: flags.style as string[],
        preset: flags.preset as string,
        layer: flags.layer as string | undefined,
        device: flags.device as 'cpu' | 'webgpu' | 'wasm',
        threads: flags.threads as string | undefined,
        calibrate: Boolean(flags.calibrate),
        options: givenOptions(flags),
        initFile: initFile(flags.init),
      },
      print,
    ),
  )

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

/** What a run is made of, and every option. */
function addRunFlags(command: Command): void {
  command
    .argument('<content>', 'JPEG, PNG, WebP, TIFF or PSD')
    .requiredOption(
      '-s, --style <files...>',
      'style pictures; FILE:WEIGHT sets the share of one in a blend',
    )
    .option('-p, --preset <name>', `${PRESETS.map(({ name }) => name).join(', ')}`, 'default')
    .option('--layer <name>', 'layer of a PSD (default: its topmost visible pixel layer)')
    .addOption(
      new Flag('--device <name>', 'where it is computed')
        .choices(['cpu', 'webgpu', 'wasm'])
        .default('cpu'),
    )
    .option('--threads <n>', 'threads of the CPU (default: one a core)')
  for (const [name, option] of Object.entries(OPTIONS)) command.addOption(toFlag(name, option))
}

/** One flag per row of the option table: name, range, default and help come from there. */
function toFlag(name: string, option: Option): Flag {
  const flag = `--${flagName(name)}`
  if (name === 'init') {
    return new Flag(
      `${flag} <start>`,
      `${option.help} content, random or a file (default: content)`,
    )
  }
  if (name === 'memory') {
    return new Flag(`${flag} <size>`, `${option.help} Such as 4G, 800M or 800 (MB) (default: 0)`)
  }
  const value = option.kind === 'flag' ? 'true|false' : option.kind
  const range =
    'min' in option
      ? ` [${option.min} … ${option.max}${'unit' in option && option.unit ? ` ${option.unit}` : ''}]`
      : ''
  const choices = 'choices' in option ? ` (${option.choices.join(', ')})` : ''
  return new Flag(
    `${flag} <${value}>`,
    `${option.help}${choices}${range} (default: ${option.default})`,
  )
}

function givenOptions(flags: Record<string, unknown>): Partial<StylizeOptions> {
  const given: Record<string, unknown> = {}
  for (const name of Object.keys(OPTIONS) as OptionName[]) {
    const typed = flags[name]
    if (typeof typed !== 'string') continue
    const text = name === 'memory' ? inMegabytes(typed) : typed
    given[name] = name === 'init' && initFile(text) ? 'image' : parseOption(name, text)
  }
  return given
}

/** `--init` takes a file where it is none of the words. */
const initFile = (init: unknown): string | undefined =>
  typeof init === 'string' && !['content', 'random'].includes(init) ? init : undefined

try {
  await makeProgram().parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version end here too; commander has printed what there is to say.
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage
  } else {
    process.exitCode = exitCodeOf(error)
    const message = error instanceof Error ? error.message : String(error)
    process.stderr.write(`impasto: ${message}\n`)
    if (process.exitCode === EXIT.internal) {
      process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`)
    }
  }
}
