/** A document without layers, to which layers may be added: header, sections, composite. */
import { concat, latin1, lengthField, u16, u32 } from './bytes.ts'
import { COLOR_MODES, type PsdHeader } from './document.ts'

interface FlatParts {
  readonly colorModeData: Uint8Array
  /** Section 3: image resources one after the other. */
  readonly resources: Uint8Array
  readonly composite: Uint8Array
}

export function buildFlat(
  header: PsdHeader,
  { colorModeData, resources, composite }: FlatParts,
): Uint8Array {
  return concat([
    encodeHeader(header),
    u32(colorModeData.length),
    colorModeData,
    u32(resources.length),
    resources,
    lengthField(0, header.large),
    composite,
  ])
}

export function encodeHeader(header: PsdHeader): Uint8Array {
  return concat([
    latin1('8BPS'),
    u16(header.large ? 2 : 1),
    new Uint8Array(6),
    u16(header.channelCount),
    u32(header.height),
    u32(header.width),
    u16(header.bits),
    u16(COLOR_MODES[header.mode].number),
  ])
}
