/** sp-label, sp-heading, sp-body, sp-detail, sp-divider, sp-icon, sp-tooltip: nothing to press. */
import { Widget } from './widget.ts'

export class Label extends Widget {
  constructor() {
    super(
      `:host { display: inline-block; color: var(--uxp-host-label-text-color); line-height: 18px; }
      :host([isrequired])::after { content: ' *'; }`,
      '<slot></slot>',
    )
  }
}

const HEADING_SIZES = { XXS: 12, XS: 14, S: 15, M: 17, L: 20, XL: 24, XXL: 29, XXXL: 35 }
const BODY_SIZES = { XS: 11, S: 12, M: 13, L: 15, XL: 17 }

const sizeRules = (sizes: Readonly<Record<string, number>>): string =>
  Object.entries(sizes)
    .map(([size, px]) => `:host([size='${size}' i]) { font-size: ${px}px; }`)
    .join('')

export class Heading extends Widget {
  constructor() {
    super(
      `:host { display: block; font-size: 17px; font-weight: 700; line-height: 1.3; } ${sizeRules(HEADING_SIZES)}`,
      '<slot></slot>',
    )
  }
}

export class Body extends Widget {
  constructor() {
    super(
      `:host { display: block; font-size: 13px; line-height: 1.5; } ${sizeRules(BODY_SIZES)}`,
      '<slot></slot>',
    )
  }
}

export class Detail extends Widget {
  constructor() {
    super(
      `:host { display: block; font-size: 11px; font-weight: 700; letter-spacing: 0.06em; line-height: 1.3;
        color: var(--spectrum-text-muted); text-transform: uppercase; }`,
      '<slot></slot>',
    )
  }
}

export class Divider extends Widget {
  constructor() {
    super(
      `:host { display: block; width: 100%; height: 2px; background: var(--spectrum-border); border-radius: 1px; }
      :host([size='small']) { height: 1px; }
      :host([size='large']) { height: 4px; }`,
      '',
    )
  }
}

/** Outlines in a box of 18 px, for the names that Photoshop's widgets have. */
const ICONS: Readonly<Record<string, string>> = {
  Add: 'M9 3v12M3 9h12',
  Alert: 'M9 2L1.5 15.5h15zM9 7v4M9 13v1',
  ArrowDown: 'M9 3v12M4 10l5 5 5-5',
  ArrowLeft: 'M15 9H3M8 4L3 9l5 5',
  ArrowRight: 'M3 9h12M10 4l5 5-5 5',
  ArrowUp: 'M9 15V3M4 8l5-5 5 5',
  Asterisk: 'M9 3v12M4 6l10 6M14 6L4 12',
  Checkmark: 'M3 9.5l4 4 8-9',
  ChevronDown: 'M4 7l5 5 5-5',
  ChevronLeft: 'M11 4L6 9l5 5',
  ChevronRight: 'M7 4l5 5-5 5',
  ChevronUp: 'M4 11l5-5 5 5',
  Cross: 'M4 4l10 10M14 4L4 14',
  Dash: 'M3 9h12',
  Delete: 'M3 5h12M6 5V3h6v2M5 5l1 11h6l1-11',
  Folder: 'M2 4h5l2 2h7v9H2z',
  Help: 'M6.5 7a2.5 2.5 0 1 1 3.5 2.4c-.8.4-1 .8-1 1.6M9 13.5v.5M9 1.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15',
  Info: 'M9 8v5M9 5v.5M9 1.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15',
  Magnifier: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3M11.6 11.6L16 16',
  More: 'M4 9h.1M9 9h.1M14 9h.1',
  Star: 'M9 2l2.2 4.6 5 .7-3.6 3.5.9 5L9 13.4l-4.5 2.4.9-5L1.800 7.300l5-.7z',
  Success: 'M5 9.500l3 3 5-6M9 1.500a7.500 7.500 0 1 0 0 15 7.500 7.500 0 0 0 0-15',
}

const ICON_SIZES: Readonly<Record<string, number>> = {
  xxs: 10,
  xs: 12,
  s: 15,
  m: 18,
  l: 24,
  xl: 30,
}

export class Icon extends Widget {
  static observedAttributes = ['name', 'size']

  constructor() {
    super(
      `:host { display: inline-flex; align-items: center; justify-content: center; }
      svg { display: block; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }`,
      '<svg viewBox="0 0 18 18"><path/></svg>',
    )
  }

  connectedCallback(): void {
    this.#update()
  }

  attributeChangedCallback(): void {
    this.#update()
  }

  #update(): void {
    // 'ui:ChevronDownMedium' → ChevronDown
    const name = (this.getAttribute('name') ?? '')
      .replace(/^ui:/, '')
      .replace(/(Extra)?(Small|Medium|Large)$/, '')
    const px = String(ICON_SIZES[(this.getAttribute('size') ?? 's').toLowerCase()] ?? 15)
    const svg = this.inside<SVGElement>('svg')
    svg.setAttribute('width', px)
    svg.setAttribute('height', px)
    this.inside<SVGElement>('path').setAttribute('d', ICONS[name] ?? '')
  }
}

export class Tooltip extends Widget {
  constructor() {
    super(
      `:host { display: inline-block; padding: 4px 9px; border-radius: 4px; background: var(--spectrum-tooltip); color: #fff; line-height: 1.35; }`,
      '<slot></slot>',
    )
  }
}

for (const { prototype } of [Heading, Body, Detail, Divider])
  Widget.mirror(prototype, { size: 'text' })
Widget.mirror(Icon.prototype, { name: 'text', size: 'text' })
