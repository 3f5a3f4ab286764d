/**
 * Logs errors that nobody caught. UXP tells of them since 9.4 if the manifest's feature flags ask for
 * it; which events it uses is not documented, so every likely one is listened for.
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
