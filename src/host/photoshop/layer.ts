/** Layer of the DOM. It only holds the layer's ids, and asks anew at every access. */
import type { LayerState } from '../state.ts'
import { layerRect, toBounds } from './bounds.ts'
import type { Dom } from './dom.ts'
import {
  duplicate,
  merge,
  move,
  moveToEnd,
  rasterize,
  remove,
  type Target,
} from './layer-commands.ts'
import { checkBlendMode, checkPercent } from './layer-values.ts'
import type { RealBounds, RealDocument, RealLayer, RealLayers } from './real.ts'
import type { OpenDocument } from './store.ts'
import { changeLayer, findParent } from './tree.ts'

type LayerFace = Pick<
  RealLayer,
  | 'typename'
  | 'id'
  | '_docId'
  | 'name'
  | 'kind'
  | 'visible'
  | 'opacity'
  | 'fillOpacity'
  | 'blendMode'
  | 'locked'
  | 'allLocked'
  | 'pixelsLocked'
  | 'positionLocked'
  | 'transparentPixelsLocked'
  | 'isBackgroundLayer'
  | 'isClippingMask'
  | 'selected'
  | 'bounds'
  | 'boundsNoEffects'
  | 'document'
  | 'parent'
  | 'layers'
  | 'move'
  | 'bringToFront'
  | 'sendToBack'
  | 'delete'
  | 'duplicate'
  | 'merge'
  | 'rasterize'
>

type Lock = keyof LayerState['locks']

export class Layer implements LayerFace {
  readonly typename = 'Layer'
  readonly #dom: Dom
  readonly #document: OpenDocument
  readonly #id: number

  constructor(dom: Dom, document: OpenDocument, id: number) {
    this.#dom = dom
    this.#document = document
    this.#id = id
  }

  get id(): number {
    return this.#id
  }

  get _docId(): number {
    return this.#document.id
  }

  get name(): string {
    return this.#read('layer.name', (layer) => layer.name)
  }

  set name(name: string) {
    if (typeof name !== 'string') throw new TypeError(`layer.name: expected text, got ${name}`)
    this.#set('Rename Layer', { name })
  }

  get kind(): RealLayer['kind'] {
    return this.#read('layer.kind', ({ kind }) => kind) as RealLayer['kind']
  }

  get visible(): boolean {
    return this.#read('layer.visible', (layer) => layer.isVisible)
  }

  set visible(isVisible: boolean) {
    this.#set('Layer Visibility', { isVisible: Boolean(isVisible) })
  }

  get opacity(): number {
    return this.#read('layer.opacity', (layer) => layer.opacity)
  }

  set opacity(opacity: number) {
    this.#refuseBackground('opacity')
    this.#set('Master Opacity Change', { opacity: checkPercent('opacity', opacity) })
  }

  get fillOpacity(): number {
    return this.#read('layer.fillOpacity', (layer) => layer.fillOpacity)
  }

  set fillOpacity(opacity: number) {
    this.#refuseBackground('fillOpacity')
    this.#set('Fill Opacity Change', { fillOpacity: checkPercent('fillOpacity', opacity) })
  }

  get blendMode(): RealLayer['blendMode'] {
    return this.#read('layer.blendMode', (layer) => layer.blendMode) as RealLayer['blendMode']
  }

  set blendMode(blendMode: RealLayer['blendMode']) {
    this.#refuseBackground('blendMode')
    this.#set('Blending Change', { blendMode: checkBlendMode(blendMode) })
  }

  get isBackgroundLayer(): boolean {
    return this.#read('layer.isBackgroundLayer', (layer) => layer.isBackground)
  }

  get isClippingMask(): boolean {
    return this.#read('layer.isClippingMask', (layer) => layer.isClipped)
  }

  set isClippingMask(isClipped: boolean) {
    this.#refuseBackground('isClippingMask')
    this.#set('Create Clipping Mask', { isClipped: Boolean(isClipped) })
  }

  get locked(): boolean {
    return this.#read(
      'layer.locked',
      ({ locks, isBackground }) => isBackground || Object.values(locks).some(Boolean),
    )
  }

  get allLocked(): boolean {
    return this.#isLocked('all')
  }

  set allLocked(isLocked: boolean) {
    this.#lock('all', isLocked)
  }

  get pixelsLocked(): boolean {
    return this.#isLocked('pixels')
  }

  set pixelsLocked(isLocked: boolean) {
    this.#lock('pixels', isLocked)
  }

  get positionLocked(): boolean {
    return this.#isLocked('position')
  }

  set positionLocked(isLocked: boolean) {
    this.#lock('position', isLocked)
  }

  get transparentPixelsLocked(): boolean {
    return this.#isLocked('transparency')
  }

  set transparentPixelsLocked(isLocked: boolean) {
    this.#lock('transparency', isLocked)
  }

  get selected(): boolean {
    return this.#read('layer.selected', () => this.#document.selectedLayerIds.includes(this.#id))
  }

  set selected(isSelected: boolean) {
    const { platform } = this.#dom
    if (!platform.switches.layerSelectedIsSettable)
      throw new TypeError('layer.selected has only a getter in this version of Photoshop')
    platform.write('select', () => {
      const others = this.#document.selectedLayerIds.filter((id) => id !== this.#state.id)
      platform.store.selectLayers(this.#document, isSelected ? [...others, this.#id] : others)
      this.#dom.notifyLayers('select', [this.#id])
    })
  }

  /** Photoshop includes effects here, of which the stand-in has none. */
  get bounds(): RealBounds {
    return this.#read('layer.bounds', (layer) => toBounds(layerRect(layer)))
  }

  get boundsNoEffects(): RealBounds {
    return this.#read('layer.boundsNoEffects', (layer) => toBounds(layerRect(layer)))
  }

  get document(): RealDocument {
    return this.#dom.document(this.#document)
  }

  get parent(): RealLayer | null {
    return this.#read('layer.parent', ({ id }) => {
      const parent = findParent(this.#document.state.layers, id)
      return parent ? this.#dom.layer(this.#document, parent.id) : null
    })
  }

  get layers(): RealLayers | null {
    return this.#read('layer.layers', ({ children }) =>
      children ? this.#dom.layers(this.#document, children) : null,
    )
  }

  move(relativeObject: RealLayer, insertLocation: Parameters<RealLayer['move']>[1]): void {
    this.#dom.platform.write('move', () => move(this.#target, relativeObject, insertLocation))
  }

  bringToFront(): void {
    this.#dom.platform.write('move', () => moveToEnd(this.#target, 'front'))
  }

  sendToBack(): void {
    this.#dom.platform.write('move', () => moveToEnd(this.#target, 'back'))
  }

  delete(): void {
    this.#dom.platform.write('delete', () => remove(this.#target))
  }

  async duplicate(
    relativeObject?: RealDocument | RealLayer,
    insertLocation?: Parameters<RealLayer['duplicate']>[1],
    name?: string,
  ): Promise<RealLayer | null> {
    return this.#dom.platform.writeLater('duplicate', () =>
      duplicate(this.#target, relativeObject, insertLocation, name),
    )
  }

  /** Merges a group into one layer; any other layer with the one below it. */
  async merge(): Promise<RealLayer> {
    const { platform } = this.#dom
    return platform.writeLater('mergeLayersNew', () => {
      if (this.#state.children && !platform.switches.groupsMerge)
        throw new Error('layer.merge: The command “Merge Layers” is not currently available')
      return merge(this.#target)
    })
  }

  async rasterize(target: Parameters<RealLayer['rasterize']>[0]): Promise<void> {
    return this.#dom.platform.writeLater('rasterizeLayer', () => rasterize(this.#target, target))
  }

  get #target(): Target {
    return { dom: this.#dom, document: this.#document, layer: this.#state }
  }

  /** @throws when the layer or its document is gone. */
  get #state(): LayerState {
    return this.#dom.find(this.#document, this.#id)
  }

  #read<T>(name: string, read: (layer: LayerState) => T): T {
    return this.#dom.platform.read(name, () => read(this.#state))
  }

  #set(name: string, values: Partial<LayerState>): void {
    this.#dom.platform.write('set', () => this.#assign(name, values))
  }

  #assign(name: string, values: Partial<LayerState>): void {
    const { id } = this.#state
    const keys = Object.keys(values) as (keyof LayerState)[]
    this.#dom.platform.store.change(this.#document, name, (state) => {
      const layers = changeLayer(state.layers, id, (layer) =>
        keys.every((key) => layer[key] === values[key]) ? layer : { ...layer, ...values },
      )
      return layers === state.layers ? state : { ...state, layers }
    })
    this.#dom.notifyLayers('set', [id])
  }

  #isLocked(lock: Lock): boolean {
    return this.#read(`layer.locks.${lock}`, ({ locks }) => locks[lock])
  }

  #lock(lock: Lock, isLocked: boolean): void {
    this.#refuseBackground('locks')
    this.#set('Layer Locking', { locks: { ...this.#state.locks, [lock]: Boolean(isLocked) } })
  }

  #refuseBackground(property: string): void {
    if (this.#state.isBackground)
      throw new Error(`layer.${property}: the background has none to set`)
  }
}
