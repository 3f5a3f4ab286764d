/** Colour profiles by name, and the numbers they give to the same colour. */

import { invert, multiply } from '../../color/matrix.ts'
import { RGB_SPACES, type RgbSpace, SRGB_NAME } from '../../color/rgb-spaces.ts'
import type { ColorMode, Depth, DocumentState, Raster } from '../state.ts'
import { fullOf } from './samples.ts'

/** What 32-bit documents append to the names of their profiles. */
export const LINEAR_SUFFIX = ' (Linear RGB Profile)'

const GRAY_PROFILES = ['Gray Gamma 2.2', 'Gray Gamma 1.8', 'Dot Gain 20%', 'sGray']

export const LAB_PROFILE = 'Lab D50'

export function profileNames(colorMode: string): string[] {
  if (colorMode === 'RGB') return Object.keys(RGB_SPACES)
  return colorMode === 'Gray' ? [...GRAY_PROFILES] : []
}

/** The profile of a mode where nothing else is said. Documents without a profile work in it, too. */
export function workingProfile(mode: ColorMode): string {
  if (mode === 'lab') return LAB_PROFILE
  return mode === 'rgb' ? SRGB_NAME : 'Gray Gamma 2.2'
}

/** The name that the module has for it. */
export function documentProfile(state: DocumentState): string {
  if (state.mode === 'lab') return LAB_PROFILE
  const name = state.profile?.name ?? workingProfile(state.mode)
  return state.depth === 32 && state.mode === 'rgb' ? name + LINEAR_SUFFIX : name
}

/** @throws when Photoshop would know no profile of that name. */
export function checkProfile(call: string, name: string, state: DocumentState): void {
  if (name.endsWith(LINEAR_SUFFIX))
    throw new Error(`${call}: “${name}” is not a profile; strip “${LINEAR_SUFFIX}” from it`)
  const known = [...Object.keys(RGB_SPACES), ...GRAY_PROFILES, LAB_PROFILE, state.profile?.name]
  if (!known.includes(name))
    throw new Error(
      `${call}: there is no colour profile “${name}”; app.getColorProfiles lists them`,
    )
}

/** Gives the RGB colours of a raster the numbers of another profile. Unknown ones count as sRGB. */
export function convertProfile(raster: Raster, depth: Depth, from: string, to: string): Raster {
  const [source, target] = [rgbProfile(from), rgbProfile(to)]
  const [r, g, b] = raster.color
  if (source === target || !r || !g || !b) return raster
  const fromXyz = invert(target.toXyz)
  if (!fromXyz) throw new Error(`internal: ${to} has dependent primaries`)
  const matrix = multiply(fromXyz, source.toXyz)
  const full = fullOf(depth)
  const isLinear = depth === 32
  const planes = [r.slice(), g.slice(), b.slice()] as const
  for (let i = 0; i < r.length; i++) {
    const linear = [r[i]!, g[i]!, b[i]!].map((value) =>
      isLinear ? value : source.curve.decode(value / full),
    )
    planes.forEach((plane, row) => {
      const value =
        matrix[row * 3]! * linear[0]! +
        matrix[row * 3 + 1]! * linear[1]! +
        matrix[row * 3 + 2]! * linear[2]!
      plane[i] = isLinear
        ? value
        : Math.round(target.curve.encode(Math.min(Math.max(value, 0), 1)) * full)
    })
  }
  return { ...raster, color: planes }
}

function rgbProfile(name: string): RgbSpace {
  return RGB_SPACES[name.replace(LINEAR_SUFFIX, '')] ?? RGB_SPACES[SRGB_NAME]!
}
