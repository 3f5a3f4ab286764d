import type { Preprocessing } from '../../vgg/model.ts'

/**
 * The forms in which the literature writes the same three losses. They differ in coefficients,
 * which are plain numbers handed to the graph at run time, and in how total variation is measured.
 *
 * - normalised: each layer's distance over that of its target from zero, so that weights mean the
 *   same for every image size, network and layer (our default).
 * - neural-style: jcjohnson's program.
 * - gatys: the tutorial notebooks of Gatys, Ecker & Bethge.
 */
export const LOSS_FORMS = ['normalised', 'neural-style', 'gatys'] as const
export type LossForm = (typeof LOSS_FORMS)[number]

/** Keeps the normalised form finite for a target that is zero everywhere (a black image). */
export const TINY_NORM = 1e-20

/**
 * How much larger features are than in a network fed with [0,1] and without a mean, for which the
 * tutorial's weights were chosen. Content losses grow with its square, style losses with its fourth
 * power.
 */
export const gatysGain = ({ scale, std }: Preprocessing): number =>
  scale / ((std[0] + std[1] + std[2]) / 3)
