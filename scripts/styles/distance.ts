/** How far every pixel is from the nearest of a set. */

/** √ of the least squared distance + value over all pixels, for each (Felzenszwalb & Huttenlocher
 *  2012, lower envelope of parabolas, columns then rows). */
export function distances(
  values: Float64Array,
  { width, height }: { readonly width: number; readonly height: number },
): Float64Array {
  const longest = Math.max(width, height)
  const heights = new Float64Array(longest)
  const apex = new Int32Array(longest)
  const from = new Float64Array(longest + 1)
  const line = (start: number, step: number, count: number) => {
    let last = -1
    for (let q = 0; q < count; q++) {
      const value = values[start + q * step]!
      heights[q] = value
      if (value === Number.POSITIVE_INFINITY) continue
      let cross = Number.NEGATIVE_INFINITY
      while (last >= 0) {
        const p = apex[last]!
        cross = (value + q * q - heights[p]! - p * p) / (2 * (q - p))
        if (cross > from[last]!) break
        cross = Number.NEGATIVE_INFINITY
        last--
      }
      apex[++last] = q
      from[last] = cross
      from[last + 1] = Number.POSITIVE_INFINITY
    }
    if (last < 0) return
    for (let q = 0, k = 0; q < count; q++) {
      while (from[k + 1]! < q) k++
      values[start + q * step] = (q - apex[k]!) ** 2 + heights[apex[k]!]!
    }
  }
  for (let x = 0; x < width; x++) line(x, width, height)
  for (let y = 0; y < height; y++) line(y * width, 1, width)
  return values.map(Math.sqrt)
}
