import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { bundle } from './bundle.ts'
import { launchChromium } from './chromium.ts'

export interface OpenPage {
  readonly page: Page
  /** What the page wrote to its console so far. */
  readonly console: readonly string[]
  close(): Promise<void>
}

/**
 * Opens a page that runs `entry`.
 * @param files that the page may fetch, by path, or what is in them; served on the loopback interface alone.
 * @param furtherArguments of Chromium's command line.
 */
export async function openPage(
  entry: URL,
  files: Readonly<Record<string, URL | string>>,
  furtherArguments: readonly string[] = [],
): Promise<OpenPage> {
  const script = await bundle(entry)
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    if (path === '/') {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end('<!doctype html><title>test</title><script src="/script.js"></script>')
    } else if (path === '/script.js') {
      response.setHeader('content-type', 'text/javascript; charset=utf-8')
      response.end(script)
    } else if (files[path]) {
      const file = files[path]
      response.end(typeof file === 'string' ? file : await readFile(file))
    } else {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await launchChromium(furtherArguments)
  const close = async (): Promise<void> => {
    await browser.close()
    server.close()
  }
  try {
    const page = await browser.newPage()
    const lines: string[] = []
    page.on('console', (message) => lines.push(message.text()))
    page.on('pageerror', (error) => lines.push(String(error)))
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    return { page, console: lines, close }
  } catch (error) {
    await close()
    throw error
  }
}
