/** Names for the types of the real module, as far as the stand-in takes their place. */
export type Photoshop = typeof import('photoshop')

export type RealApp = Photoshop['app']
export type RealDocument = InstanceType<RealApp['Document']>
export type RealLayer = InstanceType<RealApp['Layer']>
export type RealLayers = RealDocument['layers']
export type RealBounds = RealLayer['bounds']
export type RealHistoryState = RealDocument['activeHistoryState']
export type RealSelection = RealDocument['selection']

type Core = Photoshop['core']
export type ModalOptions = Parameters<Core['executeAsModal']>[1]
export type ExecutionContext = Parameters<Parameters<Core['executeAsModal']>[0]>[0]
export type HistorySuspension = Awaited<
  ReturnType<ExecutionContext['hostControl']['suspendHistory']>
>

type Imaging = Photoshop['imaging']
export type ImagingModule = Pick<
  Imaging,
  | 'getPixels'
  | 'putPixels'
  | 'getLayerMask'
  | 'putLayerMask'
  | 'getSelection'
  | 'putSelection'
  | 'createImageDataFromBuffer'
  | 'encodeImageData'
>
export type RealImageData = Awaited<ReturnType<Imaging['createImageDataFromBuffer']>>
export type BufferOptions = Parameters<Imaging['createImageDataFromBuffer']>[1]
export type GetPixelsOptions = Parameters<Imaging['getPixels']>[0]
export type GetPixelsResult = Awaited<ReturnType<Imaging['getPixels']>>
export type PutPixelsOptions = Parameters<Imaging['putPixels']>[0]
export type GetLayerMaskOptions = Parameters<Imaging['getLayerMask']>[0]
export type MaskResult = Awaited<ReturnType<Imaging['getLayerMask']>>
export type PutLayerMaskOptions = Parameters<Imaging['putLayerMask']>[0]
export type GetSelectionOptions = Parameters<Imaging['getSelection']>[0]
export type PutSelectionOptions = Parameters<Imaging['putSelection']>[0]

export type Descriptor = Awaited<ReturnType<Photoshop['action']['batchPlay']>>[number]
export type Listener = Parameters<Photoshop['action']['addNotificationListener']>[1]
