/**
 * The forms in which UXP hands a message over. Its documentation names an object in `data`; others
 * have seen it in `message`, and as JSON text, encoded once or twice.
 */

/** No packet has so many characters, even encoded twice; a longer text is not parsed. */
const LONGEST_TEXT = 2 ** 22

/** The last form comes about where UXP encodes once more what was posted as text. */
const FORMS = ['an object', 'a text', 'a text in a text', 'a text in a text in a text'] as const

interface Heard {
  readonly message: unknown
  /** For people: 'data, an object'. */
  readonly form: string
}

export function messageOf(event: object): Heard {
  const { data, message } = event as { readonly data?: unknown; readonly message?: unknown }
  const isData = data !== undefined && data !== null
  let value = isData ? data : message
  let depth = 0
  while (typeof value === 'string' && depth < FORMS.length - 1 && value.length <= LONGEST_TEXT) {
    try {
      value = JSON.parse(value)
    } catch {
      break
    }
    depth++
  }
  return { message: value, form: `${isData ? 'data' : 'message'}, ${FORMS[depth]}` }
}
