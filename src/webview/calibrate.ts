/** How fast the page's device is; events of the page are handled in between. */
import * as calibration from '../engine/calibrate.ts'
import { throwIfCancelled } from '../engine/errors.ts'
import type { Runtime } from '../engine/runtime/runtime.ts'
import type { VggModel } from '../engine/vgg/model.ts'
import { yieldToEvents } from './yield.ts'

/** Seconds an evaluation takes for each megapixel. @throws CancelledError after `signal`. */
export const secondsPerMegapixel = (
  runtime: Runtime,
  model: VggModel,
  signal: AbortSignal,
): Promise<number> =>
  calibration.secondsPerMegapixel(runtime, model, {
    async yieldToEvents() {
      await yieldToEvents()
      throwIfCancelled(signal)
    },
  })
