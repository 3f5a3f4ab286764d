/** Documents made at random, for tests that hold for all of them. */
import fc from 'fast-check'
import { BACKGROUND_LOCKS, plainLayer } from '../../src/host/photograph.ts'
import type {
  ColorMode,
  Depth,
  DocumentState,
  LayerState,
  MaskState,
  Raster,
  Rect,
  Samples,
} from '../../src/host/state.ts'

const COLORS: Readonly<Record<string, number>> = { rgb: 3, lab: 3, cmyk: 4, multichannel: 3 }

export const rects: fc.Arbitrary<Rect> = fc
  .tuple(
    fc.integer({ min: -9, max: 12 }),
    fc.integer({ min: -9, max: 12 }),
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 6 }),
  )
  .map(([left, top, width, height]) => ({ left, top, right: left + width, bottom: top + height }))

function samples(length: number, depth: Depth): fc.Arbitrary<Samples> {
  const runs = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
    maxLength: 12,
  })
  return runs.map((list) => {
    const out =
      depth === 32
        ? new Float32Array(length)
        : depth === 16
          ? new Uint16Array(length)
          : new Uint8Array(length)
    for (let at = 0, i = 0; at < length; i++) {
      const [seed, count] = list[i % list.length]!
      const value =
        depth === 32
          ? (seed % 3001) / 1000
          : depth === 16
            ? seed % 32_769
            : depth === 8
              ? seed % 256
              : (seed % 2) * 255
      out.fill(value, at, at + count)
      at += count
    }
    return out
  })
}

function rasters(
  mode: ColorMode,
  depth: Depth,
  bounds: fc.Arbitrary<Rect>,
  hasAlpha: boolean,
): fc.Arbitrary<Raster> {
  return bounds.chain((rect) => {
    const plane = samples((rect.right - rect.left) * (rect.bottom - rect.top), depth)
    const count = COLORS[mode] ?? 1
    return fc.record({
      bounds: fc.constant(rect),
      color: fc.array(plane, { minLength: count, maxLength: count }),
      ...(hasAlpha ? { alpha: plane } : {}),
    })
  })
}

function masks(depth: Depth): fc.Arbitrary<MaskState> {
  const full = depth === 16 ? 32_768 : depth === 32 ? 1 : 255
  return rects.chain((bounds) =>
    fc.record({
      bounds: fc.constant(bounds),
      samples: samples((bounds.right - bounds.left) * (bounds.bottom - bounds.top), depth),
      outside: fc.constantFrom(0, full),
      isEnabled: fc.boolean(),
    }),
  )
}

const packets = fc.option(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((xmp) => !xmp.includes('\0')),
  { nil: undefined },
)

const percents = fc.integer({ min: 0, max: 100 })

/** Ids are 0: whoever has all layers numbers them. */
function layers(mode: ColorMode, depth: Depth): fc.Arbitrary<LayerState[]> {
  const common = {
    name: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((n) => !n.includes('\0')),
    isVisible: fc.boolean(),
    opacity: percents,
    fillOpacity: percents,
    isClipped: fc.boolean(),
    locks: fc.record({
      all: fc.boolean(),
      pixels: fc.boolean(),
      position: fc.boolean(),
      transparency: fc.boolean(),
    }),
    mask: fc.option(masks(depth), { nil: undefined }),
    xmp: packets,
  }
  const { tree } = fc.letrec<{ tree: LayerState[]; pixel: LayerState; group: LayerState }>(
    (tie) => ({
      tree: fc.array(fc.oneof({ depthSize: 'small' }, tie('pixel'), tie('group')), {
        maxLength: 4,
      }),
      pixel: fc
        .record({
          ...common,
          blendMode: fc.constantFrom('normal', 'multiply', 'softLight', 'hue', 'blendDivide'),
          raster: fc.option(rasters(mode, depth, rects, true), { nil: undefined }),
        })
        .map((given) => defined({ ...plainLayer(0, ''), ...given })),
      group: fc
        .record({
          ...common,
          blendMode: fc.constantFrom('passThrough', 'normal', 'screen'),
          children: tie('tree'),
        })
        .map((given) => defined({ ...plainLayer(0, ''), ...given, kind: 'group' })),
    }),
  )
  return tree
}

function defined(layer: LayerState): LayerState {
  return Object.fromEntries(
    Object.entries(layer).filter(([, value]) => value !== undefined),
  ) as unknown as LayerState
}

function numbered(stack: readonly LayerState[], next: { id: number }): LayerState[] {
  return stack.map((layer) => ({
    ...layer,
    id: next.id++,
    ...(layer.children ? { children: numbered(layer.children, next) } : {}),
  }))
}

const kinds = fc.constantFrom<{ mode: ColorMode; depth: Depth; isFlat?: boolean }>(
  { mode: 'rgb', depth: 8 },
  { mode: 'rgb', depth: 16 },
  { mode: 'rgb', depth: 32 },
  { mode: 'grayscale', depth: 8 },
  { mode: 'grayscale', depth: 32 },
  { mode: 'cmyk', depth: 8 },
  { mode: 'cmyk', depth: 16 },
  { mode: 'lab', depth: 8 },
  { mode: 'lab', depth: 16 },
  { mode: 'duotone', depth: 8 },
  { mode: 'multichannel', depth: 8, isFlat: true },
  { mode: 'indexed', depth: 8, isFlat: true },
  { mode: 'bitmap', depth: 1, isFlat: true },
)

/** Of any mode and depth, with a background or without, never empty. */
export const documents: fc.Arbitrary<DocumentState> = fc
  .record({
    kind: kinds,
    width: fc.integer({ min: 1, max: 20 }),
    height: fc.integer({ min: 1, max: 12 }),
    resolution: fc.integer({ min: 1, max: 4800 }).map((value) => value / 4),
    hasBackground: fc.boolean(),
  })
  .chain(({ kind: { mode, depth, isFlat = false }, width, height, resolution, hasBackground }) => {
    const canvas = fc.constant({ left: 0, top: 0, right: width, bottom: height })
    const background = rasters(mode, depth, canvas, false).map((raster) => ({
      ...plainLayer(0, 'Background', raster),
      isBackground: true,
      locks: BACKGROUND_LOCKS,
    }))
    const palette = fc.uint8Array({ minLength: 768, maxLength: 768 })
    return fc
      .record({
        above: isFlat ? fc.constant([]) : layers(mode, depth),
        background,
        xmp: packets,
        ...(mode === 'indexed' ? { palette } : {}),
      })
      .map(({ above, background: bottom, xmp, ...rest }) => ({
        ...(xmp === undefined ? {} : { xmp }),
        width,
        height,
        resolution,
        mode,
        depth,
        ...rest,
        layers: numbered(hasBackground || above.length === 0 ? [...above, bottom] : above, {
          id: 1,
        }),
      }))
  })

/** As the model says it, without where it came from. */
export function withoutOrigins({ origin: _, ...state }: DocumentState): DocumentState {
  const strip = ({ origin: __, ...layer }: LayerState): LayerState => ({
    ...layer,
    ...(layer.children ? { children: layer.children.map(strip) } : {}),
  })
  return { ...state, layers: state.layers.map(strip) }
}
