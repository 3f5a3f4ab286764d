import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FolderServer, serveFolder, serveFolderFrom } from '../../../scripts/host/serve.ts'

let root: string
let server: FolderServer

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'impasto-serve-'))
  await mkdir(join(root, 'served/plugin'), { recursive: true })
  await writeFile(join(root, 'served/index.html'), 'start')
  await writeFile(join(root, 'served/plugin/a b.js'), 'code')
  await writeFile(join(root, 'served/ort.wasm'), 'wasm')
  await writeFile(join(root, 'secret.txt'), 'secret')
  await mkdir(join(root, 'served-beside'))
  await writeFile(join(root, 'served-beside/secret.txt'), 'secret')
  await symlink(join(root, 'secret.txt'), join(root, 'served/link.txt'))
  server = await serveFolder(join(root, 'served'), 0)
})
afterAll(async () => {
  await server.close()
  await rm(root, { recursive: true })
})

/** With the path as it is: fetch would tidy it. */
const get = (path: string, method = 'GET') =>
  new Promise<{ status: number; type: string | undefined; text: string }>((resolve, reject) => {
    const { hostname, port } = new URL(server.url)
    request({ hostname, port, path, method }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'],
          text,
        }),
      )
    })
      .on('error', reject)
      .end()
  })

test('serves on the loopback interface alone', () => {
  expect(new URL(server.url).hostname).toBe('127.0.0.1')
})

test.each([
  ['/', 'start', 'text/html; charset=utf-8'],
  ['/index.html?theme=dark', 'start', 'text/html; charset=utf-8'],
  ['/plugin/a%20b.js', 'code', 'text/javascript; charset=utf-8'],
  ['/ort.wasm', 'wasm', 'application/wasm'],
])('serves %s with its type', async (path, text, type) => {
  expect(await get(path)).toEqual({ status: 200, text, type })
})

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/plugin/..%2f..%2fsecret.txt',
  '/..%5csecret.txt',
  '/link.txt',
  '/../served-beside/secret.txt',
  '//etc/passwd',
  '/%',
  '/plugin',
  '/none',
])('gives away nothing at %s', async (path) => {
  const { status, text } = await get(path)
  expect(status).toBeGreaterThanOrEqual(400)
  expect(text).toBe('')
})

test('answers to reading only', async () => {
  expect((await get('/', 'POST')).status).toBe(405)
  expect(await get('/', 'HEAD')).toMatchObject({ status: 200, text: '' })
})

test('takes the next free port where others serve already', async () => {
  const taken = Number(new URL(server.url).port)
  const next = await serveFolderFrom(join(root, 'served'), taken)
  try {
    expect(Number(new URL(next.url).port)).toBeGreaterThan(taken)
  } finally {
    await next.close()
  }
})
