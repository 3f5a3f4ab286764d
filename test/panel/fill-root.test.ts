import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fillRoot } from '../../src/panel/view/fill-root.ts'

interface Place {
  /** Undefined: as tall as its content. */
  height: number | undefined
  padding: number
  width: number
  clientWidth: number
  clientHeight: number
}

const page = { innerHeight: 700, addEventListener() {} }

function setUp(height: number | undefined, padding = 0) {
  const element = { style: { height: '' } }
  const contentHeight = (): number => Number.parseInt(element.style.height, 10) || 0
  const place: Place = {
    height,
    padding,
    width: 260,
    get clientWidth() {
      return place.width
    },
    get clientHeight() {
      return place.height ?? contentHeight() + padding
    },
  }
  let sizes = 0
  const fill = fillRoot(element as unknown as HTMLElement, () => {
    sizes++
  })
  fill.follow(place as unknown as HTMLElement)
  return { fill, place, element, sizes: () => sizes }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('window', page)
  page.innerHeight = 700
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('a root of a height of its own is filled, and followed when it changes untold', () => {
  const { element, place, fill } = setUp(650)
  expect(element.style.height).toBe('650px')
  place.height = 500
  vi.advanceTimersByTime(500)
  expect(element.style.height).toBe('500px')
  place.height = 650
  vi.advanceTimersByTime(500)
  expect(element.style.height).toBe('650px')
  expect(fill.facts()).toMatchObject({ heightFrom: 'root', fitted: 650 })
})

test.each([0, 16])(
  'in a root as tall as its content, padding %i, the window is filled',
  (padding) => {
    const { element, fill } = setUp(undefined, padding)
    vi.advanceTimersByTime(5000)
    expect(element.style.height).toBe(`${700 - padding}px`)
    expect(fill.facts().heightFrom).toBe('window')
    page.innerHeight = 400
    vi.advanceTimersByTime(500)
    expect(element.style.height).toBe(`${400 - padding}px`)
  },
)

test('a root of no height fills the window until it gets one', () => {
  const { element, place } = setUp(0)
  expect(element.style.height).toBe('700px')
  place.height = 600
  vi.advanceTimersByTime(500)
  expect(element.style.height).toBe('600px')
})

test('nothing reaches below the window, and where nothing is known the sheet’s unit is asked', () => {
  expect(setUp(1200).element.style.height).toBe('700px')
  page.innerHeight = 0
  expect(setUp(0).element.style.height).toBe('100vh')
})

test('a hidden panel is not polled; a width alone is told of', () => {
  const { fill, place, sizes } = setUp(650)
  const before = sizes()
  fill.setVisible(false)
  place.width = 300
  vi.advanceTimersByTime(5000)
  expect(sizes()).toBe(before)
  fill.setVisible(true)
  expect(sizes()).toBe(before + 1)
})
