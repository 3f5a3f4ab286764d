/** Actions: recording the steps that the plug-in adds, and playing them. */
import type { RecordedStep } from '../host.ts'
import type { Platform } from './platform.ts'
import type { Photoshop } from './real.ts'

type RecordOptions = Parameters<Photoshop['action']['recordAction']>[0]

export class Recorder {
  readonly #platform: Platform
  /** Where handlers are looked up by name. */
  readonly #pluginGlobal: () => object
  #steps: RecordedStep[] | undefined

  constructor(platform: Platform, pluginGlobal: () => object) {
    this.#platform = platform
    this.#pluginGlobal = pluginGlobal
  }

  start(): void {
    this.#steps = []
  }

  stop(): readonly RecordedStep[] {
    const steps = this.#steps ?? []
    this.#steps = undefined
    return steps
  }

  async record(options: RecordOptions, info: object): Promise<void> {
    if (typeof options?.methodName !== 'string') throw new Error('Unsupported napi type')
    if (typeof info !== 'object' || info === null)
      throw new Error('Failed Error: Argument 2 is missing')
    if (!this.#steps) throw new Error('recordAction: no action is being recorded')
    const { name, methodName } = options
    this.#steps.push({ name, methodName, info: JSON.parse(JSON.stringify(info)) })
  }

  /**
   * @returns the steps as "Record Again" leaves them: what a handler returns replaces its
   * information.
   */
  async play(steps: readonly RecordedStep[]): Promise<readonly RecordedStep[]> {
    const { modality, switches, alert } = this.#platform
    const again: RecordedStep[] = []
    for (const { name, methodName, info } of steps) {
      const handler: unknown = Reflect.get(this.#pluginGlobal(), methodName)
      if (typeof handler !== 'function') {
        await alert('Script action failed.')
        throw new Error(`Script action failed. There is no global function “${methodName}”.`)
      }
      let returned: unknown
      await modality.play(
        name,
        async (context) => {
          returned = await handler(context, structuredClone(info))
        },
        switches.suspendedWhilePlaying,
      )
      again.push({ name, methodName, info: JSON.parse(JSON.stringify(returned ?? info)) })
    }
    return again
  }
}
