/** Puts a painted picture in the content's place: its colours, as far as strength says, and its alpha. */
import { withLumaOf } from '../picture/color.ts'
import {
  type Beyond,
  type Mask,
  type PlanarImage,
  resize,
  resizeMask,
  resizeRows,
  rowsOf,
  type Size,
} from '../picture/image.ts'

export interface Place {
  readonly content: PlanarImage
  /** The content, opaque, so that what hides under alpha 0 does not spread from there. */
  readonly visible: PlanarImage
  /**
   * How far a painted picture takes the content's place, of the content's size; absent: all the way
   * everywhere.
   */
  readonly painted?: Mask
  /** The style acts on light and dark alone; the content's chroma stays. */
  readonly keepsColors: boolean
  readonly beyond: Beyond
}

/**
 * Puts pictures of any size in the content's place. Where the content shows through, it does so to
 * the bit, as it is at the picture's size.
 */
export interface Composite {
  /** Takes pictures of any size; returns the same object where nothing of the content shows. */
  put(picture: PlanarImage): PlanarImage
  /** Enlarged or shrunk to the content's size first; rows `top` to `bottom` of that. */
  putRows(picture: PlanarImage, top: number, bottom: number): PlanarImage
}

/**
 * Where `painted` is 0 the content shows, and under alpha 0 it does so with the colours that hide
 * there. What is needed of the content is resized once for each size, because previews may be asked
 * for several times a second.
 */
export function makeComposite(place: Place): Composite {
  const { content, visible, painted, keepsColors, beyond } = place
  const isPlain = !content.alpha && !painted && !keepsColors
  const layersAt = (width: number, height: number): Layers => ({
    width,
    height,
    visible: resize(visible, width, height, beyond),
    given: resize(content, width, height, beyond),
    share: painted && resizeMask(painted, width, height).data,
  })
  let layers: Layers | undefined
  const put = (picture: PlanarImage): PlanarImage => {
    if (isPlain) return picture
    const { width, height } = picture
    if (layers?.width !== width || layers.height !== height) layers = layersAt(width, height)
    return mix(keepsColors ? withLumaOf(picture, layers.visible) : picture, layers)
  }
  return {
    put,
    putRows(picture, top, bottom) {
      const rows = resizeRows(picture, content, beyond, top, bottom)
      if (isPlain) return rows
      const shown = rowsOf(visible, top, bottom)
      return mix(keepsColors ? withLumaOf(rows, shown) : rows, {
        width: rows.width,
        height: rows.height,
        visible: shown,
        given: rowsOf(content, top, bottom),
        share: painted?.data.subarray(top * painted.width, bottom * painted.width),
      })
    },
  }
}

/** All of one size. */
interface Layers extends Size {
  readonly visible: PlanarImage
  readonly given: PlanarImage
  readonly share?: Float32Array
}

function mix(picture: PlanarImage, { width, height, visible, given, share }: Layers): PlanarImage {
  const { alpha } = given
  const pixels = width * height
  const data = picture.data.map((value, i) => {
    const pixel = i % pixels
    if (alpha?.[pixel] === 0) return given.data[i]!
    const part = share ? share[pixel]! : 1
    const under = visible.data[i]!
    return part === 1 ? value : part === 0 ? under : under + part * (value - under)
  })
  return { width, height, data, ...(alpha && { alpha }) }
}
