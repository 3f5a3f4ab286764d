/** Spectrum UXP's widgets, by the names that markup uses. */
import { ActionButton, Button, Checkbox, Link, Radio, RadioGroup } from './buttons.ts'
import { Dropdown, Menu, MenuDivider, MenuItem } from './dropdown.ts'
import { Progressbar, Slider, Textarea, Textfield } from './fields.ts'
import { Body, Detail, Divider, Heading, Icon, Label, Tooltip } from './texts.ts'

const WIDGETS: Readonly<Record<string, CustomElementConstructor>> = {
  'sp-button': Button,
  'sp-action-button': ActionButton,
  'sp-checkbox': Checkbox,
  'sp-radio-group': RadioGroup,
  'sp-radio': Radio,
  'sp-link': Link,
  'sp-dropdown': Dropdown,
  'sp-menu': Menu,
  'sp-menu-item': MenuItem,
  'sp-menu-divider': MenuDivider,
  'sp-slider': Slider,
  'sp-textfield': Textfield,
  'sp-textarea': Textarea,
  'sp-progressbar': Progressbar,
  'sp-label': Label,
  'sp-heading': Heading,
  'sp-body': Body,
  'sp-detail': Detail,
  'sp-divider': Divider,
  'sp-icon': Icon,
  'sp-tooltip': Tooltip,
}

export function defineWidgets(): void {
  for (const [name, widget] of Object.entries(WIDGETS)) {
    customElements.define(name, widget)
  }
}
