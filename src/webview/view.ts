/**
 * What the page shows: the picture as it forms, and the original in its place while it is pressed; the
 * curve of its loss; or a text while it rests.
 */
import type { PanelEvents } from '../bridge/messages.ts'
import type { PlanarImage } from '../engine/picture/image.ts'
import { curvePoints, type LossPoint } from './curve.ts'
import type { Region } from './thin.ts'

export interface View {
  appear(appearance: PanelEvents['appearance']): void
  setVisible(isVisible: boolean): void
  isVisible(): boolean
  /** Empties the page for a new run. @param region of the original that is shown. */
  begin(original: PlanarImage, region: Region): void
  /** @param region of the picture that is shown. */
  showPicture(picture: PlanarImage, region: Region): void
  addLoss(point: LossPoint): void
  /** Back to the text. */
  rest(): void
}

interface Shown {
  readonly source: HTMLCanvasElement
  readonly region: Region
}

export function makeView(): View {
  const { body } = document
  const find = <T extends Element>(selector: string): T => {
    const element = document.querySelector<T>(selector)
    if (!element) throw new Error(`internal: the page has no ${selector}`)
    return element
  }
  const idle = find('#idle')
  const badge = find('#badge')
  const pictureCanvas = find<HTMLCanvasElement>('#picture canvas')
  const curveCanvas = find<HTMLCanvasElement>('#curve canvas')
  let isShown = true
  let losses: LossPoint[] = []
  let original: Shown | undefined
  let picture: Shown | undefined
  let isPressed = false

  const isVisible = (): boolean => isShown && !document.hidden
  const drawPicture = (): void => {
    const isCompared = isPressed && picture !== undefined
    body.toggleAttribute('data-compared', isCompared)
    if (isVisible()) paintPicture(pictureCanvas, isCompared ? original : picture)
  }
  const drawCurve = (): void => {
    if (isVisible()) paintCurve(curveCanvas, losses)
  }
  const drawAll = (): void => {
    drawPicture()
    drawCurve()
  }
  const press = (pressed: boolean) => (): void => {
    if (isPressed === pressed) return
    isPressed = pressed
    drawPicture()
  }
  find('#picture').addEventListener('pointerdown', press(true))
  window.addEventListener('keydown', ({ key }) => {
    if (key === ' ') press(true)()
  })
  for (const type of ['pointerup', 'pointercancel', 'keyup', 'blur']) {
    window.addEventListener(type, press(false))
  }
  const observer = new ResizeObserver(drawAll)
  observer.observe(pictureCanvas)
  observer.observe(curveCanvas)
  document.addEventListener('visibilitychange', drawAll)

  return {
    appear({ background, text, accent, idleText, originalText }) {
      body.style.setProperty('--background', background)
      body.style.setProperty('--text', text)
      body.style.setProperty('--accent', accent)
      idle.textContent = idleText
      badge.textContent = originalText
      drawCurve()
    },
    setVisible(shown) {
      isShown = shown
      drawAll()
    },
    isVisible,
    begin(image, region) {
      original = { source: toCanvas(image), region }
      picture = undefined
      losses = []
      body.dataset.state = 'painting'
      drawAll()
    },
    showPicture(image, region) {
      picture = { source: toCanvas(image), region }
      drawPicture()
    },
    addLoss(point) {
      losses.push(point)
      drawCurve()
    },
    rest() {
      original = undefined
      picture = undefined
      losses = []
      body.dataset.state = 'idle'
    },
  }
}

/** A canvas has its own pixels, as many as the screen has in its place. */
function fitToScreen(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const width = Math.round(canvas.clientWidth * devicePixelRatio)
  const height = Math.round(canvas.clientHeight * devicePixelRatio)
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  const context = canvas.getContext('2d')
  context?.clearRect(0, 0, width, height)
  return context
}

function paintPicture(canvas: HTMLCanvasElement, picture: Shown | undefined): void {
  const context = fitToScreen(canvas)
  if (!context || !picture) return
  const { left, top, width, height } = picture.region
  const scale = Math.min(canvas.width / width, canvas.height / height)
  const toWidth = Math.max(1, Math.round(width * scale))
  const toHeight = Math.max(1, Math.round(height * scale))
  const x = Math.floor((canvas.width - toWidth) / 2)
  const y = Math.floor((canvas.height - toHeight) / 2)
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture.source, left, top, width, height, x, y, toWidth, toHeight)
}

function paintCurve(canvas: HTMLCanvasElement, losses: readonly LossPoint[]): void {
  const context = fitToScreen(canvas)
  if (!context) return
  const line = Math.max(1, 1.5 * devicePixelRatio)
  const points = curvePoints(losses, canvas.width, canvas.height - 2 * line)
  context.strokeStyle = getComputedStyle(canvas).color
  context.lineWidth = line
  context.lineJoin = 'round'
  context.beginPath()
  for (const { x, y } of points) context.lineTo(x, y + line)
  context.stroke()
}

function toCanvas({ width, height, data, alpha }: PlanarImage): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width, height })
  const pixels = new ImageData(width, height)
  const count = width * height
  for (let i = 0; i < count; i++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels.data[4 * i + channel] = data[channel * count + i]! * 255
    }
    pixels.data[4 * i + 3] = (alpha?.[i] ?? 1) * 255
  }
  canvas.getContext('2d')?.putImageData(pixels, 0, 0)
  return canvas
}
