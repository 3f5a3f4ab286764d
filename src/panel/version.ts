/** @param text with a version somewhere in it: 'uxp-8.0.1', 'Photoshop 26.10.0'. */
export function isAtLeast(text: string, major: number, minor: number): boolean {
  const [, ofMajor = '0', ofMinor = '0'] = /(\d+)(?:\.(\d+))?/.exec(text) ?? []
  return Number(ofMajor) > major || (Number(ofMajor) === major && Number(ofMinor) >= minor)
}
