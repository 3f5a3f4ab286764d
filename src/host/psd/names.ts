/** What PSD files call by four characters, and Photoshop's constants by words. */
import type { PsdLayer } from '../../psd/layer-record.ts'
import type { LayerKindValue } from '../state.ts'

/** Tagged blocks that make a layer something else than pixels, and constants.LayerKind of each. */
const KINDS: Readonly<Record<string, LayerKindValue>> = {
  TySh: 'text',
  tySh: 'text',
  SoLd: 'smartObject',
  SoLE: 'smartObject',
  PlLd: 'smartObject',
  plLd: 'smartObject',
  SoCo: 'solidColor',
  GdFl: 'gradientFill',
  PtFl: 'pattern',
  brit: 'brightnessContrast',
  CgEd: 'brightnessContrast',
  levl: 'levels',
  curv: 'curves',
  expA: 'exposure',
  vibA: 'vibrance',
  'hue ': 'hueSaturation',
  hue2: 'hueSaturation',
  blnc: 'colorBalance',
  blwh: 'blackAndWhite',
  phfl: 'photoFilter',
  mixr: 'channelMixer',
  clrL: 'colorLookup',
  nvrt: 'inversion',
  post: 'posterize',
  thrs: 'threshold',
  grdm: 'gradientMap',
  selc: 'selectiveColor',
}

export function kindOf({ kind, blocks }: PsdLayer): LayerKindValue {
  if (kind === 'group') return 'group'
  const keys = blocks.map(({ key }) => key)
  return Object.entries(KINDS).find(([key]) => keys.includes(key))?.[1] ?? 'pixel'
}

export function isKindBlock(key: string): boolean {
  return key in KINDS
}
