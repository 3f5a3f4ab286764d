/** How the stand-in behaves where the platform is not documented. A plug-in must work under each. */
export interface Switches {
  /** getPixels outside a modal scope rejects. */
  readonly getPixelsNeedsModal: boolean
  /** componentSize 8 on a 16-bit document rejects. */
  readonly refusesNarrowing: boolean
  /** getPixels of a text, smart object, fill or group rejects, instead of giving what it looks like. */
  readonly getPixelsNeedsPixelLayer: boolean
  /** putPixels and putLayerMask reject data of another depth than the document's, instead of converting. */
  readonly putNeedsDepth: boolean
  /** What core.getLayerTreeSync gives: as documented; as Photoshop 26.10 was seen to; or it is not there. */
  readonly layerTree: 'documented' | 'nested' | 'absent'
  /** What reading a property of the DOM takes, in ms: a call into another process. */
  readonly propertyMs: number
  /** Layers of a duplicated document have other ids than the originals. */
  readonly duplicateRenumbersLayers: boolean
  /** A failing batchPlay command throws instead of resolving with an error descriptor. */
  readonly batchPlayThrows: boolean
  /** batchPlay sets the XMP of a layer; else the command fails, as some report. */
  readonly setsLayerXmp: boolean
  /** To get the XMP of a layer that has none fails; else the descriptor lacks it. */
  readonly absentXmpIsError: boolean
  /** document.activeLayers may be assigned, which Photoshop knows since 26.9. */
  readonly activeLayersAreSettable: boolean
  /** layer.selected may be assigned, which Photoshop's documentation leaves out. */
  readonly layerSelectedIsSettable: boolean
  /** layer.merge merges a group, which is not documented; else it wants a layer below. */
  readonly groupsMerge: boolean
  /** putLayerMask makes the mask of a layer that has none; else it rejects. */
  readonly putLayerMaskCreates: boolean
  /** getLayerMask tells of no more than where the mask differs from what it is elsewhere. */
  readonly layerMasksAreTrimmed: boolean
  /** batchPlay gets the histogram of a layer's mask; else the command fails. */
  readonly masksHaveHistograms: boolean
  /** What comes of putLayerMask: it is kept; does nothing, without a word; or whole blocks of black turn white. */
  readonly maskWrites: 'kept' | 'lost' | 'black-turns-white'
  /** Panel show is called once only, hide never (PS-57284). */
  readonly showsOnce: boolean
  /** activeDocument throws without a document, instead of being null. */
  readonly activeDocumentThrows: boolean
  /** getSelection without a selection rejects, instead of giving an empty one. */
  readonly getSelectionRejects: boolean
  /** createPixelLayer resolves with null. */
  readonly createPixelLayerFails: boolean
  /** Where a new layer lands: above the active layer, or on top of the stack. */
  readonly newLayerOnTop: boolean
  /** The first getPixels of every scope fails once (sporadic failure). */
  readonly getPixelsStumbles: boolean
  /** Photoshop starts with the panel closed, and loads the plug-in then if its manifest asks for that. */
  readonly panelIsClosed: boolean
  /** While an action plays, suspendHistory returns 4294967295 and resumeHistory throws. */
  readonly suspendedWhilePlaying: boolean
  /** The webview page may fetch its siblings and import modules. */
  readonly pageFetches: boolean
  /** navigator.gpu in the webview page: as the browser has it, absent, or without an adapter. */
  readonly pageGpu: 'real' | 'absent' | 'no-adapter'
  /** What a picker for one file resolves with when the user cancels it. */
  readonly cancelledPickerGives: 'null' | 'undefined'
  /** What localStorage and the data folder hold is gone when the plug-in is loaded again, as after an upgrade. */
  readonly storageIsWiped: boolean
  /** Nothing can be written into a folder that the user chose. */
  readonly chosenFoldersRefuse: boolean
  /** A file dialog sets off click after click of the control that opened it (PS-57264). */
  readonly pickersStorm: boolean
  /** Every persistent token is rejected, as after files were moved. */
  readonly persistentTokensAreStale: boolean
  /** The clipboard refuses what is written to it, whatever the manifest asks for. */
  readonly clipboardRefuses: boolean
  /** A plug-in may not call showPanel and invokeCommand on itself. */
  readonly showPanelRejects: boolean
  /** `source` of a message at both ends of the bridge: as documented, null, or no such property. */
  readonly bridgeSource: 'given' | 'null' | 'absent'
  /** Where the panel hears the page: as documented on the window, or on the webview's element. */
  readonly bridgeTarget: 'window' | 'element'
  /** The property of an event that has the message; `data` is documented. */
  readonly bridgeField: 'data' | 'message'
  /** What a message arrives as: an object, JSON text, or JSON text of JSON text. */
  readonly bridgeEncoding: 'object' | 'text' | 'text-in-text'
  /** postMessage of a webview whose page has not loaded throws; else the message is lost. */
  readonly earlyPostsThrow: boolean
  /** What the panel posts to the page is lost, always. */
  readonly hostPostsAreLost: boolean
  /** What uxpHost.postMessage takes of the page: it throws at all else. */
  readonly uxpHostTakes: 'anything' | 'object' | 'text' | 'text-and-origin'
  /**
   * What makes a page begin anew: anything; or, of its own doing, another query and another
   * element, each no more than itself and those after it. The same `src` again does so for
   * 'anything' alone.
   */
  readonly pageReloadsBy: 'anything' | 'itself' | 'query' | 'element'
  /** What becomes of a page while its panel is hidden: it runs on, or sleeps until it is shown. */
  readonly hiddenPage: 'runs' | 'sleeps'
  /** The plug-in lies on a network drive, and its page does not load. */
  readonly pluginIsOnNetwork: boolean
  /** What showPanel resolves with. */
  readonly showPanelGives: 'nothing' | 'text'
  /** TextEncoder and TextDecoder are in the panel, as was seen in UXP 9.4. */
  readonly hasTextCodecs: boolean
  /** The panel's window hears of errors that nobody caught. */
  readonly tellsUncaught: boolean
  /** Of the root that a panel gets: that of its place, its content's, or none until later. */
  readonly rootHeight: 'fixed' | 'auto' | 'late'
  /** The panel has ResizeObserver, which came with UXP 8.1. */
  readonly hasResizeObserver: boolean
  /** Styles that Adobe's list does not name have an effect in the panel. */
  readonly knowsUnlistedCss: boolean
}

export const DEFAULT_SWITCHES: Switches = {
  getPixelsNeedsModal: true,
  refusesNarrowing: true,
  getPixelsNeedsPixelLayer: true,
  putNeedsDepth: true,
  layerTree: 'documented',
  propertyMs: 0,
  duplicateRenumbersLayers: true,
  batchPlayThrows: false,
  setsLayerXmp: true,
  absentXmpIsError: true,
  activeLayersAreSettable: false,
  layerSelectedIsSettable: true,
  groupsMerge: true,
  putLayerMaskCreates: true,
  layerMasksAreTrimmed: false,
  masksHaveHistograms: true,
  maskWrites: 'kept',
  showsOnce: false,
  activeDocumentThrows: false,
  getSelectionRejects: false,
  createPixelLayerFails: false,
  newLayerOnTop: false,
  getPixelsStumbles: false,
  panelIsClosed: false,
  suspendedWhilePlaying: false,
  pageFetches: false,
  pageGpu: 'real',
  cancelledPickerGives: 'null',
  storageIsWiped: false,
  chosenFoldersRefuse: false,
  pickersStorm: false,
  persistentTokensAreStale: false,
  clipboardRefuses: false,
  showPanelRejects: false,
  bridgeSource: 'given',
  bridgeTarget: 'window',
  bridgeField: 'data',
  bridgeEncoding: 'object',
  earlyPostsThrow: false,
  hostPostsAreLost: false,
  uxpHostTakes: 'anything',
  pageReloadsBy: 'anything',
  hiddenPage: 'runs',
  pluginIsOnNetwork: false,
  showPanelGives: 'nothing',
  hasTextCodecs: false,
  tellsUncaught: false,
  rootHeight: 'fixed',
  hasResizeObserver: false,
  knowsUnlistedCss: true,
}
