/** action.batchPlay: the few commands that plug-ins like this one need. */

import type { LayerState } from '../state.ts'
import { layerRect, toBounds } from './bounds.ts'
import { coverageToMask } from './coverage.ts'
import { convertSamples } from './depth.ts'
import { deselected } from './document-states.ts'
import { mergeIn } from './layer-commands.ts'
import { checkPercent } from './layer-values.ts'
import type { Platform } from './platform.ts'
import type { Descriptor } from './real.ts'
import { rectAt, reframe } from './samples.ts'
import type { OpenDocument } from './store.ts'
import type { Target } from './target.ts'
import { changeLayer, findLayer, removeLayer } from './tree.ts'
import { EMPTY_PACKET, setXmp, XMP_PROPERTY } from './xmp.ts'

const NOT_AVAILABLE = -25922
const NOT_FOUND = -25920

/** What is thrown becomes an error descriptor in the command's place. */
class CommandError extends Error {
  readonly result: number

  constructor(message: string, result: number) {
    super(message)
    this.result = result
  }
}

type Handler = (platform: Platform, command: Descriptor) => Descriptor

const DONE = (command: Descriptor): Descriptor => ({ _obj: command._obj })

const HANDLERS: Readonly<Record<string, Handler>> = {
  get: (platform, command) => {
    const target = resolve(platform, command._target)
    if (target.channel !== undefined)
      return { _obj: 'channel', ...maskHistogram(platform, command) }
    const values =
      target.kind === 'document' ? describeDocument(target.document) : describeLayer(target)
    if (target.property === undefined) return { _obj: target.kind, ...values }
    if (
      target.property === XMP_PROPERTY &&
      !(XMP_PROPERTY in values) &&
      !platform.switches.absentXmpIsError
    )
      return { _obj: target.kind }
    if (!(target.property in values)) throw unavailable(command)
    return { _obj: target.kind, [target.property]: values[target.property] }
  },

  select: (platform, command) => {
    const target = resolve(platform, command._target)
    if (target.kind === 'document') platform.store.activate(target.document.id)
    else if (target.kind === 'layer')
      platform.store.selectLayers(
        target.document,
        target.layers.map(({ id }) => id),
      )
    else if (target.channel === undefined) throw unavailable(command)
    return DONE(command)
  },

  make: (platform, command) => {
    const target = resolve(platform, command.at)
    const how: unknown = command.using?._value
    if (command.new?._class !== 'channel' || target.channel !== 'mask') throw unavailable(command)
    const [layer] = target.layers
    const { state } = target.document
    const mask = coverageToMask(how, state)
    if (!layer || layer.mask || layer.isBackground || !mask) throw unavailable(command)
    const usesSelection = how === 'revealSelection' || how === 'hideSelection'
    platform.store.change(target.document, 'Add Layer Mask', (before) => ({
      ...(usesSelection ? deselected(before) : before),
      layers: changeLayer(before.layers, layer.id, (found) => ({ ...found, mask })),
    }))
    return DONE(command)
  },

  delete: (platform, command) => {
    const target = resolve(platform, command._target)
    const [layer] = target.layers
    if (!layer) throw unavailable(command)
    if (target.channel === 'mask') {
      if (!layer.mask) throw unavailable(command)
      changeLayerState(platform, target, 'Delete Layer Mask', { mask: undefined })
    } else if (target.kind === 'layer' && !layer.locks.all) {
      platform.store.change(target.document, 'Delete Layer', (state) => ({
        ...state,
        layers: target.layers.reduce((stack, { id }) => removeLayer(stack, id), state.layers),
      }))
    } else throw unavailable(command)
    return DONE(command)
  },

  set: (platform, command) => {
    const target = resolve(platform, command._target)
    const { to } = command
    if (target.property === XMP_PROPERTY) {
      if (!setXmp(platform, target, command)) throw unavailable(command)
    } else if (target.channel === 'selection' && to?._value === 'none') {
      platform.store.change(target.document, 'Deselect', deselected)
    } else if (target.kind === 'layer' && to?._obj === 'layer') {
      const opacity: unknown = to.opacity?._value
      changeLayerState(platform, target, 'Set Layer', {
        ...(typeof to.name === 'string' && { name: to.name }),
        ...(typeof opacity === 'number' && { opacity: checkPercent('opacity', opacity) }),
      })
    } else throw unavailable(command)
    return DONE(command)
  },

  mergeLayersNew: (platform, command) => {
    const { document, layers } = resolve(platform, command._target)
    const [layer, ...others] = layers
    if (!layer?.children || others.length > 0) throw unavailable(command)
    mergeIn(platform.store, document, layer)
    return DONE(command)
  },

  hide: setVisibility(false),
  show: setVisibility(true),

  rasterizeLayer: (platform, command) => {
    const target = resolve(platform, command._target)
    if (!target.layers.every(({ raster, kind }) => raster && kind !== 'pixel'))
      throw unavailable(command)
    changeLayerState(platform, target, 'Rasterize Layer', { kind: 'pixel' })
    return DONE(command)
  },
}

function setVisibility(isVisible: boolean): Handler {
  return (platform, command) => {
    const target = resolve(platform, command._target)
    changeLayerState(platform, target, 'Layer Visibility', { isVisible })
    return DONE(command)
  }
}

export async function batchPlay(
  platform: Platform,
  commands: Descriptor[],
  continuesOnError: boolean,
): Promise<Descriptor[]> {
  if (!Array.isArray(commands) || commands.some((command) => typeof command?._obj !== 'string'))
    throw new TypeError('batchPlay: expected a list of descriptors, each with an _obj')
  const results: Descriptor[] = []
  if (commands.every(({ _obj }) => _obj === 'get')) {
    return platform.readLater('batchPlay.get', () => {
      for (const command of commands) {
        const result = perform(platform, command)
        results.push(result)
        if (result._obj === 'error' && !continuesOnError) break
      }
      return results
    })
  }
  for (const command of commands) {
    const play = (): Descriptor => perform(platform, command)
    const result = await (command._obj === 'get'
      ? platform.readLater('batchPlay.get', play)
      : platform.writeLater(command._obj, play))
    results.push(result)
    if (result._obj === 'error' && !continuesOnError) break
  }
  return results
}

function perform(platform: Platform, command: Descriptor): Descriptor {
  try {
    const handler = Object.hasOwn(HANDLERS, command._obj) ? HANDLERS[command._obj] : undefined
    if (!handler) throw unavailable(command)
    const result = handler(platform, command)
    if (command._obj !== 'get') platform.notifications.emit(command._obj, command)
    return result
  } catch (error) {
    if (platform.switches.batchPlayThrows || !(error instanceof CommandError)) throw error
    return { _obj: 'error', message: error.message, result: error.result }
  }
}

function unavailable({ _obj }: Descriptor): CommandError {
  return new CommandError(`The command “${_obj}” is not currently available.`, NOT_AVAILABLE)
}

function missing(what: string): CommandError {
  return new CommandError(`The ${what} is not available: there is no such object.`, NOT_FOUND)
}

/** References go from the part to the whole; what is not named is the active one. */
function resolve(platform: Platform, given: unknown): Target {
  const references: Record<string, unknown>[] = Array.isArray(given)
    ? given
    : given
      ? [given as Record<string, unknown>]
      : []
  const byKind = (kind: string) => references.find(({ _ref }) => _ref === kind)
  const documentRef = byKind('document')
  const document =
    typeof documentRef?._id === 'number'
      ? platform.store.find(documentRef._id)
      : platform.store.active
  if (!document) throw missing('document')
  const layerRefs = references.filter(({ _ref }) => _ref === 'layer')
  const ids = layerRefs.flatMap(({ _id }) => (typeof _id === 'number' ? [_id] : []))
  const layers = (ids.length > 0 ? ids : document.selectedLayerIds).map((id) => {
    const layer = findLayer(document.state.layers, id)
    if (!layer) throw missing('layer')
    return layer
  })
  const channelRef = byKind('channel')
  const property = references.find(
    ({ _ref, _property }) => typeof _property === 'string' && _ref !== 'channel',
  )?._property
  const owner = references.find(({ _ref }) => _ref !== undefined && _ref !== 'property')
  return {
    document,
    layers,
    kind: String(owner?._ref ?? 'layer'),
    property: property as string | undefined,
    channel: channelRef && String(channelRef._value ?? channelRef._property),
  }
}

/** How many pixels of the canvas have each of 256 levels; where some are selected, how many of those. */
function maskHistogram(platform: Platform, command: Descriptor): { readonly histogram: number[] } {
  const {
    layers: [layer],
    document: { state },
    channel,
    property,
  } = resolve(platform, command._target)
  const isKnown = property === 'histogram' && channel === 'mask'
  if (!isKnown || !layer?.mask || !platform.switches.masksHaveHistograms) throw unavailable(command)
  const { width, height, depth, selection } = state
  const canvas = rectAt(0, 0, width, height)
  const { samples, bounds, outside } = layer.mask
  const shown = convertSamples(reframe(samples, bounds, canvas, outside), depth, 8, false)
  const selected = selection && reframe(selection.coverage, selection.bounds, canvas)
  const histogram = new Array<number>(256).fill(0)
  shown.forEach((level, i) => {
    if (!selected || selected[i]! > 0) histogram[level]!++
  })
  return { histogram }
}

function changeLayerState(
  platform: Platform,
  { document, layers }: Target,
  name: string,
  values: Partial<LayerState>,
): void {
  platform.store.change(document, name, (state) => ({
    ...state,
    layers: layers.reduce(
      (stack, { id }) => changeLayer(stack, id, (layer) => ({ ...layer, ...values })),
      state.layers,
    ),
  }))
}

function describeLayer({ layers: [layer], document }: Target): Readonly<Record<string, unknown>> {
  if (!layer) throw missing('layer')
  const { left, top, right, bottom } = toBounds(layerRect(layer))
  return {
    layerID: layer.id,
    name: layer.name,
    visible: layer.isVisible,
    opacity: Math.round((layer.opacity * 255) / 100),
    background: layer.isBackground,
    group: layer.isClipped,
    artboardEnabled: layer.isArtboard,
    hasUserMask: layer.mask !== undefined,
    ...(layer.xmp !== undefined && { [XMP_PROPERTY]: layer.xmp }),
    bounds: { _obj: 'rectangle', left, top, right, bottom },
    boundsNoEffects: { _obj: 'rectangle', left, top, right, bottom },
    count: document.state.layers.length,
  }
}

function describeDocument({ id, title, state }: OpenDocument): Readonly<Record<string, unknown>> {
  return {
    documentID: id,
    title,
    depth: state.depth,
    numberOfLayers: state.layers.length,
    hasBackgroundLayer: state.layers.some(({ isBackground }) => isBackground),
    [XMP_PROPERTY]: state.xmp ?? EMPTY_PACKET,
  }
}
