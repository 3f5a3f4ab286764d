import { describe, expect, test } from 'vitest'
import { pack } from '../../src/bridge/pack.ts'
import { ENGINE_EVENTS, ENGINE_REQUESTS, PANEL_REQUESTS } from '../../src/bridge/table.ts'
import { OPTIONS } from '../../src/engine/options.ts'
import { PRESETS } from '../../src/engine/presets.ts'
import { jobFor, outcome, picture } from './ends.ts'

const job = jobFor(picture(4, 2))
const { stylize, thumbnail, open, plan } = ENGINE_REQUESTS
const MAP = { width: 3, height: 2, bytes: new Uint8Array(6) }
const question = {
  content: { width: 300, height: 200 },
  styles: [
    { width: 4, height: 3, weight: 1, scale: 1, rotation: 0 },
    { width: 4, height: 3, weight: 0, scale: 2, rotation: -90, mask: 'selection' },
  ],
  hasStrength: false,
  options: { size: 0 },
  device: 'auto',
}
const planned = {
  scales: 3,
  width: 300,
  height: 200,
  tiles: 0,
  tileWidth: 300,
  tileHeight: 200,
  precision: 'float16',
  predictedBytes: 5e9,
  work: 1e12,
}
const progress = {
  run: 1,
  scaleIndex: 0,
  scaleCount: 2,
  width: 64,
  height: 48,
  iteration: 1,
  iterations: 3,
  evaluations: 1,
  fraction: 0.1,
  terms: { tv: 1 },
  total: 1,
  seconds: 1,
  secondsLeft: 9,
}
const facts = {
  device: 'wasm',
  description: 'onnxruntime-web',
  isSecureContext: true,
  hasNavigatorGpu: false,
  hasAdapter: false,
  hasShaderF16: false,
  limits: { maxBufferSize: 2 ** 40 },
  assetsBy: 'bridge',
  userAgent: 'Chromium',
}

describe('what fits', () => {
  test.each([
    ['a job', stylize.params, job],
    ['a job without options', stylize.params, { ...job, options: {} }],
    [
      'a job whose styles and strength have places, and that goes on from a picture',
      stylize.params,
      {
        ...job,
        styles: [{ ...job.styles[0], scale: 0.05, rotation: -360, mask: MAP }],
        strength: MAP,
        init: { pixels: job.content, edge: 256 },
      },
    ],
    ['an outcome', stylize.result, outcome(picture(3))],
    [
      'an outcome from which a run can go on',
      stylize.result,
      { ...outcome(picture(3)), continueAt: 512 },
    ],
    [
      'an outcome of all layers in eight regions and the rest',
      stylize.result,
      {
        ...outcome(picture(3)),
        terms: Object.fromEntries(
          Array.from({ length: 9 * 16 }, (_, i) => [`style.relu5_4.${i + 1}`, 1]),
        ),
      },
    ],
    [
      'an outcome with a warning',
      stylize.result,
      { ...outcome(picture(3)), warning: 'ended early' },
    ],
    ['what is to be planned', plan.params, question],
    ['a plan', plan.result, planned],
    ['a report', ENGINE_EVENTS.progress, progress],
    ['facts', open.result, facts],
    ['facts with a fallback', open.result, { ...facts, fallback: 'no adapter' }],
    [
      '16-bit pixels',
      stylize.params,
      {
        ...job,
        content: { width: 2, height: 3, components: 4, bits: 16, bytes: new Uint8Array(48) },
      },
    ],
  ])('%s', (_, check, message) => {
    expect(check.complaint(pack(message).body, 'it')).toBeUndefined()
  })

  test('every option at its default, and every preset', () => {
    const defaults = Object.fromEntries(
      Object.entries(OPTIONS).map(([name, option]) => [name, option.default]),
    )
    for (const options of [defaults, ...PRESETS.map((preset) => preset.options)]) {
      expect(stylize.params.complaint(pack({ ...job, options }).body, 'it')).toBeUndefined()
    }
  })
})

describe('what does not fit, and what is said about it', () => {
  const made = outcome(picture(3))
  const style = (fields: object): object => ({
    ...job,
    styles: [{ ...job.styles[0], ...fields }],
  })
  const content = (fields: object): object => ({ ...job, content: { ...job.content, ...fields } })
  test.each<[string, { complaint(value: unknown, path: string): string | undefined }, unknown]>([
    ['it: expected an object, got null', stylize.params, null],
    ['it: expected an object, got a list of 0', stylize.params, []],
    ['it: "more" is unknown here', stylize.params, { ...job, more: 1 }],
    [
      'it.device: expected one of auto, webgpu, wasm, got "cuda"',
      stylize.params,
      { ...job, device: 'cuda' },
    ],
    [
      'it.content: expected 16 bytes for 4×2, 1 components of 16 bits, got 8',
      stylize.params,
      content({ bits: 16 }),
    ],
    [
      'it.content.width: expected a whole number from 1 to 300000, got 0',
      stylize.params,
      content({ width: 0 }),
    ],
    [
      'it.content.bytes: expected at most 2147483648 bytes, got a text of 900 characters',
      stylize.params,
      content({ bytes: 'x'.repeat(900) }),
    ],
    [
      'it.styles: expected a list of 1 to 8, got a list of 0',
      stylize.params,
      { ...job, styles: [] },
    ],
    [
      'it.styles[0].weight: expected a number from 0 to 1000000, got -1',
      stylize.params,
      { ...job, styles: [{ ...job.styles[0], weight: -1 }] },
    ],
    [
      'it.styles: expected a list of 1 to 8, got a list of 0',
      plan.params,
      { ...question, styles: [] },
    ],
    [
      'it.styles: expected a list of 1 to 8, got a list of 9',
      stylize.params,
      { ...job, styles: new Array(9).fill(job.styles[0]) },
    ],
    [
      'it.styles[0].scale: expected a number from 0.05 to 20, got 0',
      stylize.params,
      style({ scale: 0 }),
    ],
    [
      'it.styles[0].rotation: expected a number from -360 to 360, got null',
      stylize.params,
      style({ rotation: null }),
    ],
    [
      'it.styles[0].mask: expected 9 bytes for 3×3, got 6',
      stylize.params,
      style({ mask: { ...MAP, height: 3 } }),
    ],
    [
      'it.strength.bytes: expected at most 1073741824 bytes, got a list of 2',
      stylize.params,
      { ...job, strength: { ...MAP, bytes: [1, 2] } },
    ],
    [
      'it.init.pixels: expected 7 bytes for 7×1, 1 components of 8 bits, got 8',
      stylize.params,
      { ...job, init: { pixels: { ...job.content, width: 7, height: 1 }, edge: 64 } },
    ],
    [
      'it.init.edge: expected a whole number from 1 to 300000, got 0',
      stylize.params,
      { ...job, init: { pixels: job.content, edge: 0 } },
    ],
    [
      'it.origin.content: expected a text of at most 64 characters like ^[0-9a-f]{64}$, got "no hash"',
      stylize.result,
      { ...made, origin: { ...made.origin, content: 'no hash' } },
    ],
    [
      'it.content.height: expected a whole number from 1 to 300000, got 0.5',
      plan.params,
      { ...question, content: { width: 1, height: 0.5 } },
    ],
    [
      'it.precision: expected one of float32, float16, got "int8"',
      plan.result,
      { ...planned, precision: 'int8' },
    ],
    [
      'it.options.size: expected a number, got an object',
      stylize.params,
      { ...job, options: { size: {} } },
    ],
    [
      'it.options.iterations[1]: expected a number, got "2"',
      stylize.params,
      { ...job, options: { iterations: [1, '2'] } },
    ],
    [
      'it.png: expected at most 8388608 bytes, got an object',
      thumbnail.result,
      { width: 1, height: 1, png: { byteLength: 2 ** 24 } },
    ],
    ['it.total: expected a number, got null', ENGINE_EVENTS.progress, { ...progress, total: null }],
    [
      'it.fraction: expected a number from 0 to 1, got 1.5',
      ENGINE_EVENTS.progress,
      { ...progress, fraction: 1.5 },
    ],
    [
      'it.name: expected a text of at most 128 characters like ^\\w[\\w.-]*$, got "../secrets"',
      PANEL_REQUESTS.readAsset.params,
      { name: '../secrets' },
    ],
  ])('%s', (complaint, check, message) => {
    expect(check.complaint(pack(message).body, 'it')).toBe(complaint)
  })

  test('a name from an object’s prototype', () => {
    const message: unknown = JSON.parse('{ "__proto__": {} }')
    expect(ENGINE_REQUESTS.stop.params.complaint(message, 'it')).toMatch(/__proto__/)
  })
})
