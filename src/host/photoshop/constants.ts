/**
 * The module's enumerations with Photoshop's own values. The type package declares them without
 * values at run time, so they stand here, checked against its names and values one by one.
 */
import type { Photoshop } from './real.ts'

type ValuesOf<Enumeration> = {
  readonly [Name in keyof Enumeration]: Enumeration[Name] extends string
    ? `${Enumeration[Name]}`
    : number
}

type Used =
  | 'BitsPerChannelType'
  | 'BlendMode'
  | 'ChangeMode'
  | 'ColorProfileType'
  | 'DocumentFill'
  | 'DocumentMode'
  | 'ElementPlacement'
  | 'Intent'
  | 'LayerKind'
  | 'NewDocumentMode'
  | 'RasterizeType'
  | 'SaveOptions'
  | 'SelectionType'

const VALUES = {
  BitsPerChannelType: {
    ONE: 'bitDepth1',
    EIGHT: 'bitDepth8',
    SIXTEEN: 'bitDepth16',
    THIRTYTWO: 'bitDepth32',
  },
  BlendMode: {
    NORMAL: 'normal',
    DISSOLVE: 'dissolve',
    DARKEN: 'darken',
    MULTIPLY: 'multiply',
    COLORBURN: 'colorBurn',
    LINEARBURN: 'linearBurn',
    DARKERCOLOR: 'darkerColor',
    LIGHTEN: 'lighten',
    SCREEN: 'screen',
    COLORDODGE: 'colorDodge',
    LINEARDODGE: 'linearDodge',
    LIGHTERCOLOR: 'lighterColor',
    OVERLAY: 'overlay',
    SOFTLIGHT: 'softLight',
    HARDLIGHT: 'hardLight',
    VIVIDLIGHT: 'vividLight',
    LINEARLIGHT: 'linearLight',
    PINLIGHT: 'pinLight',
    HARDMIX: 'hardMix',
    DIFFERENCE: 'difference',
    EXCLUSION: 'exclusion',
    SUBTRACT: 'blendSubtraction',
    DIVIDE: 'blendDivide',
    HUE: 'hue',
    SATURATION: 'saturation',
    COLOR: 'color',
    LUMINOSITY: 'luminosity',
    PASSTHROUGH: 'passThrough',
  },
  ChangeMode: {
    BITMAP: 'bitmapMode',
    CMYK: 'CMYKColorMode',
    GRAYSCALE: 'grayscaleMode',
    INDEXEDCOLOR: 'indexedColorMode',
    LAB: 'labColorMode',
    MULTICHANNEL: 'multichannelMode',
    RGB: 'RGBColorMode',
  },
  ColorProfileType: {
    CUSTOM: 'customEnum',
    NONE: 'none',
    WORKING: 'workingSpaceCode',
  },
  DocumentFill: {
    WHITE: 'white',
    BLACK: 'black',
    BACKGROUNDCOLOR: 'backgroundColor',
    TRANSPARENT: 'transparent',
    COLOR: 'color',
  },
  DocumentMode: {
    BITMAP: 'bitmapMode',
    CMYK: 'CMYKColorMode',
    DUOTONE: 'duotoneMode',
    GRAYSCALE: 'grayscaleMode',
    INDEXEDCOLOR: 'indexedColorMode',
    LAB: 'labColorMode',
    MULTICHANNEL: 'multichannelMode',
    RGB: 'RGBColorMode',
  },
  ElementPlacement: {
    PLACEBEFORE: 'placeBefore',
    PLACEATBEGINNING: 'placeAtBeginning',
    PLACEATEND: 'placeAtEnd',
    PLACEAFTER: 'placeAfter',
    PLACEINSIDE: 'placeInside',
  },
  Intent: {
    ABSOLUTECOLORIMETRIC: 'absColorimetric',
    PERCEPTUAL: 'image',
    RELATIVECOLORIMETRIC: 'colorimetric',
    SATURATION: 'graphics',
  },
  LayerKind: {
    BLACKANDWHITE: 'blackAndWhite',
    BRIGHTNESSCONTRAST: 'brightnessContrast',
    CHANNELMIXER: 'channelMixer',
    COLORBALANCE: 'colorBalance',
    CURVES: 'curves',
    EXPOSURE: 'exposure',
    GRADIENTFILL: 'gradientFill',
    GRADIENTMAP: 'gradientMap',
    HUESATURATION: 'hueSaturation',
    INVERSION: 'inversion',
    LEVELS: 'levels',
    NORMAL: 'pixel',
    PATTERNFILL: 'pattern',
    PHOTOFILTER: 'photoFilter',
    POSTERIZE: 'posterize',
    SELECTIVECOLOR: 'selectiveColor',
    SMARTOBJECT: 'smartObject',
    SOLIDFILL: 'solidColor',
    TEXT: 'text',
    THRESHOLD: 'threshold',
    LAYER3D: 'threeD',
    VIBRANCE: 'vibrance',
    VIDEO: 'video',
    GROUP: 'group',
    COLORLOOKUP: 'colorLookup',
  },
  NewDocumentMode: {
    BITMAP: 'bitmapMode',
    GRAYSCALE: 'grayscaleMode',
    RGB: 'RGBColorMode',
    CMYK: 'CMYKColorMode',
    LAB: 'labColorMode',
  },
  RasterizeType: {
    ENTIRELAYER: 'entire',
    FILLCONTENT: 'content',
    LAYERCLIPPINGPATH: 'clippingPath',
    LINKEDLAYERS: 'linked',
    SHAPE: 'shape',
    TEXTCONTENTS: 'type',
    VECTORMASK: 'vectorMask',
    PLACED: 'placed',
    VIDEO: 'video',
    LAYERSTYLE: 'layerStyle',
  },
  SaveOptions: {
    DONOTSAVECHANGES: 0,
    PROMPTTOSAVECHANGES: 1,
    SAVECHANGES: 2,
  },
  SelectionType: {
    DIMINISH: 'subtractFrom',
    EXTEND: 'addTo',
    INTERSECT: 'intersectWith',
    REPLACE: 'set',
  },
} as const satisfies { readonly [Name in Used]: ValuesOf<Photoshop['constants'][Name]> }

export const constants = VALUES as unknown as Pick<Photoshop['constants'], Used>
