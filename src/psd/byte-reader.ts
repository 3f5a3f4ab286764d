import { ImageError } from '../engine/errors.ts'

/** Reads big-endian numbers from a part of a file, and never beyond that part. */
export class ByteReader {
  private readonly path: string
  private readonly view: DataView
  readonly bytes: Uint8Array
  /** Offsets count from the start of the file. */
  position: number
  readonly end: number

  constructor(path: string, bytes: Uint8Array, start = 0, end = bytes.length) {
    this.path = path
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.position = start
    this.end = end
  }

  get remaining(): number {
    return this.end - this.position
  }

  u8(): number {
    return this.view.getUint8(this.skip(1))
  }

  u16(): number {
    return this.view.getUint16(this.skip(2))
  }

  i16(): number {
    return this.view.getInt16(this.skip(2))
  }

  u32(): number {
    return this.view.getUint32(this.skip(4))
  }

  i32(): number {
    return this.view.getInt32(this.skip(4))
  }

  /** A length of 4 bytes, or of 8 where `wide`; checked against what is left. */
  length(wide: boolean): number {
    const at = this.position
    const value = wide ? this.u32() * 2 ** 32 + this.u32() : this.u32()
    if (value > this.remaining) this.fail(`a block of ${value} bytes`, at)
    return value
  }

  /** Latin-1. */
  text(length: number): string {
    const at = this.skip(length)
    return String.fromCharCode(...this.bytes.subarray(at, at + length))
  }

  /** UTF-16 without what fills it up at its end. */
  unicodeText(units: number): string {
    const at = this.skip(2 * units)
    const codes = Array.from({ length: units }, (_, i) => this.view.getUint16(at + 2 * i))
    return codes
      .map((code) => String.fromCharCode(code))
      .join('')
      .replace(/\0+$/, '')
  }

  /** Steps over `length` bytes and returns where they start. */
  skip(length: number): number {
    const at = this.position
    if (length > this.remaining) this.fail(`${length} more bytes`, at)
    this.position += length
    return at
  }

  /** A reader of the next `length` bytes, which this one steps over. */
  section(length: number): ByteReader {
    const at = this.skip(length)
    return new ByteReader(this.path, this.bytes, at, at + length)
  }

  fail(expected: string, at = this.position): never {
    throw new ImageError(
      `${this.path}: is damaged or cut short: expected ${expected} at byte ${at}, ` +
        `${this.end - at} are left; save it again or get a fresh copy`,
    )
  }
}
