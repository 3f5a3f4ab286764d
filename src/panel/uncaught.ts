/**
 * What nobody caught, for the log. UXP tells of it since 9.4, where the manifest's feature flags ask
 * for it, by events that are not documented further: each is listened for that may be meant.
 */
const EVENTS = ['uncaughtException', 'unhandledRejection', 'error', 'unhandledrejection']

export function listenForUncaught(tell: (text: string) => void): void {
  for (const type of EVENTS) {
    window.addEventListener(type, (event) => {
      const { error, reason, message, detail } = event as unknown as Readonly<
        Record<string, unknown>
      >
      const what = error ?? reason ?? message ?? detail
      // Pictures and other elements have events of that name, too.
      if (what !== undefined) tell(`uncaught (${type}): ${String(what)}`)
    })
  }
}
