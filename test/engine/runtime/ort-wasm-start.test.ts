// A file of its own: a process has one WebAssembly instance, and here it fails to start.
import { expect, test } from 'vitest'
import { RuntimeError } from '../../../src/engine/errors.ts'
import { createWasmRuntime } from '../../../src/engine/runtime/ort-wasm.ts'

test('a binary that is not WebAssembly is a RuntimeError that says what is needed', async () => {
  const wasmBinary = new TextEncoder().encode('<!doctype html><title>Not found</title>')
  const attempt = createWasmRuntime(wasmBinary)
  await expect(attempt).rejects.toThrow(RuntimeError)
  await expect(attempt).rejects.toThrow(
    /^wasm: ONNX Runtime did not start \(.+\); it needs its unchanged \.wasm file/s,
  )
})
