/** Serves a folder on the loopback interface alone. */
import { readFile, realpath } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, sep } from 'node:path'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
}

export interface FolderServer {
  /** Ends with a slash. */
  readonly url: string
  close(): Promise<void>
}

/** How many ports are tried when some are taken. */
const PORTS = 20

/** Serves on this port, or the next that is free. */
export async function serveFolderFrom(folder: string, first: number): Promise<FolderServer> {
  const last = Math.min(first + PORTS - 1, 65_535)
  for (let port = first; port <= last; port++) {
    try {
      return await serveFolder(folder, port)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
  throw new Error(`ports ${first} to ${last} are in use; choose another with --port`)
}

/** @param port 0 takes a free one. */
export async function serveFolder(folder: string, port: number): Promise<FolderServer> {
  const root = await realpath(folder)
  const server = createServer((request, response) => {
    answer(root, request.url ?? '/', request.method ?? '', response).catch(() => {
      if (!response.headersSent) response.writeHead(404)
      response.end()
    })
  })
  await listen(server, port)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  root: string,
  url: string,
  method: string,
  response: ServerResponse,
): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405).end()
    return
  }
  const asked = decodeURIComponent(new URL(url, 'http://127.0.0.1').pathname)
  const path = await realpath(join(root, asked.endsWith('/') ? `${asked}index.html` : asked))
  if (!path.startsWith(root + sep)) {
    response.writeHead(403).end()
    return
  }
  const bytes = await readFile(path)
  response.writeHead(200, {
    'content-type': CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
    'content-length': bytes.length,
    'cache-control': 'no-cache',
  })
  response.end(method === 'HEAD' ? undefined : bytes)
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
