/** Writes docs/presets.schema.json, what a file of presets may hold: `npm run schema`. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { base64Length } from '../src/bridge/base64.ts'
import { OPTIONS, type Option } from '../src/engine/options.ts'
import { MAX_STYLES } from '../src/engine/output/recipe.ts'
import {
  AMOUNT_RANGES,
  MAX_PICTURE_BYTES,
  MAX_PICTURE_NAME_LENGTH,
} from '../src/panel/carried-styles.ts'
import { MAX_NAME_LENGTH, MAX_PRESETS, PRESETS_VERSION } from '../src/panel/presets-file.ts'
import { BUILT_IN_STYLES, MAX_THUMBNAIL_LENGTH } from '../src/panel/styles.ts'

export const schemaPath = fileURLToPath(new URL('../docs/presets.schema.json', import.meta.url))

/** The schema as a text, made from the tables of options, styles and limits. */
export const presetsSchema = (): string => `${JSON.stringify(schema, null, 2)}\n`

const record = (properties: object, required = Object.keys(properties)) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})

function valueSchema(option: Option): object {
  switch (option.kind) {
    case 'number':
    case 'integer':
      return { type: option.kind, minimum: option.min, maximum: option.max }
    case 'numbers':
    case 'integers': {
      const type = option.kind === 'integers' ? 'integer' : 'number'
      const items = { type, minimum: option.min, maximum: option.max }
      return { type: 'array', minItems: 1, items }
    }
    case 'choice':
      return { enum: option.choices }
    case 'layers':
      return { type: 'array', items: { type: 'string', pattern: '^relu[1-5]_[1-4]$' } }
    case 'flag':
      return { type: 'boolean' }
    case 'text':
      return { type: 'string', minLength: 1 }
  }
}

const options = Object.fromEntries(
  Object.entries(OPTIONS).map(([name, option]: [string, Option]) => [
    name,
    { description: option.help, default: option.default, ...valueSchema(option) },
  ]),
)

const amounts = Object.fromEntries(
  Object.entries(AMOUNT_RANGES).map(([name, { min, max }]) => [
    name,
    { type: 'number', minimum: min, maximum: max },
  ]),
)

const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Impasto presets',
  description:
    'Presets as the panel exports them and `--preset-file` reads them. Files of older versions are read, too: version 1 had no styles, version 2 no pictures of presets.',
  ...record({
    impasto: { const: 'presets' },
    version: { const: PRESETS_VERSION },
    presets: {
      type: 'array',
      maxItems: MAX_PRESETS,
      description: 'No two share a name.',
      items: {
        ...record(
          {
            name: {
              type: 'string',
              minLength: 1,
              maxLength: MAX_NAME_LENGTH,
              pattern: '^\\S(.*\\S)?$',
              description: 'None of a built-in preset.',
            },
            options: { $ref: '#/definitions/options' },
            styles: {
              type: 'array',
              minItems: 1,
              maxItems: MAX_STYLES,
              description: 'Absent where the preset leaves the styles that are set.',
              items: {
                oneOf: [{ $ref: '#/definitions/builtIn' }, { $ref: '#/definitions/picture' }],
              },
            },
            picture: {
              type: 'string',
              pattern: '^data:image/',
              maxLength: MAX_THUMBNAIL_LENGTH,
              description: 'What was painted with it.',
            },
          },
          ['name', 'options'],
        ),
      },
    },
  }),
  definitions: {
    options: {
      description: 'Those that differ from the defaults, by name.',
      ...record(options, []),
    },
    builtIn: record({ kind: { const: 'built-in' }, name: { enum: BUILT_IN_STYLES }, ...amounts }),
    picture: record({
      kind: { const: 'picture' },
      name: { type: 'string', minLength: 1, maxLength: MAX_PICTURE_NAME_LENGTH },
      sha256: { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'Of the file.' },
      data: {
        type: 'string',
        maxLength: base64Length(MAX_PICTURE_BYTES),
        contentEncoding: 'base64',
        description: 'The file, a JPEG or PNG.',
      },
      ...amounts,
    }),
  },
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(schemaPath, presetsSchema())
