/**
 * Every setting of a run, once: command line, README, panel and validation read this table. It
 * imports nothing but the errors.
 */
import { OptionError } from './errors.ts'

interface Documented<Kind extends string, Value> {
  readonly kind: Kind
  readonly default: Value
  /** One sentence for people: what it does and which way it moves the picture. */
  readonly help: string
  /** How much of an expert one must be: basic ones are shown first. */
  readonly level: 'basic' | 'advanced'
}

interface NumberOption extends Documented<'number' | 'integer', number> {
  readonly min: number
  readonly max: number
  readonly unit?: string
}
interface ChoiceOption<T extends string = string> extends Documented<'choice', T> {
  readonly choices: readonly T[]
}
interface NumbersOption extends Documented<'numbers' | 'integers', readonly number[]> {
  readonly min: number
  readonly max: number
}
type FlagOption = Documented<'flag', boolean>
type LayersOption = Documented<'layers', readonly string[]>
type TextOption = Documented<'text', string>
export type Option =
  | NumberOption
  | ChoiceOption
  | NumbersOption
  | FlagOption
  | LayersOption
  | TextOption

const number = (option: Omit<NumberOption, 'kind'>): NumberOption => ({ kind: 'number', ...option })
const integer = (option: Omit<NumberOption, 'kind'>): NumberOption => ({
  kind: 'integer',
  ...option,
})
const choice = <const T extends string>(option: {
  readonly default: NoInfer<T>
  readonly choices: readonly T[]
  readonly help: string
  readonly level: 'basic' | 'advanced'
}): ChoiceOption<T> => ({ kind: 'choice', ...option })

const STYLE_LAYERS = ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1']

export const OPTIONS = {
  size: integer({
    default: 512,
    min: 0,
    max: 16384,
    unit: 'px',
    level: 'basic',
    help: "Long edge at which the picture is painted; 0 is the photograph's own. Time grows with its square.",
  }),
  iterations: {
    kind: 'integers',
    default: [60, 110, 110, 110, 40, 15, 8],
    min: 0,
    max: 100_000,
    level: 'basic',
    help: 'Optimiser steps at each scale, coarsest first; the last number serves all finer scales.',
  },
  contentWeight: number({
    default: 4,
    min: 0,
    max: 1e12,
    level: 'basic',
    help: 'How firmly the photograph keeps its shapes.',
  }),
  styleWeight: number({
    default: 50,
    min: 0,
    max: 1e15,
    level: 'basic',
    help: 'How strongly the style takes over.',
  }),
  tvWeight: number({
    default: 60,
    min: 0,
    max: 1e12,
    level: 'basic',
    help: 'Total variation: higher is smoother and has less fine grain.',
  }),
  styleScale: number({
    default: 1,
    min: 0.05,
    max: 20,
    level: 'basic',
    help: 'Size of the brush strokes: long edge of the style image relative to the picture.',
  }),
  colors: choice({
    default: 'style',
    choices: ['style', 'content-luminance', 'content-match'],
    level: 'basic',
    help: "Whose colours the picture takes: the style's; the photograph's, with the style acting on light and dark alone; or the style's strokes in colours matched to the photograph's.",
  }),
  colorsOnly: {
    kind: 'flag',
    default: false,
    level: 'advanced',
    help: "Move the photograph's colours to the style's and paint nothing: takes a moment.",
  },
  init: choice({
    default: 'content',
    choices: ['content', 'random', 'image'],
    level: 'advanced',
    help: 'What the picture starts from: the photograph, seeded noise, or an image of your own, such as an earlier result: scales coarser than it are skipped.',
  }),
  seed: integer({
    default: 0,
    min: 0,
    max: 2 ** 32 - 1,
    level: 'advanced',
    help: 'Seed of the noise; the same seed gives the same picture.',
  }),
  minScale: integer({
    default: 128,
    min: 16,
    max: 16384,
    unit: 'px',
    level: 'advanced',
    help: 'Long edge of the coarsest scale. At or near the size there is a single scale.',
  }),
  scaleRatio: number({
    default: 2,
    min: 1.1,
    max: 8,
    level: 'advanced',
    help: 'How much larger each scale is than the one before.',
  }),
  // Measured, see "The lattice" in bench/README.md.
  shiftShare: number({
    default: 0.25,
    min: 0,
    max: 0.9,
    level: 'advanced',
    help: "Of the last scale's steps, the share at the end that paints the picture moved by a pixel, which leaves less of a lattice of the network's poolings; fewer than twenty, and those of Adam, are not moved.",
  }),
  model: {
    kind: 'text',
    default: 'vgg16',
    level: 'advanced',
    help: 'Network whose features are compared: an installed model by name, or auto: VGG19 where installed, else VGG16.',
  },
  contentLayers: {
    kind: 'layers',
    default: ['relu4_2'],
    level: 'advanced',
    help: 'Layers on which the photograph is compared. Deeper ones allow more freedom.',
  },
  contentLayerWeights: {
    kind: 'numbers',
    default: [1],
    min: 0,
    max: 1e6,
    level: 'advanced',
    help: 'One weight per content layer; the last number serves all further layers.',
  },
  styleLayers: {
    kind: 'layers',
    default: STYLE_LAYERS,
    level: 'advanced',
    help: 'Layers on which the style is compared: shallow ones colour and grain, deep ones motifs.',
  },
  // Deep layers at full weight put motifs of the style image, such as suns and eyes, in the place of
  // the photograph's own shapes: the preset `motifs`. The weight that they lose goes to the others.
  styleLayerWeights: {
    kind: 'numbers',
    default: [1.5, 1.5, 1.5, 0.25, 0],
    min: 0,
    max: 1e6,
    level: 'advanced',
    help: 'One weight per style layer; the last number serves all further layers.',
  },
  styleDepth: {
    kind: 'integers',
    default: [5],
    min: 1,
    max: 5,
    level: 'advanced',
    help: 'Deepest block of layers compared at each scale, coarsest first; the last number serves all finer scales. Large pictures need only texture at the end.',
  },
  // Gram matrices are met by painting a part of the picture all the more, covariances are not: seen
  // with five styles on photographs at 256 to 384 px.
  styleLoss: choice({
    default: 'covariance',
    choices: ['gram', 'covariance', 'wasserstein'],
    level: 'advanced',
    help: 'How styles are compared: Gram matrices, as in the literature, which may leave parts of the picture unpainted; covariances, which paint evenly; or the Wasserstein-2 distance of means and covariances, which keeps shapes and colours a little truer.',
  }),
  lossForm: choice({
    default: 'normalised',
    choices: ['normalised', 'neural-style', 'gatys'],
    level: 'advanced',
    help: 'How losses are scaled: our layer-normalised form, that of neural-style, or that of the Gatys tutorial.',
  }),
  pooling: choice({
    default: 'average',
    choices: ['average', 'max'],
    level: 'advanced',
    help: 'Pooling between blocks: average is smoother, max keeps harder edges.',
  }),
  padding: choice({
    default: 'replicate',
    choices: ['replicate', 'zeros', 'wrap'],
    level: 'advanced',
    help: 'Around the picture: its own edge repeated; black, which leaves a visible border; or its opposite edge, which makes a texture that tiles without a seam.',
  }),
  optimizer: choice({
    default: 'lbfgs',
    choices: ['lbfgs', 'adam'],
    level: 'advanced',
    help: 'L-BFGS gets further per step; Adam needs less memory.',
  }),
  learningRate: number({
    default: 0,
    min: 0,
    max: 100,
    level: 'advanced',
    help: 'Step length of the optimiser; 0 is its own default: 1 for L-BFGS, 0.02 for Adam.',
  }),
  lbfgsMemory: integer({
    default: 10,
    min: 1,
    max: 200,
    level: 'advanced',
    help: 'Steps that L-BFGS remembers. Each costs two pictures of memory.',
  }),
  clamp: {
    kind: 'flag',
    default: true,
    level: 'advanced',
    help: 'Minimise the loss of the picture as it will be shown, its colours clamped to what a file can hold.',
  },
  // Ten times as much and the loss after 25 evaluations is a fifth higher (256 px, normalised).
  overshootWeight: number({
    default: 0.005,
    min: 0,
    max: 1e6,
    level: 'advanced',
    help: 'With clamp: how strongly colours out of range are pulled back, relative to the loss.',
  }),
  precision: choice({
    default: 'auto',
    choices: ['auto', 'float32', 'float16'],
    level: 'advanced',
    help: 'Numbers inside the network: float16 halves memory where the graphics processor has it; auto takes it where it is faster.',
  }),
  convolutions: choice({
    default: 'auto',
    choices: ['auto', 'direct'],
    level: 'advanced',
    help: 'How the network is computed: auto takes fewer products where that is faster and memory allows; direct is what earlier versions did, and takes longer. The pictures are as good, and differ.',
  }),
  memory: integer({
    default: 0,
    min: 0,
    max: 1_048_576,
    unit: 'MB',
    level: 'advanced',
    help: 'Memory that a run may use; less of it means smaller tiles, then a shorter memory of L-BFGS. 0 is a share of what is free.',
  }),
} as const satisfies Record<string, Option>

export type OptionName = keyof typeof OPTIONS

type ValueOf<T extends Option> =
  T extends ChoiceOption<infer C>
    ? C
    : T extends { readonly kind: 'integers' | 'numbers' }
      ? readonly number[]
      : T extends { readonly kind: 'layers' }
        ? readonly string[]
        : T extends { readonly kind: 'flag' }
          ? boolean
          : T extends { readonly kind: 'text' }
            ? string
            : number

export type StylizeOptions = { readonly [K in OptionName]: ValueOf<(typeof OPTIONS)[K]> }

/**
 * For each option, what painted the runs that were recorded (in recipes and actions) before there
 * was the option.
 */
export const BEFORE_OPTIONS = {
  shiftShare: 0,
  convolutions: 'direct',
} as const satisfies Partial<StylizeOptions>

/** `contentWeight` → `content-weight`: the name on the command line and in messages. */
export const flagName = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/**
 * Defaults, then each partial set over the one before, every value checked.
 * @throws OptionError that names the option, what came and what is allowed.
 */
export function resolveOptions(...partials: readonly Partial<StylizeOptions>[]): StylizeOptions {
  const values: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(OPTIONS)) values[name] = option.default
  for (const partial of partials) {
    for (const [name, value] of Object.entries(partial)) {
      if (!Object.hasOwn(OPTIONS, name)) {
        throw new OptionError(
          `option "${name}": no such option; choose from ${Object.keys(OPTIONS).join(', ')}`,
        )
      }
      if (value !== undefined) values[name] = checkOption(name as OptionName, value)
    }
  }
  return values as unknown as StylizeOptions
}

/** @throws OptionError unless `value` is one that the option may have. */
export function checkOption(name: OptionName, value: unknown): unknown {
  const option: Option = OPTIONS[name]
  const refuse = (expected: string): never => {
    const shown = typeof value === 'string' ? `"${value}"` : String(value)
    throw new OptionError(`--${flagName(name)}: expected ${expected}, got ${shown}`)
  }
  const inRange = (item: unknown, min: number, max: number, whole: boolean): boolean =>
    typeof item === 'number' && item >= min && item <= max && (!whole || Number.isInteger(item))

  switch (option.kind) {
    case 'number':
    case 'integer': {
      const whole = option.kind === 'integer'
      if (!inRange(value, option.min, option.max, whole)) {
        refuse(`a ${whole ? 'whole ' : ''}number from ${option.min} to ${option.max}`)
      }
      return value
    }
    case 'numbers':
    case 'integers': {
      const whole = option.kind === 'integers'
      const fits =
        Array.isArray(value) &&
        value.length > 0 &&
        value.every((item) => inRange(item, option.min, option.max, whole))
      if (!fits) {
        refuse(
          `${whole ? 'whole ' : ''}numbers from ${option.min} to ${option.max}, comma-separated`,
        )
      }
      return value
    }
    case 'choice':
      return option.choices.includes(value as string)
        ? value
        : refuse(`one of ${option.choices.join(', ')}`)
    case 'layers': {
      const fits =
        Array.isArray(value) && value.every((item) => /^relu[1-5]_[1-4]$/.test(String(item)))
      if (!fits) refuse('layers such as relu3_1, comma-separated')
      return [...new Set(value as string[])]
    }
    case 'flag':
      return typeof value === 'boolean' ? value : refuse('true or false')
    case 'text':
      return typeof value === 'string' && value.length > 0 ? value : refuse('a name')
  }
}

/** A value as it is typed on a command line. @throws OptionError */
export function parseOption(name: OptionName, text: string): unknown {
  const { kind } = OPTIONS[name] as Option
  const parts = text.split(',').map((part) => part.trim())
  const toNumber = (part: string): number => {
    const value = part === '' ? Number.NaN : Number(part)
    if (Number.isFinite(value)) return value
    const digits = /^[-+]?[\d.]+(?=\s*[a-zµ°%"']+$)/i.exec(part)?.[0]
    throw new OptionError(
      `--${flagName(name)}: expected ${kind.startsWith('i') ? 'a whole number' : 'a number'}, got "${text}"${digits ? `; leave the unit out: ${digits}` : ''}`,
    )
  }
  switch (kind) {
    case 'number':
    case 'integer':
      return checkOption(name, toNumber(text.trim()))
    case 'numbers':
    case 'integers':
      return checkOption(name, parts.map(toNumber))
    case 'layers':
      return checkOption(name, text.trim() === '' ? [] : parts)
    case 'flag':
      return checkOption(name, text === 'true' ? true : text === 'false' ? false : text)
    default:
      return checkOption(name, text)
  }
}
