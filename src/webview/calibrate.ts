/** How fast the page's device is; events of the page are handled in between. */
import * as calibration from '../engine/calibrate.ts'
import type { Runtime } from '../engine/runtime/runtime.ts'
import type { VggModel } from '../engine/vgg/model.ts'
import { yieldToEvents } from './yield.ts'

/** Seconds an evaluation takes for each megapixel. */
export const secondsPerMegapixel = (runtime: Runtime, model: VggModel): Promise<number> =>
  calibration.secondsPerMegapixel(runtime, model, { yieldToEvents })
