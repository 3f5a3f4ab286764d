/** Blend modes: PSD files name them by four characters, Photoshop's constants by words. */
const BLEND_MODES: Readonly<Record<string, string>> = {
  pass: 'passThrough',
  norm: 'normal',
  diss: 'dissolve',
  dark: 'darken',
  'mul ': 'multiply',
  idiv: 'colorBurn',
  lbrn: 'linearBurn',
  dkCl: 'darkerColor',
  lite: 'lighten',
  scrn: 'screen',
  'div ': 'colorDodge',
  lddg: 'linearDodge',
  lgCl: 'lighterColor',
  over: 'overlay',
  sLit: 'softLight',
  hLit: 'hardLight',
  vLit: 'vividLight',
  lLit: 'linearLight',
  pLit: 'pinLight',
  hMix: 'hardMix',
  diff: 'difference',
  smud: 'exclusion',
  fsub: 'blendSubtraction',
  fdiv: 'blendDivide',
  'hue ': 'hue',
  'sat ': 'saturation',
  colr: 'color',
  'lum ': 'luminosity',
}

/** Unknown ones count as normal. */
export function blendModeName(key: string): string {
  return BLEND_MODES[key] ?? 'normal'
}

export function blendModeKey(name: string): string {
  return Object.entries(BLEND_MODES).find(([, value]) => value === name)?.[0] ?? 'norm'
}
