/**
 * Builds the plug-in into dist/: `npm run build`.
 *
 *   panel.js            the panel, CommonJS, with Photoshop's own modules left to Photoshop
 *   webview/worker.js   what the page's workers run
 *   webview/engine.js   the engine page, one classic script: its page may neither import modules
 *                       nor fetch, so there are no chunks
 *
 * and beside them what they name. Nothing in either is evaluated from strings, which UXP forbids.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import CopyPlugin from 'copy-webpack-plugin'
import { EsbuildPlugin } from 'esbuild-loader'
import sharp from 'sharp'
import webpack from 'webpack'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const readJson = (path) => JSON.parse(readFileSync(at(path), 'utf8'))
const require = createRequire(import.meta.url)

const { version } = readJson('package.json')
const dist = process.env.IMPASTO_DIST ?? at('dist')
const THUMBNAIL_EDGE = 128

// The one build of onnxruntime-web with WebGPU that runs everywhere: others need WebAssembly.Suspending.
const wasm = require.resolve('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm')
// For the processor alone: half the size, and faster.
const workerWasm = require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')
const webview = `${dist}/webview`

/** To a quarter, as what goes over the bridge goes as text. */
const compressedFiles = new Map()
const compressed = (path) => {
  const bytes = compressedFiles.get(path) ?? gzipSync(readFileSync(path), { level: 9 })
  compressedFiles.set(path, bytes)
  return bytes
}

const factsOfBytes = (bytes) => ({
  sizeBytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
})

/** What the engine page loads, with sizes and checksums for it to verify. */
function assetList() {
  const { models } = readJson('models/manifest.json')
  const factsOf = (path) => factsOfBytes(readFileSync(path))
  return {
    wasm: { file: 'ort.wasm.gz', ...factsOfBytes(compressed(wasm)) },
    workerWasm: { file: 'ort-worker.wasm.gz', ...factsOfBytes(compressed(workerWasm)) },
    workerScript: { file: 'worker.js', ...factsOf(`${webview}/worker.js`) },
    models: models.map((model) => ({ ...factsOf(at(`models/${model.file}`)), ...model })),
  }
}

const json = (value) => `${JSON.stringify(value, null, 2)}\n`

/** @type {(name: string) => import('webpack').Configuration} */
const shared = (name) => ({
  name,
  mode: 'production',
  devtool: false,
  module: {
    // ONNX Runtime names files of its own by `new URL`: it is handed them, so none are emitted.
    parser: { javascript: { url: false } },
    rules: [{ test: /\.ts$/, loader: 'esbuild-loader', options: { target: 'es2022' } }],
  },
  resolve: { extensions: ['.ts', '.js'] },
  optimization: {
    splitChunks: false,
    minimizer: [new EsbuildPlugin({ target: 'es2022', legalComments: 'none' })],
  },
  // Weights and WebAssembly are large by nature; scripts/package.ts prints every size.
  performance: { hints: false },
  stats: 'errors-warnings',
})

const panel = {
  ...shared('panel'),
  entry: at('src/panel/main.ts'),
  output: {
    path: dist,
    filename: 'panel.js',
    publicPath: '',
    globalObject: 'globalThis',
    library: { type: 'commonjs2' },
  },
  externalsType: 'commonjs2',
  externals: ['photoshop', 'uxp'],
  plugins: [
    new webpack.DefinePlugin({ IMPASTO_VERSION: JSON.stringify(version) }),
    new CopyPlugin({
      patterns: [
        {
          from: at('manifest.json'),
          transform: (content) => json({ ...JSON.parse(content.toString()), version }),
        },
        { from: at('src/panel/index.html') },
        { from: at('src/panel/panel.css') },
        { from: at('icons'), to: 'icons' },
        { from: at('styles/*.jpg'), to: 'styles/[name][ext]' },
        {
          from: at('styles/*.jpg'),
          to: 'styles/[name]-thumb.jpg',
          transform: (content) =>
            sharp(content)
              .resize(THUMBNAIL_EDGE, THUMBNAIL_EDGE, { fit: 'cover' })
              .jpeg({ quality: 85 })
              .toBuffer(),
        },
        { from: at('LICENSE'), to: 'LICENSE.txt', toType: 'file' },
        { from: at('licences') },
        { from: at('models/NOTICE.md'), to: 'webview/NOTICE.md' },
      ],
    }),
  ],
}

/** A script of the engine page, in one piece. */
const script = (name, entry) => ({
  ...shared(name),
  entry: at(entry),
  output: { path: webview, filename: `${name}.js`, publicPath: '', iife: true },
  plugins: [
    // ONNX Runtime asks for the script's address, to fetch what it is handed here anyway.
    new webpack.DefinePlugin({ 'import.meta.url': 'undefined' }),
    new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 }),
  ],
})

const worker = script('worker', 'src/webview/worker.ts')

const page = script('engine', 'src/webview/main.ts')
const engine = {
  ...page,
  // Its asset list has the worker's checksum.
  dependencies: [worker.name],
  plugins: [
    ...page.plugins,
    new CopyPlugin({
      patterns: [
        { from: at('src/webview/index.html') },
        { from: wasm, to: 'ort.wasm.gz', toType: 'file', transform: () => compressed(wasm) },
        {
          from: workerWasm,
          to: 'ort-worker.wasm.gz',
          toType: 'file',
          transform: () => compressed(workerWasm),
        },
        { from: at('models/*.safetensors'), to: '[name][ext]' },
        { from: at('models/manifest.json'), to: 'models.json', transform: () => json(assetList()) },
      ],
    }),
  ],
}

export default [panel, worker, engine]
