/** For vitest: one Chromium for all files of a run, in which each has contexts of its own. */
import { chromium } from 'playwright-core'
import { ARGUMENTS, findChromium, SHARED_CHROMIUM } from './chromium.ts'

/** @returns what ends it. */
export default async function shareChromium(): Promise<(() => Promise<void>) | undefined> {
  if (!findChromium()) return
  const server = await chromium.launchServer({ executablePath: findChromium(), args: ARGUMENTS })
  process.env[SHARED_CHROMIUM] = server.wsEndpoint()
  return () => server.close()
}
