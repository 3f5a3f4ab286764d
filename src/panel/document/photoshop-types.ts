/** Photoshop's types under the names that the panel uses. */

/** The part of the module that work on documents needs; handed on, so that tests can stand in. */
export type Photoshop = Pick<
  typeof import('photoshop'),
  'action' | 'app' | 'constants' | 'core' | 'imaging'
>
export type PsDocument = Photoshop['app']['activeDocument']
export type PsLayer = PsDocument['layers'][number]
export type PsImageData = Awaited<ReturnType<Photoshop['imaging']['createImageDataFromBuffer']>>
export type ModalContext = Parameters<Parameters<Photoshop['core']['executeAsModal']>[0]>[0]
