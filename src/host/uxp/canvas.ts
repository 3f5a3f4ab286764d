/** UXP's canvas draws paths and rectangles but has no access to pixels. */

/** Members of CanvasRenderingContext2D in Adobe's types. */
const CONTEXT_MEMBERS: ReadonlySet<PropertyKey> = new Set([
  'canvas',
  ...['lineWidth', 'lineJoin', 'lineCap', 'globalAlpha', 'fillStyle', 'strokeStyle'],
  ...['createLinearGradient', 'createRadialGradient', 'beginPath', 'closePath', 'moveTo', 'lineTo'],
  ...['arc', 'arcTo', 'bezierCurveTo', 'quadraticCurveTo', 'rect', 'stroke', 'fill'],
  ...['fillRect', 'strokeRect', 'clearRect'],
])

const LACKING_METHODS = ['toDataURL', 'toBlob', 'transferControlToOffscreen', 'captureStream']

/**
 * Takes from `canvas` what UXP's canvas lacks, and reports what is used nevertheless. @returns the
 * canvas.
 */
export function restrictCanvas<T extends Pick<HTMLCanvasElement, 'getContext'>>(
  canvas: T,
  report: (violation: string) => void,
): T {
  const getContext = canvas.getContext.bind(canvas)
  Object.defineProperty(canvas, 'getContext', {
    value(type: string, ...rest: unknown[]) {
      if (type !== '2d') {
        report(`canvas.getContext("${type}"): UXP has 2d only`)
        return null
      }
      const context = Reflect.apply(getContext, canvas, [type, ...rest]) as object | null
      return context && restrictContext(context, report)
    },
  })
  for (const name of LACKING_METHODS) {
    Object.defineProperty(canvas, name, {
      get() {
        report(`canvas.${name}: UXP's canvas has no access to pixels`)
        return undefined
      },
    })
  }
  return canvas
}

function restrictContext(context: object, report: (violation: string) => void): object {
  const isKnown = (name: PropertyKey): boolean => {
    if (CONTEXT_MEMBERS.has(name) || typeof name === 'symbol') return true
    report(`${String(name)} of a canvas context: UXP lacks it`)
    return false
  }
  return new Proxy(context, {
    get(target, name) {
      if (!isKnown(name)) return undefined
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
    set: (target, name, value) => !isKnown(name) || Reflect.set(target, name, value, target),
    has: (_, name) => CONTEXT_MEMBERS.has(name),
  })
}
