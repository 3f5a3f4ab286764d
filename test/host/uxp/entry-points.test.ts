import type { InstalledPlugin } from 'uxp'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MANIFEST, root, standIn } from './stand-in.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('setup', () => {
  test('while the script runs is right, and the plug-in is created after it', async () => {
    const { uxp, driver, violations } = standIn()
    const events: string[] = []
    await driver.load(() => {
      uxp.entrypoints.setup({ plugin: () => events.push('create') })
      events.push('end of script')
    })
    expect(events).toEqual(['end of script', 'create'])
    expect(violations).toEqual([])
  })

  test('twice throws and is reported', () => {
    const { uxp, violations } = standIn()
    uxp.entrypoints.setup({})
    expect(() => uxp.entrypoints.setup({})).toThrow('only once')
    expect(violations).toEqual(['entrypoints.setup was called more than once'])
  })

  test('later than 20 ms after the script is reported', async () => {
    const { uxp, driver, violations } = standIn()
    await driver.load(() => setTimeout(() => uxp.entrypoints.setup({}), 50))
    await vi.advanceTimersByTimeAsync(50)
    expect(violations).toEqual(['entrypoints.setup was called 50 ms late; at most 20 ms'])
  })

  const show = () => {}
  const badShapes: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['an array of panels, as Adobe’s types have it', { panels: [{ show }] }],
    ['an unknown key', { panel: {} }],
    ['a plug-in without create', { plugin: { destroy() {} } }],
    ['a panel without create and show', { panels: { main: { hide() {} } } }],
    ['a handler that is no function', { panels: { main: { show, hide: true } } }],
    ['a panel that the manifest lacks', { panels: { other: show } }],
    ['a command under the id of a panel', { commands: { main: show } }],
    ['a command without run', { commands: { apply: { cancel() {} } } }],
    ['a menu that is no array', { panels: { main: { show, menuItems: {} } } }],
    ['a menu item without id and label', { panels: { main: { show, menuItems: [{}] } } }],
    ['a label that is no string', { panels: { main: { show, menuItems: [{ label: 5 }] } } }],
    [
      'an id used twice, once in a submenu',
      { panels: { main: { show, menuItems: ['a', { id: 'b', submenu: ['a'] }] } } },
    ],
  ]
  test.each(badShapes)('throws for %s', (_, shape) => {
    const { uxp } = standIn()
    expect(() => uxp.entrypoints.setup(shape as object)).toThrow(
      expect.objectContaining({ name: 'EntryPointsError' }),
    )
  })
})

describe('a panel', () => {
  function withPanel(
    panel: Record<'create' | 'show' | 'hide' | 'destroy', (...args: unknown[]) => unknown>,
    showsOnce = false,
  ) {
    const made = standIn({}, { showsOnce })
    made.uxp.entrypoints.setup({ panels: { main: panel } })
    return made
  }
  const quick = { create() {}, show() {}, hide() {}, destroy() {} }

  test('is created, shown, hidden and destroyed with its root', async () => {
    const events: unknown[] = []
    const record = (name: string) => (given: unknown) => events.push([name, given === root])
    const { driver, violations } = withPanel({
      create: record('create'),
      show: record('show'),
      hide: record('hide'),
      destroy: record('destroy'),
    })
    await driver.createPanel('main', root)
    for (let turn = 0; turn < 2; turn++) {
      await driver.showPanel('main')
      await driver.showPanel('main')
      await driver.hidePanel('main')
    }
    await driver.destroy()
    const names = ['create', 'show', 'hide', 'show', 'hide', 'destroy']
    expect(events).toEqual(names.map((name) => [name, true]))
    expect(violations).toEqual([])
  })

  test('is shown once and never hidden where Photoshop has that fault', async () => {
    const events: string[] = []
    const { driver } = withPanel(
      { ...quick, show: () => events.push('show'), hide: () => events.push('hide') },
      true,
    )
    await driver.createPanel('main', root)
    for (let turn = 0; turn < 2; turn++) {
      await driver.showPanel('main')
      await driver.hidePanel('main')
    }
    expect(events).toEqual(['show'])
  })

  test.each(['create', 'show', 'hide'] as const)(
    'whose %s takes 300 ms is reported, and not waited for if it never ends',
    async (name) => {
      for (const slow of [() => wait(400), () => new Promise(() => {})]) {
        const { driver, violations } = withPanel({ ...quick, [name]: slow })
        const life = (async () => {
          await driver.createPanel('main', root)
          await driver.showPanel('main')
          await driver.hidePanel('main')
        })()
        await vi.advanceTimersByTimeAsync(500)
        await life
        expect(violations).toEqual([`panel "main": ${name} took over 300 ms`])
      }
    },
  )

  test('that blocks the thread for 300 ms is reported', async () => {
    const { driver, violations } = withPanel({
      ...quick,
      create: () => vi.advanceTimersByTime(301),
    })
    await driver.createPanel('main', root)
    expect(violations).toHaveLength(1)
  })

  test('that returns in time is not reported', async () => {
    const { driver, violations } = withPanel({ ...quick, create: () => wait(100) })
    const created = driver.createPanel('main', root)
    await vi.advanceTimersByTimeAsync(1000)
    await created
    expect(violations).toEqual([])
  })

  test('hands its failure to the host', async () => {
    const { driver } = withPanel({
      ...quick,
      create: () => {
        throw new Error('no root')
      },
    })
    await expect(driver.createPanel('main', root)).rejects.toThrow('no root')
  })

  test('has the label of its language', () => {
    expect(standIn({ locale: 'ko_KR' }).driver.panels).toEqual([{ id: 'main', label: '스타일' }])
    expect(standIn({ locale: 'de_DE' }).driver.panels).toEqual([{ id: 'main', label: 'Style' }])
  })
})

describe('a flyout menu', () => {
  function withMenu() {
    const invoked: string[] = []
    const made = standIn()
    made.uxp.entrypoints.setup({
      panels: {
        main: {
          create() {},
          invokeMenu: (id) => invoked.push(id),
          menuItems: ['help', '-', { id: 'more', label: 'More', submenu: [{ id: 'about' }] }, '-'],
        },
      },
    })
    return { ...made, invoked, items: made.uxp.entrypoints.getPanel('main').menuItems }
  }

  test('shows ids as labels, separators and submenus', () => {
    const { driver } = withMenu()
    const plain = { isEnabled: true, isChecked: false }
    expect(driver.menuOf('main')).toEqual([
      { id: 'help', label: 'help', ...plain },
      { id: '-', label: '-', ...plain },
      { id: 'more', label: 'More', ...plain, submenu: [{ id: 'about', label: 'about', ...plain }] },
      { id: '-', label: '-', ...plain },
    ])
  })

  test('is invoked by the id of an item, unless that is disabled', async () => {
    const { driver, invoked, items } = withMenu()
    await driver.invokeMenu('main', 'about')
    expect(invoked).toEqual(['about'])
    items.getItem('help').enabled = false
    await expect(driver.invokeMenu('main', 'help')).rejects.toThrow('disabled')
    await expect(driver.invokeMenu('main', 'other')).rejects.toThrow('no item "other"')
  })

  test('insertAt replaces below the size, appends at it and throws above it', () => {
    const { items } = withMenu()
    items.insertAt(0, { id: 'guide', checked: true })
    expect(items.size).toBe(4)
    expect(items.getItemAt(0)).toMatchObject({ id: 'guide', label: 'guide', checked: true })
    items.insertAt(0, { id: 'guide', label: 'Guide' })
    items.insertAt(4, 'last')
    expect(items.size).toBe(5)
    expect(() => items.insertAt(6, 'beyond')).toThrow('invalid index')
    expect(() => items.insertAt(0, 'about')).toThrow('taken')
    expect(items.getItemAt(0).label).toBe('Guide')
  })

  test('loses items that are removed', () => {
    const { items, driver } = withMenu()
    items.removeAt(1)
    items.getItem('help').remove()
    expect(driver.menuOf('main').map((entry) => entry.id)).toEqual(['more', '-'])
  })
})

describe('commands and the plug-in itself', () => {
  test('a command runs with its arguments; one without a handler rejects', async () => {
    const { uxp, driver } = standIn()
    const calls: unknown[][] = []
    await expect(driver.runCommand('apply')).rejects.toThrow('no command "apply"')
    uxp.entrypoints.setup({ commands: { apply: (_context, ...args) => calls.push(args) } })
    await driver.runCommand('apply', 5)
    expect(calls).toEqual([[5]])
    expect(uxp.entrypoints.getCommand('apply').label).toBe('Apply')
    expect(uxp.entrypoints.getCommand('main')).toBeNull()
    expect(uxp.entrypoints.getPanel('main')).toBeNull()
  })

  test('the plug-in finds itself and brings up its panel, unless Photoshop refuses', async () => {
    const shown: string[] = []
    const bringUp = async (id: string) => void shown.push(id)
    const self = (refuses: boolean): InstalledPlugin => {
      const { uxp } = standIn({ bringUp }, { showPanelRejects: refuses })
      const plugins: Iterable<InstalledPlugin> = uxp.pluginManager.plugins
      return [...plugins].find((plugin) => plugin.id === MANIFEST.id)!
    }
    await self(false).showPanel('main')
    expect(shown).toEqual(['main'])
    await expect(self(true).showPanel('main')).rejects.toThrow('not allowed')
  })

  test('host and versions say what they are', () => {
    const { uxp } = standIn({ locale: 'ko_KR' })
    expect(uxp.host).toEqual({ name: 'Photoshop', version: '26.0.0', uiLocale: 'ko_KR' })
    expect(uxp.versions.plugin).toBe('1.2.3')
  })

  test('a link opens only with its scheme in the manifest', async () => {
    const opened: string[] = []
    const openExternal = (url: string) => opened.push(url)
    const manifest = {
      ...MANIFEST,
      requiredPermissions: { launchProcess: { schemes: ['https'] } },
    }
    const url = 'https://example.org/help'
    await expect(standIn({ openExternal }).uxp.shell.openExternal(url)).rejects.toThrow(
      'permission denied',
    )
    expect(await standIn({ openExternal, manifest }).uxp.shell.openExternal(url)).toBe('')
    expect(opened).toEqual([url])
  })
})
