/** Reads the golden files from disk, for tests that run in Node. */
import { readFile } from 'node:fs/promises'
import { type Golden, loadGolden } from './golden-cases.ts'

const read = (path: string): Promise<Buffer> => readFile(new URL(path, import.meta.url))
const readJson = async (path: string) => JSON.parse((await read(path)).toString('utf8'))

export async function readGolden({ withVgg16 }: { withVgg16: boolean }): Promise<Golden> {
  return loadGolden({
    images: await read('golden/images.safetensors'),
    gradients: await read('golden/gradients.safetensors'),
    vgg19Tiny: await read('golden/vgg19-tiny.safetensors'),
    vgg16: withVgg16 ? await read('../models/vgg16.safetensors') : undefined,
    features: await readJson('golden/features.json'),
    objectives: await readJson('golden/objectives.json'),
  })
}
