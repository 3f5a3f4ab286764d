import { expect, test } from 'vitest'
import { failureOf } from '../../../src/engine/runtime/failure.ts'

test.each([
  new RangeError('Array buffer allocation failed'),
  new RangeError('Invalid typed array length: 9007199254740991'),
  new Error('std::bad_alloc'),
  new Error(
    "Non-zero status code returned while running Conv node. Name:'conv1' Status Message: /onnxruntime/core/framework/bfc_arena.cc:359 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) Failed to allocate memory for requested buffer of size 4294967296",
  ),
  new Error('Available memory of 1024 is smaller than requested bytes of 4096'),
  new WebAssembly.RuntimeError('Aborted(OOM). Build with -sASSERTIONS for more info.'),
  new RangeError('WebAssembly.Memory.grow(): Out of memory'),
  new Error('Buffer size (4294967296) exceeds the max buffer size limit (2147483648).'),
  new Error('[Invalid Buffer (unlabeled)] is invalid due to a previous error.'),
  Object.assign(new (class GPUOutOfMemoryError {})(), { message: 'Failed to allocate buffer' }),
])('for lack of memory: $message', (error) => {
  expect(failureOf(error)).toBe('memory')
})

test.each([
  new Error('Device is lost.'),
  new Error('The GPU device was lost (unknown); start again'),
  new Error("Failed to execute 'mapAsync' on 'GPUBuffer': Device was destroyed."),
])('for lack of the device: $message', (error) => {
  expect(failureOf(error)).toBe('lost')
})

test.each([
  new Error('Got invalid dimensions for input: x for the following indices'),
  new Error("Non-zero status code returned while running MatMul node. Name:'matmul3'"),
  new TypeError("Cannot read properties of undefined (reading 'device')"),
  // A trap: the instance is broken, and smaller tiles would run on it.
  new WebAssembly.RuntimeError('memory access out of bounds'),
  'a word',
  undefined,
])('for another reason: %s', (error) => {
  expect(failureOf(error)).toBe('other')
})
