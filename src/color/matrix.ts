/** 3×3 matrices, row-major, between the primaries of colour spaces. */

export type Matrix = readonly number[]

export function multiply(a: Matrix, b: Matrix): Matrix {
  return Array.from({ length: 9 }, (_, i) => {
    const row = 3 * Math.floor(i / 3)
    const column = i % 3
    return a[row]! * b[column]! + a[row + 1]! * b[3 + column]! + a[row + 2]! * b[6 + column]!
  })
}

/** The inverse of a 3×3 matrix by its adjugate; undefined where it has none. */
export function invert(m: Matrix): Matrix | undefined {
  const minor = (i: number, j: number) => {
    const rows = [0, 1, 2].filter((row) => row !== i)
    const columns = [0, 1, 2].filter((column) => column !== j)
    const at = (row: number, column: number) => m[3 * rows[row]! + columns[column]!]!
    return (at(0, 0) * at(1, 1) - at(0, 1) * at(1, 0)) * ((i + j) % 2 === 0 ? 1 : -1)
  }
  const determinant = m[0]! * minor(0, 0) + m[1]! * minor(0, 1) + m[2]! * minor(0, 2)
  if (Math.abs(determinant) < 1e-9) return undefined
  return Array.from({ length: 9 }, (_, i) => minor(i % 3, Math.floor(i / 3)) / determinant)
}
