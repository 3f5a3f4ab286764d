import { describe, expect, test } from 'vitest'
import { restrictCanvas } from '../../../src/host/uxp/canvas.ts'
import { GLOBAL_NAMES } from '../../../src/host/uxp/global-names.ts'
import { makeGlobalScope, runPluginScript } from '../../../src/host/uxp/global-scope.ts'

/** Runs a plug-in of one file. */
function run(code: string, provided: Record<string, unknown> = {}, real: object = globalThis) {
  const violations: string[] = []
  const scope = makeGlobalScope(real, (violation) => violations.push(violation), provided)
  const exports = runPluginScript(code, scope, (name) => `module ${name}`)
  return { exports, violations, scope }
}

/** uxp.md: absent in the host. */
const ABSENT = `Worker SharedWorker OffscreenCanvas TextEncoder TextDecoder queueMicrotask
  structuredClone MutationObserver ResizeObserver IntersectionObserver onerror location history
  GPUDevice WebGLRenderingContext SharedArrayBuffer Atomics WebAssembly indexedDB matchMedia
  performance process Buffer AbortController AbortSignal setImmediate createImageBitmap ImageData`.split(
  /\s+/,
)

describe('a plug-in’s script', () => {
  test('gets require, module and what its host provides', () => {
    const { exports, violations } = run(
      `'use strict'
       const uxp = require('uxp')
       module.exports = [uxp, document.title, typeof setTimeout, [1, 2].map((n) => n * 2), undefined]`,
      { document: { title: 'panel' } },
    )
    expect(exports).toEqual(['module uxp', 'panel', 'function', [2, 4], undefined])
    expect(violations).toEqual([])
  })

  test('that uses a global which UXP lacks finds nothing there, and is reported once', () => {
    const { exports, violations } = run(
      `module.exports = [typeof Worker, typeof globalThis.Worker, typeof window.Worker]`,
      {},
      { Worker: class {} },
    )
    expect(exports).toEqual(['undefined', 'undefined', 'undefined'])
    expect(violations).toEqual(['the global Worker does not exist in UXP'])
    expect(() => run(`new TextEncoder()`)).toThrow(TypeError)
  })

  test('may ask for Node’s globals and AbortController, which it does not get', () => {
    const { exports, violations } = run(`module.exports = [typeof process, typeof AbortController]`)
    expect(exports).toEqual(['undefined', 'undefined'])
    expect(violations).toEqual([])
  })

  test.each(ABSENT)('has no %s', (name) => {
    expect(GLOBAL_NAMES.has(name)).toBe(false)
    expect(run(`module.exports = [typeof ${name}, '${name}' in globalThis]`).exports).toEqual([
      'undefined',
      false,
    ])
  })

  test.each(['eval("1")', 'new Function("1")', 'Function("1")', 'setTimeout("1", 0)'])(
    'that makes code from a string throws: %s',
    (code) => {
      expect(() => run(code)).toThrow(EvalError)
    },
  )

  test('may test for functions without making any', () => {
    const code = `module.exports = [(() => {}) instanceof Function, typeof Function.prototype.call]`
    expect(run(code).exports).toEqual([true, 'function'])
  })

  test('keeps the globals that it sets to itself, whichever way it sets them', () => {
    const { exports, scope } = run(`
      globalThis.a = 1
      window.b = 2
      c = 3
      module.exports = [a, b, c, window === globalThis, 'a' in globalThis, 'd' in window]`)
    expect(exports).toEqual([1, 2, 3, true, true, false])
    expect(Reflect.get(Reflect.get(scope, 'globalThis'), 'a')).toBe(1)
    expect('a' in globalThis).toBe(false)
  })

  test('calls a browser’s functions on their window', () => {
    const real = {
      fetch(this: unknown) {
        return this === real
      },
    }
    expect(run(`module.exports = [fetch(), window.fetch === fetch]`, {}, real).exports).toEqual([
      true,
      true,
    ])
  })
})

describe('the canvas', () => {
  class Context {
    readonly calls: string[] = []
    fillStyle = 'black'
    fillRect(): void {
      this.calls.push('fillRect')
    }
    drawImage(): void {
      this.calls.push('drawImage')
    }
  }

  function canvas() {
    const context = new Context()
    const violations: string[] = []
    const real = { getContext: () => context, toDataURL: () => 'data:' }
    const element = restrictCanvas(real as unknown as HTMLCanvasElement, (violation) =>
      violations.push(violation),
    )
    return { element, context, violations }
  }

  test('draws rectangles', () => {
    const { element, context, violations } = canvas()
    const drawing = element.getContext('2d')!
    drawing.fillStyle = 'red'
    drawing.fillRect(0, 0, 1, 1)
    expect([context.fillStyle, context.calls]).toEqual(['red', ['fillRect']])
    expect(violations).toEqual([])
  })

  test.each(['drawImage', 'getImageData', 'putImageData', 'createImageData', 'fillText', 'filter'])(
    'has no %s',
    (name) => {
      const { element, violations } = canvas()
      expect(Reflect.get(element.getContext('2d')!, name)).toBeUndefined()
      expect(violations).toEqual([`${name} of a canvas context: UXP lacks it`])
    },
  )

  test('gives away no pixels and no other context', () => {
    const { element, violations } = canvas()
    expect(element.toDataURL).toBeUndefined()
    expect(element.getContext('webgl2')).toBeNull()
    expect(violations).toHaveLength(2)
  })
})
