/** Planar RGB in [0,1], sRGB-encoded: channel c of pixel (x, y) is data[(c·height + y)·width + x]. */
export interface PlanarImage {
  readonly width: number
  readonly height: number
  /** 3·height·width values. */
  readonly data: Float32Array
  /** height·width straight (unpremultiplied) coverage in [0,1]; absent means opaque. */
  readonly alpha?: Float32Array
}
