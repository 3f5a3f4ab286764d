/** Document of the DOM. */
import type { DocumentState, LayerState } from '../state.ts'
import { collection } from './collection.ts'
import { constants } from './constants.ts'
import { convertDepth } from './depth.ts'
import {
  duplicateDocument,
  type LayerOptions,
  makeLayer,
  selectLayers,
  type Target,
} from './document-commands.ts'
import { flattened, inMode } from './document-states.ts'
import { colorModeOf, DEPTHS, depthOf, MODES } from './document-values.ts'
import type { Dom } from './dom.ts'
import { documentProfile, workingProfile } from './profiles.ts'
import type { RealDocument, RealHistoryState, RealLayer, RealLayers } from './real.ts'
import { Selection, type SelectionFace } from './selection.ts'
import type { OpenDocument } from './store.ts'
import { everyLayer } from './tree.ts'

type DocumentFace = Pick<
  RealDocument,
  | 'typename'
  | 'id'
  | 'title'
  | 'name'
  | 'width'
  | 'height'
  | 'resolution'
  | 'mode'
  | 'bitsPerChannel'
  | 'colorProfileName'
  | 'colorProfileType'
  | 'layers'
  | 'activeLayers'
  | 'artboards'
  | 'backgroundLayer'
  | 'saved'
  | 'historyStates'
  | 'activeHistoryState'
  | 'createPixelLayer'
  | 'createLayerGroup'
  | 'duplicate'
  | 'flatten'
  | 'changeMode'
  | 'close'
  | 'closeWithoutSaving'
  | 'suspendHistory'
> & { readonly selection: SelectionFace }

export class Document implements DocumentFace {
  readonly typename = 'Document'
  readonly #dom: Dom
  readonly #document: OpenDocument

  constructor(dom: Dom, document: OpenDocument) {
    this.#dom = dom
    this.#document = document
  }

  get id(): number {
    return this.#document.id
  }

  get title(): string {
    return this.#read('document.title', ({ title }) => title)
  }

  get name(): string {
    return this.#read('document.name', ({ title }) => title)
  }

  get width(): number {
    return this.#read('document.width', ({ state }) => state.width)
  }

  get height(): number {
    return this.#read('document.height', ({ state }) => state.height)
  }

  get resolution(): number {
    return this.#read('document.resolution', ({ state }) => state.resolution)
  }

  get mode(): RealDocument['mode'] {
    return this.#read('document.mode', ({ state }) => MODES[state.mode])
  }

  get bitsPerChannel(): RealDocument['bitsPerChannel'] {
    return this.#read('document.bitsPerChannel', ({ state }) => DEPTHS[state.depth])
  }

  set bitsPerChannel(bits: RealDocument['bitsPerChannel']) {
    this.#dom.platform.write('convertMode', () => {
      const depth = depthOf(bits)
      this.#change(`${depth} Bits/Channel`, (state) => convertDepth(state, depth))
    })
  }

  get colorProfileName(): string {
    return this.#read('document.colorProfileName', ({ state }) =>
      state.profile ? documentProfile(state) : 'None',
    )
  }

  get colorProfileType(): RealDocument['colorProfileType'] {
    return this.#read('document.colorProfileType', ({ state }) => {
      const { CUSTOM, NONE, WORKING } = constants.ColorProfileType
      if (!state.profile) return NONE
      return state.profile.name === workingProfile(state.mode) ? WORKING : CUSTOM
    })
  }

  get layers(): RealLayers {
    return this.#read('document.layers', (document) =>
      this.#dom.layers(document, document.state.layers),
    )
  }

  get activeLayers(): RealLayers {
    return this.#read('document.activeLayers', (document) => {
      const { layers } = document.state
      const selected = [...everyLayer(layers)].filter(({ id }) =>
        document.selectedLayerIds.includes(id),
      )
      return this.#dom.layers(document, selected)
    })
  }

  /** Selects these and no others. */
  set activeLayers(layers: readonly RealLayer[]) {
    const { platform } = this.#dom
    if (!platform.switches.activeLayersAreSettable)
      throw new TypeError('document.activeLayers has only a getter in this version of Photoshop')
    platform.write('select', () => selectLayers(this.#target, layers))
  }

  get artboards(): RealLayers {
    return this.#read('document.artboards', (document) =>
      this.#dom.layers(
        document,
        document.state.layers.filter(({ isArtboard }) => isArtboard),
      ),
    )
  }

  get backgroundLayer(): RealLayer | null {
    return this.#read('document.backgroundLayer', (document) => {
      const background = document.state.layers.find(({ isBackground }) => isBackground)
      return background ? this.#dom.layer(document, background.id) : null
    })
  }

  get saved(): boolean {
    return this.#read('document.saved', ({ state, history }) => state === history[0]?.state)
  }

  get selection(): DocumentFace['selection'] {
    return new Selection(this.#dom, this.#document)
  }

  get historyStates(): RealDocument['historyStates'] {
    return this.#read('document.historyStates', ({ history }) => {
      const states = history.map((_, index) => this.#historyState(index))
      return collection('HistoryStates', states) as RealDocument['historyStates']
    })
  }

  get activeHistoryState(): RealHistoryState {
    return this.#read('document.activeHistoryState', ({ historyIndex }) =>
      this.#historyState(historyIndex),
    )
  }

  set activeHistoryState(state: RealHistoryState) {
    this.#dom.platform.write('select', () => {
      const document = this.#dom.check(this.#document)
      const index = document.history.findIndex(({ id }) => id === state?.id)
      if (index < 0) throw new Error('document.activeHistoryState: expected one of its states')
      this.#dom.platform.store.goToHistory(document, index)
    })
  }

  async createLayer(
    kind: RealLayer['kind'] = constants.LayerKind.NORMAL,
    options?: LayerOptions,
  ): Promise<RealLayer | null> {
    if (kind === constants.LayerKind.GROUP) return this.createLayerGroup(options)
    if (kind !== constants.LayerKind.NORMAL)
      throw new TypeError(`document.createLayer: expected kind pixel or group, got ${kind}`)
    return this.#make('createLayer', options)
  }

  async createPixelLayer(options?: LayerOptions): Promise<RealLayer | null> {
    const { platform } = this.#dom
    return platform.switches.createPixelLayerFails
      ? platform.writeLater('make', () => null, 'createPixelLayer')
      : this.#make('createPixelLayer', options)
  }

  async createLayerGroup(
    options?: Parameters<RealDocument['createLayerGroup']>[0],
  ): Promise<RealLayer | null> {
    const group = { kind: 'group', blendMode: 'passThrough', children: [] }
    return this.#make('createLayerGroup', options, group)
  }

  async duplicate(name?: string, mergeLayersOnly = false): Promise<RealDocument> {
    return this.#dom.platform.writeLater('duplicate', () =>
      duplicateDocument(this.#target, name, mergeLayersOnly),
    )
  }

  async flatten(): Promise<void> {
    return this.#dom.platform.writeLater('flattenImage', () => {
      this.#change('Flatten Image', flattened)
    })
  }

  async changeMode(mode: Parameters<RealDocument['changeMode']>[0]): Promise<void> {
    return this.#dom.platform.writeLater('convertMode', () => {
      const target = colorModeOf(mode)
      this.#change('Convert Mode', (state) =>
        state.mode === target ? state : inMode(state, target),
      )
    })
  }

  async close(saveOptions?: Parameters<RealDocument['close']>[0]): Promise<void> {
    return this.#dom.platform.writeLater('close', () => {
      const { platform } = this.#dom
      const { state, history } = this.#dom.check(this.#document)
      if (saveOptions !== constants.SaveOptions.DONOTSAVECHANGES && state !== history[0]?.state)
        platform.journal.complain('document.close asks the user whether to save.')
      this.#close()
    })
  }

  closeWithoutSaving(): void {
    this.#dom.platform.write('close', () => this.#close())
  }

  async suspendHistory(
    callback: Parameters<RealDocument['suspendHistory']>[0],
    historyStateName: string,
  ): Promise<void> {
    const { modality } = this.#dom.platform
    await modality.execute(
      async (context) => {
        const { hostControl } = context
        const suspension = await hostControl.suspendHistory({
          documentID: this.id,
          name: historyStateName,
        })
        await callback({ ...context, document: this.#dom.document(this.#document) })
        await hostControl.resumeHistory(suspension, true)
      },
      { commandName: historyStateName },
    )
  }

  async #make(
    call: string,
    options?: LayerOptions,
    given?: Partial<LayerState>,
  ): Promise<RealLayer> {
    const { platform } = this.#dom
    const historyName = given ? 'New Group' : 'New Layer'
    const make = () => makeLayer(this.#target, historyName, options, given)
    return platform.writeLater('make', make, call)
  }

  get #target(): Target {
    return { dom: this.#dom, document: this.#dom.check(this.#document) }
  }

  #read<T>(name: string, read: (document: OpenDocument) => T): T {
    return this.#dom.platform.read(name, () => read(this.#dom.check(this.#document)))
  }

  #change(name: string, change: (state: DocumentState) => DocumentState): void {
    this.#dom.platform.store.change(this.#dom.check(this.#document), name, change)
  }

  #close(): void {
    const { platform } = this.#dom
    platform.store.close(this.#document.id)
    platform.notifications.emit('close', { documentID: this.#document.id })
  }

  #historyState(index: number): RealHistoryState {
    const { id, name } = this.#document.history[index]!
    const face: Pick<RealHistoryState, 'typename' | 'id' | 'docId' | 'name' | 'snapshot'> = {
      typename: 'HistoryState',
      id,
      docId: this.#document.id,
      name,
      snapshot: false,
    }
    return face as RealHistoryState
  }
}
