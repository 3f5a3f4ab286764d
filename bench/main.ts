/** `npm run bench`: every table is printed and kept in out/bench/report.md. */
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { loadModel } from '../src/cli/models/store.ts'
import { printBridge } from './bridge.ts'
import { timeEvaluations } from './evaluation-time.ts'
import { BENCH_OBJECTIVES, compareOptimisers } from './optimiser.ts'
import { printOpening } from './panel.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
process.chdir(root)
const weights = 'models/vgg16.safetensors'
const threads = availableParallelism()
const model = await loadModel('vgg16')
const lines: string[] = []
const print = (line = ''): void => {
  lines.push(line)
  process.stdout.write(`${line}\n`)
}
const ratio = (ours: number, peer: number | undefined): string =>
  peer === undefined ? 'no PyTorch here' : (ours / peer).toFixed(3)
const figure = (value: number | undefined): string =>
  value === undefined ? '–' : value.toPrecision(4)

print(`# Bench: ${cpus()[0]?.model.trim()}, ${threads} cores, Node ${process.version}`)
print()
print('## Seconds per evaluation, VGG16, CPU')
print()
print('| size | ours s | PyTorch s | ours / PyTorch | ours GFLOP/s |')
print('| --- | --- | --- | --- | --- |')
for (const row of await timeEvaluations(
  model,
  weights,
  [
    [256, 256],
    [512, 384],
  ],
  threads,
  5,
)) {
  print(
    `| ${row.width}×${row.height} | ${figure(row.oursSeconds)} | ${figure(row.peerSeconds)} | ${ratio(row.oursSeconds, row.peerSeconds)} | ${(row.gigaflops / row.oursSeconds).toFixed(0)} |`,
  )
}
for (const objective of BENCH_OBJECTIVES) {
  print()
  print(`## Loss by evaluation, 256 px, ${objective} objective without TV, from the content`)
  print()
  print('| evaluations | ours | PyTorch L-BFGS | ours / PyTorch |')
  print('| --- | --- | --- | --- |')
  const result = await compareOptimisers(objective, model, weights, 'out/bench', threads)
  for (const { evaluations, ours, peer } of result.rows) {
    print(`| ${evaluations} | ${figure(ours)} | ${figure(peer)} | ${ratio(ours, peer)} |`)
  }
  print()
  print('| saved 8-bit picture, judged by PyTorch | reported loss | loss of the file | ratio |')
  print('| --- | --- | --- | --- |')
  for (const [name, reported, saved] of [
    ['ours', result.reported, result.saved],
    ['PyTorch, clamped at the end', result.peerReported, result.peerSaved],
  ] as const) {
    const fileToReported = saved && reported ? (saved / reported).toFixed(3) : '–'
    print(`| ${name} | ${figure(reported)} | ${figure(saved)} | ${fileToReported} |`)
  }
}
print()
await printBridge(print)
print()
await printOpening(print)
await mkdir('out/bench', { recursive: true })
await writeFile('out/bench/report.md', `${lines.join('\n')}\n`)
