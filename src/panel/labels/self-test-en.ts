/** The self-test in English: what each line is about, what is expected, and what Impasto does about it. */
export interface CheckTexts {
  readonly title: string
  readonly expected: string
  readonly does: string
}

const OWN_WAY = 'tries each way and keeps the one that works.'

export const checksEn = {
  versions: {
    title: 'Versions',
    expected: 'Photoshop 26.0 with UXP 8.0, or newer',
    does: 'needs them for its page.',
  },
  rootHeight: {
    title: 'Height of the panel',
    expected: 'the panel’s place has a height of its own',
    does: 'fills the window where it has none, and asks again.',
  },
  resizeObserver: {
    title: 'ResizeObserver',
    expected: 'there since UXP 8.1',
    does: 'looks for itself, every 0.4 s, where it is absent.',
  },
  textEncoder: {
    title: 'TextEncoder in the panel',
    expected: 'there since UXP 9.4',
    does: 'does not use it.',
  },
  network: {
    title: 'Where the plug-in lies',
    expected: 'its page can be loaded',
    does: 'says so; an account with its profile on this computer helps.',
  },
  bridgeChannel: {
    title: 'Messages between panel and page',
    expected:
      'both hear the window, in data, an object; the panel posts postMessage, the page object',
    does: OWN_WAY,
  },
  bridgeTrip: { title: 'A message there and back', expected: 'under 100 ms', does: 'waits.' },
  bridgeSpeed: {
    title: 'Speed of messages',
    expected: 'over 10 MB/s',
    does: 'works all the same; large layers take longer to begin.',
  },
  secureContext: {
    title: 'Page is a secure context',
    expected: 'yes',
    does: 'paints on the processor where WebGPU needs it and it is not.',
  },
  webgpu: {
    title: 'WebGPU',
    expected: 'an adapter',
    does: 'paints on the processor where there is none.',
  },
  wasm: {
    title: 'WebAssembly',
    expected: 'WebAssembly with SIMD',
    does: 'cannot paint on the processor without.',
  },
  workers: {
    title: 'Workers',
    expected: 'work',
    does: 'paints on the processor in the page itself where they do not.',
  },
  sharedMemory: { title: 'SharedArrayBuffer', expected: 'no', does: 'does not use it.' },
  fetch: {
    title: 'Page may fetch files beside it',
    expected: 'no',
    does: 'has the panel read and send them where it may not.',
  },
  offscreenCanvas: { title: 'OffscreenCanvas', expected: 'works', does: 'does not need it.' },
  pageVisible: {
    title: 'Page counts as visible',
    expected: 'visible',
    does: 'draws no preview while it is hidden.',
  },
  hiddenTimers: {
    title: 'Timers of the page while the panel was hidden',
    expected: 'longest gap under 5 s',
    does: 'waits, says that it is paused, and goes on when the panel is shown.',
  },
  gpuSpeed: {
    title: 'One evaluation at 128 px on the graphics card',
    expected: 'a time',
    does: 'paints on the processor where it fails.',
  },
  processorSpeed: {
    title: 'One evaluation at 128 px on the processor',
    expected: 'a time',
    does: 'cannot paint where both fail.',
  },
  reload: {
    title: 'Page begins anew when its address is set again',
    expected: 'begins anew',
    does: 'has it do so by itself, by another address, or in another element.',
  },
  getPixelsOutside: {
    title: 'Pixels are read outside of a modal scope',
    expected: 'refused',
    does: 'always reads in one.',
  },
  depth8: {
    title: 'Pixels of 8 bit',
    expected: '8 bit, 4 components',
    does: 'takes what depth it gets.',
  },
  depth16: {
    title: 'Pixels of 16 bit',
    expected: '16 bit, 4 components, 0 … 32768',
    does: 'takes what depth it gets.',
  },
  narrowing: {
    title: '16 bit are read as 8',
    expected: 'refused',
    does: 'reads at the document’s own depth.',
  },
  trimming: {
    title: 'What is read is trimmed to what has pixels',
    expected: '4 3 12 9 of 16 px',
    does: 'places it by the bounds that it gets.',
  },
  alpha: {
    title: 'Colours of half transparent pixels',
    expected: 'straight',
    does: 'takes them for straight: colours at soft edges would be too dark.',
  },
  maskMade: {
    title: 'A mask is written to a layer without one',
    expected: 'the mask is made',
    does: 'makes the mask by a command where it is refused.',
  },
  maskKept: {
    title: 'A mask reads as it was written',
    expected: '0 of 48 samples differ',
    does: 'fades the layer itself where no mask can be written.',
  },
  maskBounds: {
    title: 'What is read of a mask',
    expected: '4 3 12 9',
    does: 'places it by the bounds that it gets.',
  },
  history: {
    title: 'History states of one step',
    expected: '1 state of two changes',
    does: 'nothing: each step is an undo of its own.',
  },
  metadata: {
    title: 'Settings are stored in a layer',
    expected: 'kept',
    does: 'paints all the same; “Same settings” will not know the layer.',
  },
  events: {
    title: 'Events that were heard',
    expected: 'some',
    does: 'looks again with each press of Stylize.',
  },
} as const satisfies Record<string, CheckTexts>

export type CheckName = keyof typeof checksEn
