/** Photoshop's four themes: colours of the editor, of the panel's `--uxp-host-*`, of the widgets. */

export const THEMES = ['darkest', 'dark', 'light', 'lightest'] as const
export type Theme = (typeof THEMES)[number]

interface Palette {
  readonly isDark: boolean
  /** Color behind the canvas. */
  readonly desk: string
  readonly panel: string
  /** Bars and headers. */
  readonly bar: string
  /** Fields. */
  readonly field: string
  readonly control: string
  readonly popover: string
  readonly hover: string
  readonly selected: string
  readonly border: string
  readonly text: string
  readonly mutedText: string
  readonly disabledText: string
  /** Outlines of check marks and handles. */
  readonly mark: string
  readonly track: string
  readonly accent: string
  readonly accentHover: string
  /** Accent on the panel's ground. */
  readonly accentText: string
  readonly link: string
  readonly negative: string
}

const PALETTES: Readonly<Record<Theme, Palette>> = {
  darkest: {
    isDark: true,
    desk: '#1c1c1c',
    panel: '#323232',
    bar: '#2a2a2a',
    field: '#252525',
    control: '#3a3a3a',
    popover: '#2b2b2b',
    hover: '#454545',
    selected: '#4e4e4e',
    border: '#4b4b4b',
    text: '#e8e8e8',
    mutedText: '#a3a3a3',
    disabledText: '#6e6e6e',
    mark: '#a3a3a3',
    track: '#565656',
    accent: '#1473e6',
    accentHover: '#2680eb',
    accentText: '#4b9cf5',
    link: '#5aa9fa',
    negative: '#f26b6b',
  },
  dark: {
    isDark: true,
    desk: '#2f2f2f',
    panel: '#4f4f4f',
    bar: '#454545',
    field: '#404040',
    control: '#595959',
    popover: '#464646',
    hover: '#646464',
    selected: '#6d6d6d',
    border: '#6e6e6e',
    text: '#f5f5f5',
    mutedText: '#c6c6c6',
    disabledText: '#8f8f8f',
    mark: '#c8c8c8',
    track: '#767676',
    accent: '#1473e6',
    accentHover: '#2680eb',
    accentText: '#6cb4ff',
    link: '#8ac4ff',
    negative: '#ff9a94',
  },
  light: {
    isDark: false,
    desk: '#919191',
    panel: '#b8b8b8',
    bar: '#ababab',
    field: '#cbcbcb',
    control: '#c4c4c4',
    popover: '#d0d0d0',
    hover: '#a6a6a6',
    selected: '#9b9b9b',
    border: '#8e8e8e',
    text: '#1b1b1b',
    mutedText: '#444444',
    disabledText: '#838383',
    mark: '#4c4c4c',
    track: '#8d8d8d',
    accent: '#0d5fc4',
    accentHover: '#0a4fa6',
    accentText: '#0a4fa6',
    link: '#07428c',
    negative: '#a3131c',
  },
  lightest: {
    isDark: false,
    desk: '#d2d2d2',
    panel: '#f3f3f3',
    bar: '#e6e6e6',
    field: '#ffffff',
    control: '#fbfbfb',
    popover: '#ffffff',
    hover: '#e3e3e3',
    selected: '#d4d4d4',
    border: '#c9c9c9',
    text: '#232323',
    mutedText: '#656565',
    disabledText: '#a8a8a8',
    mark: '#6e6e6e',
    track: '#cacaca',
    accent: '#1473e6',
    accentHover: '#0d66d0',
    accentText: '#1473e6',
    link: '#0d66d0',
    negative: '#c9252d',
  },
}

export const isDark = (theme: Theme): boolean => PALETTES[theme].isDark

/** Custom properties of the editor's own style sheet. */
export function editorVariables(theme: Theme): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(PALETTES[theme])
      .filter(([, value]) => typeof value === 'string')
      .map(([name, value]) => [`--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`, value]),
  )
}

/**
 * Properties of the panel's document: Photoshop's, and those that only the widgets use. Its color
 * scheme must be the editor's, or the frame around a dialog would not be transparent.
 */
export function panelVariables(theme: Theme): Readonly<Record<string, string>> {
  const palette = PALETTES[theme]
  return {
    'color-scheme': palette.isDark ? 'dark' : 'light',
    '--uxp-host-background-color': palette.panel,
    '--uxp-host-text-color': palette.text,
    '--uxp-host-border-color': palette.border,
    '--uxp-host-link-text-color': palette.link,
    '--uxp-host-label-text-color': palette.mutedText,
    '--uxp-host-text-color-secondary': palette.mutedText,
    '--uxp-host-widget-hover-background-color': palette.hover,
    '--uxp-host-widget-hover-text-color': palette.text,
    '--uxp-host-widget-hover-border-color': palette.mark,
    '--uxp-host-font-size': '12px',
    '--uxp-host-font-size-smaller': '11px',
    '--uxp-host-font-size-larger': '14px',
    '--spectrum-panel': palette.panel,
    '--spectrum-text': palette.text,
    '--spectrum-text-muted': palette.mutedText,
    '--spectrum-disabled-text': palette.disabledText,
    '--spectrum-disabled-fill': palette.selected,
    '--spectrum-border': palette.border,
    '--spectrum-border-hover': palette.mark,
    '--spectrum-button-border': palette.text,
    '--spectrum-hover': palette.hover,
    '--spectrum-selected': palette.selected,
    '--spectrum-control': palette.control,
    '--spectrum-field': palette.field,
    '--spectrum-popover': palette.popover,
    '--spectrum-mark': palette.mark,
    '--spectrum-track': palette.track,
    '--spectrum-track-fill': palette.text,
    '--spectrum-accent': palette.accent,
    '--spectrum-accent-hover': palette.accentHover,
    '--spectrum-accent-text': palette.accentText,
    '--spectrum-focus': palette.accentText,
    '--spectrum-negative': palette.negative,
    '--spectrum-tooltip': '#4a4a4a',
  }
}
