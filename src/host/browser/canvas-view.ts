/** The picture of the active document: zoom, pan, and the tools that work on it by pointer. */
import type { HostDocument } from '../host.ts'
import type { DocumentState, Rect } from '../state.ts'
import { h } from './dom.ts'
import { outlineOf } from './selection.ts'

export type Tool = 'move' | 'marquee' | 'hand'

interface CanvasViewOptions {
  /** Interleaved RGBA of the whole canvas. */
  readonly render: (state: DocumentState) => Uint8ClampedArray<ArrayBuffer>
  readonly onSelect: (rect: Rect) => void
  readonly onMove: (dx: number, dy: number) => void
  readonly onZoom: (zoom: number) => void
}

interface View {
  zoom: number
  /** Position of the document's left top corner in the viewport, CSS px. */
  x: number
  y: number
}

const MIN_ZOOM = 0.02
const MAX_ZOOM = 32
const MARGIN = 32
const CHECKER_PX = 8

export class CanvasView {
  readonly element: HTMLElement
  tool: Tool = 'marquee'
  readonly #canvas = h('canvas')
  readonly #options: CanvasViewOptions
  readonly #views = new Map<number, View>()
  #document: HostDocument | undefined
  #picture: { readonly state: DocumentState; readonly canvas: OffscreenCanvas } | undefined
  #outline: { readonly of: object; readonly path: Path2D } | undefined
  #drag: { readonly kind: Tool; readonly from: DOMPoint; to: DOMPoint } | undefined
  #isSpaceDown = false
  #frame = 0

  constructor(options: CanvasViewOptions) {
    this.#options = options
    this.element = h('div', { className: 'viewport' }, this.#canvas)
    new ResizeObserver(() => this.#onResize()).observe(this.element)
    const canvas = this.#canvas
    canvas.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false })
    canvas.addEventListener('pointerdown', (event) => this.#onDown(event))
    canvas.addEventListener('pointermove', (event) => this.#onMove(event))
    canvas.addEventListener('pointerup', () => this.#onUp())
    canvas.addEventListener('pointercancel', () => this.cancelDrag())
  }

  set isSpaceDown(isDown: boolean) {
    this.#isSpaceDown = isDown
    this.#updateCursor()
  }

  get zoom(): number {
    return this.#view?.zoom ?? 1
  }

  show(document: HostDocument | undefined): void {
    this.#document = document
    if (!document) {
      this.#picture = undefined
    } else if (!this.#views.has(document.id)) {
      this.#views.set(document.id, { zoom: 1, x: 0, y: 0 })
      this.fit()
    }
    this.#updateCursor()
    this.#redraw()
  }

  /** The whole document, but not larger than life. */
  fit(): void {
    const state = this.#document?.state
    const view = this.#view
    if (!state || !view) return
    const { clientWidth, clientHeight } = this.element
    const zoom = Math.min(
      1,
      (clientWidth - 2 * MARGIN) / state.width,
      (clientHeight - 2 * MARGIN) / state.height,
    )
    view.zoom = Math.max(MIN_ZOOM, zoom)
    view.x = (clientWidth - state.width * view.zoom) / 2
    view.y = (clientHeight - state.height * view.zoom) / 2
    this.#redraw()
  }

  /** Around a point of the viewport, by default its middle. */
  zoomTo(zoom: number, at?: DOMPoint): void {
    const view = this.#view
    if (!view) return
    const { clientWidth, clientHeight } = this.element
    const center = at ?? new DOMPoint(clientWidth / 2, clientHeight / 2)
    const next = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom))
    view.x = center.x - ((center.x - view.x) * next) / view.zoom
    view.y = center.y - ((center.y - view.y) * next) / view.zoom
    view.zoom = next
    this.#redraw()
  }

  /** @returns whether there was one. */
  cancelDrag(): boolean {
    const had = this.#drag !== undefined
    this.#drag = undefined
    this.#redraw()
    return had
  }

  get #view(): View | undefined {
    return this.#document && this.#views.get(this.#document.id)
  }

  #onResize(): void {
    const { clientWidth, clientHeight } = this.element
    this.#canvas.width = Math.round(clientWidth * devicePixelRatio)
    this.#canvas.height = Math.round(clientHeight * devicePixelRatio)
    this.#draw()
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault()
    const view = this.#view
    if (!view) return
    if (event.shiftKey) {
      view.x -= event.deltaY || event.deltaX
      this.#redraw()
    } else {
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
      this.zoomTo(view.zoom * Math.exp(-event.deltaY * lines * 0.0015), this.#pointOf(event))
    }
  }

  #pointOf(event: MouseEvent): DOMPoint {
    const { left, top } = this.element.getBoundingClientRect()
    return new DOMPoint(event.clientX - left, event.clientY - top)
  }

  #onDown(event: PointerEvent): void {
    if (!this.#view || event.button > 1) return
    event.preventDefault()
    const isPan = event.button === 1 || this.#isSpaceDown
    const point = this.#pointOf(event)
    this.#canvas.setPointerCapture(event.pointerId)
    this.#drag = { kind: isPan ? 'hand' : this.tool, from: point, to: point }
    this.#updateCursor()
  }

  #onMove(event: PointerEvent): void {
    const drag = this.#drag
    const view = this.#view
    if (!drag || !view) return
    const point = this.#pointOf(event)
    if (drag.kind === 'hand') {
      view.x += point.x - drag.to.x
      view.y += point.y - drag.to.y
    }
    drag.to = point
    this.#redraw()
  }

  #onUp(): void {
    const drag = this.#drag
    const view = this.#view
    this.#drag = undefined
    if (!drag || !view) return
    const from = this.#inDocument(drag.from, view)
    const to = this.#inDocument(drag.to, view)
    if (drag.kind === 'marquee') {
      this.#options.onSelect({ left: from.x, top: from.y, right: to.x, bottom: to.y })
    } else if (drag.kind === 'move') {
      const dx = Math.round(to.x - from.x)
      const dy = Math.round(to.y - from.y)
      if (dx !== 0 || dy !== 0) this.#options.onMove(dx, dy)
    }
    this.#updateCursor()
    this.#redraw()
  }

  #inDocument(point: DOMPoint, view: View): DOMPoint {
    return new DOMPoint((point.x - view.x) / view.zoom, (point.y - view.y) / view.zoom)
  }

  #updateCursor(): void {
    const isHand = this.tool === 'hand' || this.#isSpaceDown || this.#drag?.kind === 'hand'
    const cursor = { hand: 'grab', move: 'move', marquee: 'crosshair' }[isHand ? 'hand' : this.tool]
    this.#canvas.style.cursor = !this.#document
      ? 'default'
      : this.#drag?.kind === 'hand'
        ? 'grabbing'
        : cursor
  }

  #redraw(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = requestAnimationFrame(() => this.#draw())
    this.#options.onZoom(this.zoom)
  }

  #pictureOf(state: DocumentState): OffscreenCanvas {
    if (this.#picture?.state !== state) {
      const canvas = new OffscreenCanvas(state.width, state.height)
      const pixels = this.#options.render(state)
      canvas.getContext('2d')?.putImageData(new ImageData(pixels, state.width), 0, 0)
      this.#picture = { state, canvas }
    }
    return this.#picture.canvas
  }

  #draw(): void {
    const context = this.#canvas.getContext('2d')
    const view = this.#view
    const { width: deviceWidth, height: deviceHeight } = this.#canvas
    // Nothing to see while the view stands in no document.
    if (!context || deviceWidth === 0 || deviceHeight === 0) return
    const ratio = devicePixelRatio
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, deviceWidth, deviceHeight)
    const document = this.#document
    if (!document || !view) return
    const { state } = document
    const width = state.width * view.zoom
    const height = state.height * view.zoom
    const left = Math.round(view.x)
    const top = Math.round(view.y)
    context.shadowColor = 'rgb(0 0 0 / 45%)'
    context.shadowBlur = 14 * ratio
    context.fillStyle = '#fff'
    context.fillRect(left, top, width, height)
    context.shadowColor = 'transparent'
    this.#drawChecker(context, left, top, width, height)
    context.imageSmoothingEnabled = view.zoom < 2
    context.imageSmoothingQuality = 'high'
    context.drawImage(this.#pictureOf(state), left, top, width, height)
    this.#drawOutlines(context, document, view)
  }

  #drawChecker(
    context: CanvasRenderingContext2D,
    left: number,
    top: number,
    width: number,
    height: number,
  ): void {
    const tile = new OffscreenCanvas(2 * CHECKER_PX, 2 * CHECKER_PX)
    const ink = tile.getContext('2d')
    if (!ink) return
    ink.fillStyle = '#cccccc'
    ink.fillRect(0, 0, CHECKER_PX, CHECKER_PX)
    ink.fillRect(CHECKER_PX, CHECKER_PX, CHECKER_PX, CHECKER_PX)
    const pattern = context.createPattern(tile, 'repeat')
    if (!pattern) return
    pattern.setTransform(new DOMMatrix().translate(left, top))
    context.fillStyle = pattern
    context.fillRect(left, top, width, height)
  }

  #drawOutlines(context: CanvasRenderingContext2D, document: HostDocument, view: View): void {
    const { selection } = document.state
    if (selection) {
      if (this.#outline?.of !== selection) {
        this.#outline = { of: selection, path: outlineOf(selection) }
      }
      const path = new Path2D()
      path.addPath(
        this.#outline.path,
        new DOMMatrix().translate(Math.round(view.x), Math.round(view.y)).scale(view.zoom),
      )
      strokeAnts(context, path)
    }
    const drag = this.#drag
    if (drag?.kind === 'marquee') {
      const path = new Path2D()
      path.rect(drag.from.x, drag.from.y, drag.to.x - drag.from.x, drag.to.y - drag.from.y)
      strokeAnts(context, path)
    } else if (drag?.kind === 'move') {
      const path = new Path2D()
      path.moveTo(drag.from.x, drag.from.y)
      path.lineTo(drag.to.x, drag.to.y)
      strokeAnts(context, path)
    }
  }
}

/** Black dashes on white: seen on any ground. */
function strokeAnts(context: CanvasRenderingContext2D, path: Path2D): void {
  context.lineWidth = 1
  context.setLineDash([])
  context.strokeStyle = '#fff'
  context.stroke(path)
  context.setLineDash([4, 4])
  context.strokeStyle = '#000'
  context.stroke(path)
  context.setLineDash([])
}
