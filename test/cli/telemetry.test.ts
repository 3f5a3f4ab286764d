import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runs } from './files/support.ts'
import { temporaryFolder } from './run-cli.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const bin = resolve('bin/impasto.js')
const { ORT_DISABLE_TELEMETRY: _, XDG_CACHE_HOME: __, ...inherited } = process.env

/** @param tracer a program with its arguments that runs the command. */
function paint(home: string, temporary: string, out: string, tracer: readonly string[] = []) {
  const [program, ...args] = [
    ...[...tracer, process.execPath, bin, 'stylize', resolve('samples/dogs.jpg'), '--quiet'],
    ...['--style', 'ink', '--size', '32', '--min-scale', '32', '--iterations', '1', '-o', out],
  ]
  for (const name of ['work', 'temporary']) mkdirSync(at(name), { recursive: true })
  return spawnSync(program!, args, {
    cwd: at('work'),
    env: { ...inherited, HOME: home, TMPDIR: temporary },
    encoding: 'utf8',
  })
}

/** The sources that tsx has translated. */
const isCache = (name: string): boolean => name.startsWith('tsx')

describe('a run of the command line', () => {
  const canTrace = runs('strace', ['-f', '--seccomp-bpf', '-o', '/dev/null', 'true'])

  it('leaves nothing behind but the picture, and opens no socket', () => {
    mkdirSync(at('home'))
    const calls = 'trace=open,openat,creat,socket'
    const tracer = ['strace', '-f', '--seccomp-bpf', '-o', at('trace'), '-s', '512', '-e', calls]
    const run = paint(at('home'), at('temporary'), 'painted.png', canTrace ? tracer : [])
    expect([run.status, run.stderr]).toEqual([0, ''])
    expect(readdirSync(at('home'))).toEqual([])
    expect(readdirSync(at('work'))).toEqual(['painted.png'])
    expect(readdirSync(at('temporary')).filter((name) => !isCache(name))).toEqual([])
    if (!canTrace) return

    const trace = readFileSync(at('trace'), 'utf8')
    expect(trace).toMatch(/AT_FDCWD, "[^"]*onnxruntime_binding\.node"/)
    expect(trace).not.toMatch(/AF_INET|AF_NETLINK/)
    expect(trace).not.toContain('machine-id')
    const written = [...trace.matchAll(/"([^"\n]*)", [^)\n]*O_(?:WRONLY|RDWR|CREAT)/g)]
      .map(([, path]) => path!)
      .filter((path) => !path.startsWith(join(at('temporary'), 'tsx')))
    expect(written.length).toBeGreaterThan(0)
    for (const path of written) expect(path).toMatch(/^\.impasto-\w+\.part$/)
  })

  it('needs no home, and no temporary folder', () => {
    const run = paint('/dev/null', '/dev/null/none', 'homeless.png')
    expect([run.status, run.stderr]).toEqual([0, ''])
    expect(readdirSync(at('work')).filter((name) => name !== 'painted.png')).toEqual([
      'homeless.png',
    ])
  })
})
