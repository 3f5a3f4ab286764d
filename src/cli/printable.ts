/**
 * Text for a terminal: names out of files could otherwise move its cursor or rewrite what it shows.
 * Control characters other than tab and newline become `\u001b` and the like, which JSON reads as
 * what they were.
 */
export const printable = (text: string): string =>
  text.replace(
    /[^\P{Cc}\t\n]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
