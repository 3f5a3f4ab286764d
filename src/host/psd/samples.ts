/** Converts between the samples of a file and those of the model, which differ at 16 bits. */
import type { Samples as FileSamples } from '../../psd/samples.ts'
import type { Samples } from '../state.ts'

/** White at 16 bits: 65535 in a file, 32768 in Photoshop. */
const FILE_MAX = 65_535
const MODEL_MAX = 32_768

/** Rounds. Every value of the model has a value in a file that comes back to it. */
export function toModel(samples: FileSamples): Samples {
  if (!(samples instanceof Uint16Array)) return samples
  return samples.map((value) => Math.round((value * MODEL_MAX) / FILE_MAX))
}

/** The mirror image of `toModel`. */
export function toFile(samples: Samples): FileSamples {
  if (!(samples instanceof Uint16Array)) return samples
  return samples.map((value) => Math.round((value * FILE_MAX) / MODEL_MAX))
}
