/** Opens the page of the bench in Chromium, on the machine's GPU where it has one. */
import { bundle } from '../test/browser/bundle.ts'
import { type OpenPage, openPage } from '../test/browser/open-page.ts'
import type { Adapter, evaluationPage as Page } from './evaluation-page.ts'

declare const evaluationPage: typeof Page

interface EvaluationBrowser extends OpenPage {
  /** Of WebGPU; undefined: Chromium offers none. */
  readonly adapter?: Adapter
}

const moduleFile = (name: string): URL => new URL(import.meta.resolve(name))
const tfjsFile = (name: string): URL => new URL(`wasm-out/${name}`, TFJS)
const TFJS = new URL('../', import.meta.resolve('@tensorflow/tfjs-backend-wasm'))

const FILES = {
  '/ort.wasm': moduleFile('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm'),
  '/ort-worker.wasm': moduleFile('onnxruntime-web/ort-wasm-simd-threaded.wasm'),
  '/vgg16.safetensors': new URL('../models/vgg16.safetensors', import.meta.url),
  '/vgg19-tiny.safetensors': new URL('../test/golden/vgg19-tiny.safetensors', import.meta.url),
  ...Object.fromEntries(
    ['', '-simd', '-threaded-simd'].map((build) => [
      `/tfjs-backend-wasm${build}.wasm`,
      tfjsFile(`tfjs-backend-wasm${build}.wasm`),
    ]),
  ),
}

/** Undoes the choice of the software adapter that the tests make. */
const HARDWARE = [
  '--use-webgpu-adapter=default',
  '--enable-features=Vulkan',
  '--ignore-gpu-blocklist',
]

export async function openEvaluationBrowser(): Promise<EvaluationBrowser> {
  const worker = await bundle(new URL('../src/webview/worker.ts', import.meta.url))
  const open = async (chromium: readonly string[]): Promise<EvaluationBrowser> => {
    const opened = await openPage(
      new URL('evaluation-page.ts', import.meta.url),
      { ...FILES, '/worker.js': worker },
      chromium,
    )
    // A first use compiles every shader, which takes minutes in software.
    opened.page.setDefaultTimeout(0)
    return { ...opened, adapter: await opened.page.evaluate(() => evaluationPage.adapter()) }
  }
  const onHardware = await open(HARDWARE)
  if (onHardware.adapter && !onHardware.adapter.isSoftware) return onHardware
  await onHardware.close()
  return open([])
}
