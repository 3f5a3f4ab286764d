/** What the self-test finds out of documents, under the platform as it may be. */
import { describe, expect, test } from 'vitest'
import { createHost } from '../../../src/host/index.ts'
import type { Switches } from '../../../src/host/switches.ts'
import type { Photoshop } from '../../../src/panel/document/photoshop-types.ts'
import { type Finding, runChecks } from '../../../src/panel/self-test/check.ts'
import { makeDocumentChecks } from '../../../src/panel/self-test/document-checks.ts'
import { documentOf, layer, painted } from './support.ts'

async function findings(switches: Partial<Switches> = {}): Promise<readonly Finding[]> {
  const host = createHost({ switches })
  const own = host.openDocument('mine.psd', documentOf([layer({ raster: painted() })]))
  const before = host.documents[0]!.state
  const photoshop = host.modules.photoshop as unknown as Photoshop
  const found = await runChecks([makeDocumentChecks(photoshop)], () => undefined)
  expect(host.documents.map(({ id }) => id)).toEqual([own])
  expect(host.activeDocumentId).toBe(own)
  expect(host.documents[0]!.state).toBe(before)
  expect(host.audit).toMatchObject({ undisposed: 0, violations: [] })
  return found
}

const idsOf = (found: readonly Finding[], verdict: boolean | undefined): string[] =>
  found.filter(({ isExpected }) => isExpected === verdict).map(({ id }) => id)

test('all is as expected in the stand-in as it is by default', async () => {
  const found = await findings()
  expect(found.filter(({ isExpected }) => !isExpected)).toEqual([])
  expect(found).toHaveLength(12)
})

describe('what differs is named, and nothing else', () => {
  test.each<[Partial<Switches>, readonly string[], readonly string[]]>([
    [{ getPixelsNeedsModal: false }, ['getPixelsOutside'], []],
    [{ refusesNarrowing: false }, ['narrowing'], []],
    [{ setsLayerXmp: false }, ['metadata'], []],
    [{ putLayerMaskCreates: false }, ['maskMade'], ['maskKept', 'maskBounds']],
  ])('under %o', async (switches, differs, untested) => {
    const found = await findings(switches)
    expect(idsOf(found, false)).toEqual(differs)
    expect(idsOf(found, undefined)).toEqual(untested)
  })
})
