/** A text as short as the bridge takes it; what ONNX Runtime says can be long. */
export const brief = (text: string, maxLength = 1000): string =>
  text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text
