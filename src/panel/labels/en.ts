/** Every text of the panel in English; the shape that other languages must fill. */
import type { DeviceChoice } from '../../bridge/messages.ts'
import type { ErrorCode } from '../../engine/errors.ts'
import { OPTIONS, type OptionName } from '../../engine/options.ts'
import { PRESETS } from '../../engine/presets.ts'
import type { PictureProblem, StyleAmounts } from '../carried-styles.ts'
import type { DocumentProblem, Placement } from '../document.ts'
import type { GalleryTab } from '../gallery-tabs.ts'
import type { GoingOn } from '../going-on.ts'
import type { Group } from '../option-groups.ts'
import type { SliderName } from '../sliders.ts'
import type { BuiltInStyle } from '../styles.ts'
import { type CheckName, type CheckTexts, checksEn } from './self-test-en.ts'

type ChoiceName = Exclude<
  {
    [K in OptionName]: (typeof OPTIONS)[K] extends { readonly choices: readonly (infer C)[] }
      ? C
      : never
  }[OptionName],
  never
>

const built = <K extends string, V>(names: readonly K[], make: (name: K) => V): Record<K, V> =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<K, V>

/** `contentLayerWeights` → `Content layer weights`. */
const spaced = (name: string): string => {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words[0]!.toUpperCase() + words.slice(1)
}

/** Names that come from elsewhere. */
const PRESET_NAMES: Readonly<Record<string, string>> = {
  'gatys-2015': 'Gatys 2015',
  'neural-style': 'Neural Style',
}

const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[]

export const en = {
  // Header
  noLayer: 'Nothing to paint yet',
  layerSize: (width: string, height: string) => `${width} × ${height} px`,
  severalLayers: (count: number) => `${count} layers`,
  sameSettings: 'Same settings',
  sameSettingsHelp: 'Take the settings with which this layer was painted.',
  paintedFrom: (layerName: string) => `Painted from “${layerName}”`,
  paintOnTop: 'Paint on top of this result',
  settingsTaken: (layerName: string) => `The settings are those of “${layerName}”.`,
  settingsWithout: (names: string) =>
    `The settings are taken, but this was not found: ${names}. Choose it anew.`,

  // Style
  style: 'Style',
  addStyle: 'Add a style',
  removeStyle: (name: string) => `Remove ${name}`,
  styleDetails: (name: string) => `Size, rotation and place of ${name}`,
  amounts: {
    weight: 'Share (%)',
    scale: 'Stroke size (×)',
    rotation: 'Rotation (°)',
  } as Record<keyof StyleAmounts, string>,
  where: 'Where it paints',
  whereHelp: 'Styles with a place of their own paint there; the others share the rest.',
  strengthMap: 'Strength follows',
  strengthMapHelp: 'Where it is dark, the photograph stays.',
  places: {
    everywhere: 'Everywhere',
    selection: 'Selection',
    'layer-mask': 'Layer mask',
  },
  placeLayer: (name: string) => `Layer “${name}”`,
  styles: {
    oil: 'Oil',
    watercolour: 'Watercolour',
    ink: 'Ink',
    woodblock: 'Woodblock',
    glass: 'Stained glass',
    pointillism: 'Pointillism',
    mosaic: 'Mosaic',
    marbled: 'Marbled paper',
    charcoal: 'Charcoal',
    risograph: 'Risograph',
  } as Record<BuiltInStyle, string>,
  gallery: { 'built-in': 'Built-in', recent: 'Recent', favourites: 'Favourites' } as Record<
    GalleryTab,
    string
  >,
  galleryEmpty: {
    recent: 'Pictures of your own appear here: “Choose…” takes one.',
    favourites: 'Press ☆ to keep the chosen style here.',
  },
  choose: 'Choose…',
  fromFile: 'File…',
  fromLayer: 'Selected layer',
  fromDocument: (title: string) => `Document “${title}”`,
  randomStyle: 'Random',
  favourite: (name: string) => `Add ${name} to the favourites`,
  notFavourite: (name: string) => `Take ${name} from the favourites`,
  chooseFile: 'Choose file…',
  styleFileGone: (name: string) =>
    `“${name}” is no longer where it was, or may no longer be read. Choose the file again.`,
  styleFileUnreadable: (name: string) =>
    `“${name}” cannot be read as a picture. Choose a JPEG, PNG, WebP, GIF, BMP or AVIF file.`,

  // Settings
  preset: 'Preset',
  classicPresets: 'Classic',
  ownPresets: 'Yours',
  savePreset: 'Save…',
  changedPreset: (name: string) => `${name} (changed)`,
  reset: 'Reset',
  presets: built(
    PRESETS.map(({ name }) => name),
    (name) => ({
      name: PRESET_NAMES[name] ?? spaced(name),
      description: PRESETS.find((preset) => preset.name === name)!.description,
    }),
  ) as Record<string, { readonly name: string; readonly description: string }>,
  sliders: {
    motifs: 'Motifs',
    strength: 'Strength',
    styleSize: 'Style size',
    detail: 'Detail',
    smoothness: 'Smoothness',
  } as Record<SliderName, string>,
  sliderHelp: {
    motifs:
      'From painting what is there to putting the style’s own motifs, such as suns and eyes, into the picture.',
    strength: 'How strongly the style takes over.',
    styleSize: 'Size of the brush strokes.',
    detail: 'How much of the photograph’s detail is kept.',
    smoothness: 'More is smoother, with less fine grain.',
  } as Record<SliderName, string>,
  /** What the left end means, and the right. */
  sliderEnds: {
    motifs: { low: 'Keeps the photo', high: 'The style’s motifs' },
    strength: { low: 'Photo', high: 'Style' },
    styleSize: { low: 'Fine', high: 'Bold' },
    detail: { low: 'Free', high: 'Faithful' },
    smoothness: { low: 'Grainy', high: 'Smooth' },
  } as Record<SliderName, { readonly low: string; readonly high: string }>,
  resetSlider: (name: string) => `Reset ${name} (or double-click it)`,
  colours: 'Colours',
  size: 'Paint at',
  sizes: {
    256: 'Quick look (256 px)',
    384: 'Panel preview (384 px)',
  } as Record<number, string>,
  sizeInPx: (edge: string) => `${edge} px`,
  sizeOfLayer: (edge?: string) => (edge ? `Full layer size (${edge} px)` : 'Full layer size'),
  planned: (memory: string) => `Takes ${memory} of memory.`,
  plannedInTiles: (memory: string, tiles: string) =>
    `Takes ${memory} of memory, in ${tiles} tiles.`,
  /** @param reason the engine's own words, in English. */
  cannotPlan: (reason: string) => `This cannot be painted here: ${reason}`,
  tooLarge: (needed: string, allowed: string) =>
    `This picture needs more memory than there is: choose a smaller size. It takes ${needed}, ${allowed} may be used.`,
  predictedLater: 'Time and memory are predicted once the engine has started.',
  megabytes: (amount: string) => `${amount} MB`,
  gigabytes: (amount: string) => `${amount} GB`,

  // Advanced
  advanced: 'Advanced',
  resetToPreset: 'Reset to preset',
  device: 'Runs on',
  devices: {
    auto: 'Fastest available',
    webgpu: 'Graphics card',
    wasm: 'Processor',
  } as Record<DeviceChoice, string>,
  groups: {
    colours: 'Colours in range',
    start: 'Start and edges',
    quality: 'Quality',
    network: 'Network',
    optimiser: 'Optimiser',
  } as Record<Group, string>,
  anotherVariation: 'Another',
  optionNames: {
    size: 'Paint at',
    iterations: 'Steps at each scale',
    contentWeight: 'Content weight',
    styleWeight: 'Style weight',
    tvWeight: 'Smoothing',
    styleScale: 'Style size',
    colors: 'Colours',
    colorsOnly: 'The style’s, moved only',
    init: 'Starts from',
    seed: 'Variation',
    minScale: 'Coarsest scale',
    scaleRatio: 'Scale ratio',
    shiftShare: 'Share of shifted steps',
    model: 'Network',
    contentLayers: 'Content layers',
    contentLayerWeights: 'Weights of content layers',
    styleLayers: 'Style layers',
    styleLayerWeights: 'Weights of style layers',
    styleDepth: 'Depth at each scale',
    styleLoss: 'Styles are compared by',
    lossForm: 'Form of the loss',
    pooling: 'Pooling',
    padding: 'Around the picture',
    optimizer: 'Optimiser',
    learningRate: 'Step length',
    lbfgsMemory: 'Steps remembered',
    clamp: 'Keep colours in range',
    overshootWeight: 'Pull back into range',
    precision: 'Precision',
    convolutions: 'Convolutions',
    memory: 'Memory',
  } as Record<OptionName, string>,
  optionHelp: {
    ...built(OPTION_NAMES, (name) => OPTIONS[name].help),
    // An image of one's own to start from is for the command line.
    init: 'What the picture starts from: the photograph or noise.',
    seed: 'Number of the noise; the same number gives the same picture.',
    model: 'Network whose features are compared. Automatic: VGG19 where it is there, else VGG16.',
    overshootWeight:
      'Where colours are kept in range: how strongly those beyond it are pulled back, relative to the loss.',
  } as Record<OptionName, string>,
  choices: {
    style: 'The style’s',
    'content-luminance': 'The photograph’s',
    'content-match': 'Matched to the photograph',
    gram: 'Gram matrix',
    covariance: 'Covariance',
    wasserstein: 'Wasserstein',
    wrap: 'Opposite edge (seamless)',
    content: 'Photograph',
    random: 'Noise',
    image: 'Image',
    normalised: 'Normalised',
    'neural-style': 'Neural Style',
    gatys: 'Gatys',
    average: 'Average',
    max: 'Maximum',
    replicate: 'Repeat the edge',
    zeros: 'Black',
    lbfgs: 'L-BFGS',
    adam: 'Adam',
    auto: 'Automatic',
    float32: 'float32',
    float16: 'float16',
    direct: 'As in earlier versions',
  } satisfies Record<ChoiceName, string> as Record<ChoiceName, string>,
  expected: (allowed: string) => `Expected: ${allowed}`,
  mustBe: (name: string, allowed: string) => `“${name}” must be ${allowed}.`,
  showField: 'Show',
  /** @param name of a network. */
  notInstalled: (name: string) => `${name} (not installed)`,
  allowedList: (allowed: string) => `${allowed}, separated by commas`,

  // Run
  facts: {
    /** @param edge long edge at which it is painted, @param whole the layer's, px. */
    enlarged: (edge: string, whole: string) => `${edge} px of ${whole}, then enlarged`,
    whole: (edge: string) => `${edge} px`,
    about: (duration: string) => `about ${duration}`,
    atOnce: 'under a second',
    devices: { webgpu: 'graphics card', wasm: 'processor' },
  },
  preview: 'Preview',
  previewIn: (duration: string) => `Preview (${duration})`,
  previewHelp: 'A quick small picture in the panel; the document stays as it is.',
  previews: {
    painting: 'Painting a preview…',
    shown: 'Preview. Stylize paints it at full size.',
  },
  trySmaller: (edge: string, duration: string) => `Try ${edge} px (${duration})`,
  longRun: (duration: string) =>
    `This will take about ${duration}. Photoshop stays usable meanwhile, and “Stop and keep” takes the best picture so far.`,
  longRunTitle: 'A long run',
  paintAnyway: 'Paint',
  stylize: 'Stylize',
  stylizeLayers: (count: number) => `Stylize ${count} layers`,
  goOn: 'Continue',
  goOnHelp: 'Goes on from this picture, to a new layer above it.',
  goOnBy: {
    more: 'More steps',
    larger: 'Next size',
    stronger: 'Stronger',
  } as Record<GoingOn, string>,
  goOnAt: (size: string) => `Next size: ${size}`,
  stop: 'Stop and keep',
  cancel: 'Cancel',
  phases: {
    reading: 'Reading the layer…',
    opening: 'Starting the engine…',
    painting: 'Painting…',
    stopping: 'Stopping…',
    inserting: 'Making the new layer…',
  },
  paintingOf: (layer: string, document: string) => `Painting “${layer}” in ${document}…`,
  paused: 'Paused: bring the Impasto panel to the front.',
  scale: (index: number, count: number, size: string) => `Scale ${index} of ${count} · ${size}`,
  iteration: (index: number, count: number) => `Step ${index} of ${count}`,
  loss: (loss: string) => `Loss ${loss}`,
  left: (duration: string) => `${duration} left`,
  done: (layerName: string, document: string, duration: string) =>
    `New layer “${layerName}” in ${document} (${duration})`,
  doneEarly: (layerName: string, document: string, duration: string) =>
    `Stopped early: new layer “${layerName}” in ${document} (${duration})`,
  /** @param warning the engine's own words, in English. */
  doneWarning: (warning: string) => warning,
  recipeLost:
    'The settings could not be stored with it: “Same settings” and “Continue” will not know them later.',
  batchPosition: (index: number, count: number, name: string) =>
    `Layer ${index} of ${count}: ${name}`,
  batchDone: (painted: number, count: number) => `${painted} of ${count} layers are painted.`,
  batchCancelled: (painted: number, count: number) =>
    `Cancelled: ${painted} of ${count} layers are painted.`,
  batchFailure: (name: string, reason: string) => `${name}: ${reason}`,
  held: 'The picture is kept here.',
  placements: {
    'above-source': 'Insert',
    'top-of-document': 'Insert at top',
    'new-document': 'New document',
  } as Record<Placement, string>,
  discard: 'Discard',
  layerName: (style: string, preset: string, edge: string) => `${style} · ${preset} · ${edge} px`,

  // Problems
  problems: {
    'no-document': 'Open a document to paint one of its layers.',
    'no-layer': 'Select the layer to paint.',
    'several-layers': 'Several layers are selected. Select one.',
    'adjustment-layer': 'An adjustment layer has no pixels. Select a layer with a picture.',
    'empty-layer': 'The layer is empty. Select one with a picture.',
    artboard: 'An artboard is selected. Select a layer or a group in it.',
    'unsupported-mode':
      'This colour mode cannot be painted. Use Image › Mode to change to RGB Color.',
    'selection-outside': 'The selection does not touch the layer. Deselect, or select part of it.',
    'no-selection':
      'A style or the strength follows the selection, and nothing is selected. Select something, or choose where it goes anew.',
    'no-layer-mask':
      'A style or the strength follows the layer’s mask, and the layer has none that shows anything. Add one, or choose where it goes anew.',
    'mask-layer-gone':
      'A layer that a style or the strength follows is gone or has no pixels. Choose where it goes anew.',
    'original-gone':
      'The layer from which this one was painted is not in the document any more, or was changed or renamed. Use “Same settings”, then select the layer to paint with them.',
    'layer-moved': 'This layer was moved away from the one that it was painted from. Move it back.',
    busy: 'Photoshop is busy with something else. Finish or close that, then try again.',
    cancelled: 'It was cancelled in Photoshop. Nothing was changed.',
    'document-closed': 'The document was closed meanwhile.',
    'layer-deleted': 'The layer was deleted meanwhile.',
    'document-changed': 'The document’s mode or depth was changed meanwhile.',
    failed: 'Photoshop could not do it. Nothing was changed; try again.',
  } as Record<DocumentProblem, string>,
  errors: {
    shape: 'The engine made a mistake. Please report it with the text of Diagnostics.',
    option: 'A setting does not fit. Reset to the preset, or correct the setting.',
    image: 'A picture cannot be used. Choose another one.',
    model: 'The network’s weights cannot be used. Install the plug-in again.',
    runtime:
      'The device failed, perhaps for want of memory. Paint at a smaller size, or choose the processor under Advanced › Quality › Runs on.',
    cancelled: 'Cancelled; nothing was changed.',
    bridge: 'The engine page was interrupted. Nothing was changed; try again.',
    internal: 'Something went wrong. Please report it with the text of Diagnostics.',
  } as Record<ErrorCode | 'internal', string>,

  modelMissing: (name: string) =>
    `The network “${name}” is not in this plug-in. Choose another under Advanced › Network.`,
  networkProfile:
    'Your Photoshop loads no page of a plug-in that lies on a network drive, as with a roaming profile. Update Photoshop to version 27.10 or newer, or use an account whose profile is on this computer.',

  // Engine
  engineAsleep: 'The engine starts with the first use.',
  engineLoading: 'Starting the engine…',
  engineLoadingPart: (loaded: string, total: string) =>
    `Starting the engine: ${loaded} of ${total} MB`,
  engineFailed: 'The engine did not start.',
  onGpu: 'Runs on the graphics card',
  onProcessor: 'Runs on the processor',
  /** @param reason the engine's own words, in English. */
  fallback: (reason: string) => reason,
  original: 'Original',
  previewIdle: 'The picture forms here.',

  // Flyout menu
  menu: {
    stylize: 'Stylize with last settings',
    savePreset: 'Save preset…',
    managePresets: 'Manage presets…',
    importPresets: 'Import presets…',
    exportPresets: 'Export presets…',
    keepInFolder: 'Keep presets in a folder…',
    diagnostics: 'Diagnostics…',
    help: 'Help',
    about: 'About Impasto',
  },

  // Dialogs
  save: 'Save',
  close: 'Close',
  remove: 'Delete',
  reallyRemove: (name: string) => `Delete “${name}”? This cannot be undone.`,
  keep: 'Keep',
  copy: 'Copy',
  copied: 'Copied.',
  copyByHand: 'Select the text and copy it with the keyboard.',
  presetName: 'Name of the preset',
  presetNameProblems: {
    empty: 'Give it a name.',
    'too long': 'The name is too long.',
    taken: 'A built-in preset has that name. Choose another.',
    used: 'Another preset has that name. Choose another.',
  },
  presetWithStyles: 'Keep the styles in the preset',
  presetStyleProblems: {
    'too large': (name: string) =>
      `“${name}” is larger than 2 MB. Save a smaller copy, or leave the styles out.`,
    format: (name: string) =>
      `“${name}” is neither JPEG nor PNG. Save it as one of them, or leave the styles out.`,
  } as Record<PictureProblem, (name: string) => string>,
  presetsFull: 'There is no room for more presets. Delete some first.',
  presetsNotKept:
    'There is no room to remember the presets: they last until Photoshop closes. Export them to keep them.',
  presetSaved: (name: string) => `Preset “${name}” is saved.`,
  presetsAtRisk:
    'An upgrade of Photoshop or of the plug-in may forget it, unless presets are kept in a folder or exported: see the panel’s menu.',
  noPresets:
    'There are no presets of your own yet. “Save preset…” makes one of the settings. If you kept some in a folder before, choose it again with “Keep presets in a folder…”.',
  keptInFolder: (name: string, count: number) =>
    `Presets (${count}) and recent styles are kept in the folder “${name}” from now on. After an upgrade of Photoshop, choose it again.`,
  folderGone: (name: string) =>
    `The folder “${name}”, in which presets are kept, cannot be used. What the panel remembers is used instead; choose the folder again with “Keep presets in a folder…”.`,
  folderNotWritten: (name: string) =>
    `Presets and recent styles could not be written into the folder “${name}”. The panel remembers them; choose the folder again, or export the presets.`,
  folderNotChosen:
    'Presets cannot be kept in that folder. Choose another one, or export the presets.',
  presetsImported: (count: number) =>
    count === 1 ? 'One preset was imported.' : `${count} presets were imported.`,
  presetsNotImported: 'The presets were not imported; nothing was changed.',
  presetsExported: (name: string) => `The presets are in ${name}.`,
  fileNotWritten: 'The file could not be written.',
  panelNeeded: 'Impasto paints in its panel. Open Plugins › Impasto and start again.',
  helpText: [
    'Select one layer, choose a style, and press Stylize. The picture forms in the preview, and becomes a new layer above yours: one step to undo.',
    'A selection limits the new layer by a mask, unless a style or the strength follows it.',
    'Several styles blend by weight, or each paints in its place: the selection, the layer’s mask, or what is bright in another layer.',
    '“Stop and keep” takes the best picture so far. “Cancel”, or the Esc key, takes nothing. “Continue” goes on from a painting, to a new layer above it.',
    'Select a layer that Impasto painted: “Same settings” takes what it was painted with, “Continue” goes on from it, and “Stylize” paints anew what it was painted from.',
    'With several layers selected, each is painted in turn.',
    'Painting at a larger size shows finer strokes; time grows with the square of the size.',
    'If nothing seems to happen after “File…”, the file dialog may have opened behind a window or a floating panel: move them aside, or press Esc and choose again.',
    'To use it on many pictures, record an action: Plugins › Impasto › Stylize Layer is recorded with its settings. “Record Again” plays such a step and then keeps the settings that the panel has.',
    'If Photoshop says “Script action failed” when it plays one, the plug-in was not loaded: open the Impasto panel and play the action again.',
  ] as readonly string[],
  aboutText: (version: string) =>
    [
      `Impasto ${version}`,
      'Neural style transfer after Gatys, Ecker and Bethge (2015). Everything is computed on this computer; nothing leaves it.',
    ] as readonly string[],

  // Self-test
  selfTest: {
    start: 'Test this Photoshop',
    explained:
      'Tests what Impasto relies on, in about a minute, on documents of its own that are closed again.',
    progress: (done: number, all: number) => `Testing this Photoshop: ${done} of ${all}…`,
    busy: 'Impasto is painting. Test when it has ended.',
    sum: (differing: number, untested: number) =>
      differing + untested === 0
        ? 'All is as expected.'
        : `Differs from what is expected: ${differing}. Could not be tested: ${untested}.`,
    asExpected: 'as expected',
    differs: 'differs',
    untested: 'not tested',
    expected: 'Expected',
    found: 'Found',
    save: 'Save…',
    saved: (name: string) => `Saved as ${name}.`,
    checks: checksEn as Record<CheckName, CheckTexts>,
  },

  // Times
  lessThanASecond: 'less than a second',
  hours: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
  minutes: (minutes: number, seconds: number) =>
    seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`,
  seconds: (seconds: number) => `${seconds} s`,
}

export type Labels = typeof en
