/** Does what the panel asks of the page: the requests of the bridge, and one run at a time. */
import type { EngineHandlers, PanelConnection } from '../bridge/connection.ts'
import type { DeviceChoice, EngineFacts, PlanSummary } from '../bridge/messages.ts'
import { RuntimeError } from '../engine/errors.ts'
import { resolveOptions } from '../engine/options.ts'
import { makeAssets } from './assets.ts'
import { secondsPerMegapixel } from './calibrate.ts'
import { type EngineRuntime, makeDevices, memoryOf } from './devices.ts'
import { examinePage } from './examine.ts'
import { makeStyleDecoder, makeThumbnail } from './pictures.ts'
import { planFor } from './plan.ts'
import { run } from './run.ts'
import type { View } from './view.ts'

interface EngineContext {
  readonly panel: Pick<PanelConnection, 'emit' | 'request'>
  readonly view: View
}

/** A run that has not settled. */
interface ActiveRun {
  readonly signal: AbortSignal
  readonly stop: AbortController
  readonly settled: Promise<unknown>
}

export function makeEngine({ panel, view }: EngineContext): EngineHandlers {
  const assets = makeAssets({
    readOverBridge: async (name, onReceived) =>
      (await panel.request('readAsset', { name }, { onReceived })).bytes,
    onLoading: (what, loadedBytes, totalBytes) =>
      panel.emit('loading', { what, loadedBytes, totalBytes }),
  })
  const devices = makeDevices(assets)
  const decoder = makeStyleDecoder()
  let active: ActiveRun | undefined

  return {
    requests: {
      async open({ device, model: name }): Promise<EngineFacts> {
        const { runtime, ...facts } = await devices.open(device)
        await assets.model(name)
        return {
          ...facts,
          device: runtime.device as EngineFacts['device'],
          description: runtime.description,
          assetsBy: await assets.by(),
          userAgent: navigator.userAgent,
        }
      },

      async measure({ device, model: name }, { signal }) {
        const { runtime } = await devices.open(device)
        const model = await assets.model(name)
        const { description } = runtime
        return {
          description,
          secondsPerMegapixel: await secondsPerMegapixel(runtime, model, signal),
        }
      },

      thumbnail: ({ edge, ...file }) => makeThumbnail(file, edge),

      async plan(question): Promise<PlanSummary> {
        const { runtime } = await devices.open(question.device)
        return planFor(
          question,
          runtime,
          await assets.model(resolveOptions(question.options).model),
        )
      },

      async stylize(job, { signal }) {
        // A cancelled run ends within an evaluation.
        if (active?.signal.aborted) await active.settled.catch(() => {})
        if (active) {
          throw new RuntimeError(
            'the engine is painting a picture already; stop or cancel it, or wait for it to end',
          )
        }
        const stop = new AbortController()
        /** The runtime in use; undefined once it has failed. */
        let runtime: EngineRuntime | undefined
        const discard = async (): Promise<void> => {
          const failed = runtime
          runtime = undefined
          if (failed) await devices.discard(failed)
        }
        const paint = async () => {
          const { model: name } = resolveOptions(job.options)
          runtime = (await devices.open(job.device)).runtime
          const model = await assets.model(name)
          return run(job, {
            runtime,
            model,
            decoder,
            view,
            signal,
            stop: stop.signal,
            memoryBytes: memoryOf,
            onProgress: (report) => panel.emit('progress', report),
            async replaceRuntime({ device }, { failure }) {
              await discard()
              // Where no device opens, the run ends with the picture that it has.
              const open = (choice: DeviceChoice) => devices.open(choice).catch(() => undefined)
              const again = failure === 'lost' ? await open(job.device) : undefined
              if (!again && device === 'wasm') return undefined
              runtime = (again ?? (await open('wasm')))?.runtime
              return runtime
            },
          })
        }
        const settled = paint()
        active = { signal, stop, settled }
        try {
          return await settled
        } catch (error) {
          view.rest()
          if (error instanceof RuntimeError) await discard()
          throw error
        } finally {
          active = undefined
        }
      },

      examine: async ({ bytes, wantsFacts }) => ({
        bytes,
        ...(wantsFacts && { facts: await examinePage() }),
      }),

      async stop() {
        active?.stop.abort()
        return {}
      },
    },

    events: {
      appearance: (appearance) => view.appear(appearance),
      visibility: ({ isVisible }) => view.setVisible(isVisible),
      reload: () => location.reload(),
    },

    onRefused: (code, detail) =>
      panel.emit('log', { level: 'warning', text: `refused a message (${code}): ${detail}` }),
  }
}
