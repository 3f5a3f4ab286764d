/** The stand-in for Photoshop's module, as far as plug-ins like this one use it. */
import { App, type AppModule } from './app.ts'
import { batchPlay } from './batch-play.ts'
import { constants } from './constants.ts'
import { type CoreModule, makeCore } from './core.ts'
import { makeImaging } from './imaging.ts'
import { OpenDom } from './open-dom.ts'
import type { Platform } from './platform.ts'
import type { ImagingModule, Photoshop } from './real.ts'
import type { Recorder } from './recording.ts'

type ActionModule = Pick<
  Photoshop['action'],
  'batchPlay' | 'addNotificationListener' | 'removeNotificationListener' | 'recordAction'
>

export interface PhotoshopModule {
  readonly app: AppModule
  readonly core: CoreModule
  readonly imaging: ImagingModule
  readonly action: ActionModule
  readonly constants: typeof constants
}

/** @returns the module, and a function that tells core's listeners of the group UI. */
export function makePhotoshopModule(
  platform: Platform,
  recorder: Recorder,
): { photoshop: PhotoshopModule; notifyUi: (event: string, descriptor?: object) => void } {
  const { notifications } = platform
  const { core, notifyUi } = makeCore(platform)
  const action: ActionModule = {
    batchPlay: (commands, options) =>
      batchPlay(platform, commands, options?.continueOnError ?? false),
    addNotificationListener: async (events, notifier) => notifications.add(events, notifier),
    removeNotificationListener: async (events, notifier) => notifications.remove(events, notifier),
    recordAction: (options, info) => recorder.record(options, info),
  }
  const app = new App(new OpenDom(platform))
  return {
    photoshop: { app, core, imaging: makeImaging(platform), action, constants },
    notifyUi,
  }
}
