/** Every built-in style: how it is drawn and from which seed. */

import type { Picture } from './canvas.ts'
import { drawCharcoal } from './charcoal.ts'
import { drawGlass } from './glass.ts'
import { drawInk } from './ink.ts'
import { drawMarbled } from './marbled.ts'
import { drawMosaic } from './mosaic.ts'
import { drawOil } from './oil.ts'
import { drawPointillism } from './pointillism.ts'
import { drawRisograph } from './risograph.ts'
import { drawWatercolour } from './watercolour.ts'
import { drawWoodblock } from './woodblock.ts'

interface Drawing {
  /** A picture `widthPx` wide and three quarters as high; the same for the same seed. */
  readonly draw: (widthPx: number, seed: number) => Picture
  readonly seed: number
}

export const drawings: Readonly<Record<string, Drawing>> = {
  oil: { draw: drawOil, seed: 1 },
  glass: { draw: drawGlass, seed: 1 },
  ink: { draw: drawInk, seed: 1 },
  marbled: { draw: drawMarbled, seed: 1 },
  mosaic: { draw: drawMosaic, seed: 1 },
  watercolour: { draw: drawWatercolour, seed: 1 },
  woodblock: { draw: drawWoodblock, seed: 1 },
  pointillism: { draw: drawPointillism, seed: 1 },
  charcoal: { draw: drawCharcoal, seed: 1 },
  risograph: { draw: drawRisograph, seed: 1 },
}
