/**
 * Lets waiting events be handled. It uses a message, because timers and animation frames are slowed
 * or stop while the panel is hidden.
 */
export function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
