/** app of the DOM. */

import { backgroundLayer, plainLayer } from '../photograph.ts'
import type { ColorMode, DocumentState } from '../state.ts'
import { collection } from './collection.ts'
import { constants } from './constants.ts'
import type { Dom } from './dom.ts'
import { LAB_PROFILE, profileNames, workingProfile } from './profiles.ts'
import type { RealApp, RealDocument } from './real.ts'
import { allocate, fullOf, rectAt } from './samples.ts'

export type AppModule = Pick<
  RealApp,
  'typename' | 'activeDocument' | 'documents' | 'createDocument' | 'getColorProfiles' | 'showAlert'
>

type CreateOptions = NonNullable<Parameters<RealApp['createDocument']>[0]>

export class App implements AppModule {
  readonly typename = 'Photoshop'
  readonly #dom: Dom

  constructor(dom: Dom) {
    this.#dom = dom
  }

  /** Null or an error, where the types promise a document: neither is documented. */
  get activeDocument(): RealDocument {
    const { platform } = this.#dom
    return platform.read('app.activeDocument', () => {
      const { active } = platform.store
      if (active) return this.#dom.document(active)
      if (platform.switches.activeDocumentThrows) throw new Error('There is no active document.')
      return null as unknown as RealDocument
    })
  }

  set activeDocument(document: RealDocument) {
    const { platform } = this.#dom
    platform.write('select', () => platform.store.activate(this.#dom.documentOf(document).id))
  }

  get documents(): RealApp['documents'] {
    const { platform } = this.#dom
    return platform.read('app.documents', () => {
      const documents = platform.store.documents.map((document) => this.#dom.document(document))
      return collection('Documents', documents) as RealApp['documents']
    })
  }

  getColorProfiles(colorMode = 'RGB'): string[] {
    return this.#dom.platform.read('app.getColorProfiles', () => profileNames(colorMode))
  }

  async showAlert(message: string): Promise<void> {
    await this.#dom.platform.alert(message)
  }

  async createDocument(options: CreateOptions = {}): Promise<RealDocument | null> {
    const { platform } = this.#dom
    return platform.writeLater(
      'make',
      () => {
        const document = platform.store.open(options.name ?? 'Untitled', newDocument(options))
        platform.notifications.emit('make', { documentID: document.id })
        return this.#dom.document(document)
      },
      'createDocument',
    )
  }
}

function newDocument({
  width = 2100,
  height = 1500,
  resolution = 300,
  mode = constants.NewDocumentMode.RGB,
  depth = 8,
  fill = constants.DocumentFill.WHITE,
  profile,
}: CreateOptions): DocumentState {
  const { RGB, GRAYSCALE } = constants.NewDocumentMode
  if (mode !== RGB && mode !== GRAYSCALE)
    throw new Error(`app.createDocument: the stand-in makes RGB and grayscale only, not ${mode}`)
  if (depth !== 8 && depth !== 16 && depth !== 32)
    throw new Error(`app.createDocument: expected a depth of 8, 16 or 32, got ${depth}`)
  const colorMode: ColorMode = mode === RGB ? 'rgb' : 'grayscale'
  const known = [...profileNames('RGB'), ...profileNames('Gray'), LAB_PROFILE]
  if (profile !== undefined && !known.includes(profile))
    throw new Error(`app.createDocument: there is no colour profile “${profile}”`)
  const isTransparent = fill === constants.DocumentFill.TRANSPARENT
  const white = allocate(depth, width * height).fill(fullOf(depth))
  const background = {
    bounds: rectAt(0, 0, width, height),
    color: mode === RGB ? [white, white, white] : [white],
  }
  return {
    width,
    height,
    resolution,
    mode: colorMode,
    depth,
    profile: { name: profile ?? workingProfile(colorMode) },
    layers: [isTransparent ? plainLayer(1, 'Layer 1') : backgroundLayer(1, background)],
  }
}
