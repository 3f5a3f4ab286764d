/**
 * The objective evaluated in bands of rows, each on a runtime of its own, all at the same time: the
 * whole picture's losses and gradient. Between segments of the network bands exchange a few rows;
 * sums over pixels are added up over all bands before the way back.
 */

import { throwIfCancelled, untilAborted } from '../../errors.ts'
import type { Graph } from '../../graph/node.ts'
import type { ImageShape } from '../../graph/tensor-type.ts'
import { type Holder, makeHolder } from '../../runtime/holder.ts'
import type { DeviceTensor, Program, Runtime } from '../../runtime/runtime.ts'
import type { Evaluator, Targets } from '../evaluator.ts'
import {
  contentTerm,
  maskName,
  type ObjectiveSpec,
  styleTerms,
  termNames,
} from '../losses/objective.ts'
import { cutPlanes } from '../region-masks.ts'
import { uploadStyleTargets } from '../style-inputs.ts'
import { slopeName, slopesGraph, sumName, sumNames } from '../tiles/graphs.ts'
import { strideOf } from '../tiles/margins.ts'
import {
  ABOVE,
  BELOW,
  BOTTOM,
  COEFFICIENTS,
  d,
  NEXT,
  type SegmentGraphs,
  segmentGraphs,
  TERMS,
  TOP,
  X,
} from './graphs.ts'
import { type Band, bandsOf, rowsOf, segmentsOf } from './layout.ts'

type Planes = Parameters<typeof cutPlanes>[0]

type Values = Record<string, DeviceTensor | Float32Array>

/** A band in a segment, on its lane. */
interface Step extends Pick<SegmentGraphs, 'saved' | 'terms'> {
  readonly forward: Run
  readonly back: Run
}

/** A program that takes of what it is offered what it has inputs for. */
type Run = (offered: Values, into?: Record<string, DeviceTensor>) => ReturnType<Program['run']>

/**
 * @param lanes one a band, or more.
 * @param bandRows that `bandRowsOf` gives.
 * @throws OptionError, ModelError for layers that the network lacks; RuntimeError. Nothing is left
 * on the lanes then.
 */
export async function makeBandedEvaluator(
  lanes: readonly Runtime[],
  spec: ObjectiveSpec,
  targets: Targets,
  bandRows: number,
): Promise<Evaluator> {
  const { hold, release } = makeHolder()
  const segments = segmentsOf(spec)
  const bands = bandsOf(spec, bandRows)
  const last = bands.length - 1
  const allNames = termNames(spec)

  const compile = async (
    lane: Runtime,
    graph: Graph,
    readBack: readonly string[],
  ): Promise<Run> => {
    const names = graph.inputs.map(({ attributes }) => attributes.name)
    const present = readBack.filter((name) => name in graph.outputs)
    const program = hold(await lane.compile(graph, { readBack: present }))
    return (offered, into) =>
      program.run(Object.fromEntries(names.map((name) => [name, offered[name]!])), into)
  }
  /** Bands of one form have the same graphs. */
  const known = new Map<string, SegmentGraphs>()
  const graphsOf = (index: number, band: (typeof bands)[number]): SegmentGraphs => {
    const { rows, edges } = band
    const key = JSON.stringify([index, rows, edges])
    const graphs =
      known.get(key) ?? segmentGraphs(spec, segments[index]!, segments[index + 1], band)
    known.set(key, graphs)
    return graphs
  }
  const prepareStep = async (lane: Runtime, graphs: SegmentGraphs): Promise<Step> => {
    const sums = sumNames(spec).map(sumName)
    return {
      ...graphs,
      forward: await compile(lane, graphs.forward, [TERMS, TOP, BOTTOM, ...sums]),
      back: await compile(lane, graphs.back, [d(ABOVE), d(BELOW)]),
    }
  }
  const prepareBand = async (
    lane: Runtime,
    index: number,
    contents: ReadonlyMap<string, Planes>,
  ) => {
    const band = bands[index]!
    const steps: Step[] = []
    for (const segment of segments.keys()) {
      steps.push(await prepareStep(lane, graphsOf(segment, band)))
    }
    return { steps, fixed: await fixedInputs(lane, spec, targets, contents, band, hold) }
  }
  const prepareSlopes = async () => {
    if (spec.styleLayers.length === 0) return undefined
    const graph = slopesGraph(spec)
    const run = await compile(lanes[0]!, graph, Object.keys(graph.outputs))
    const inputs = uploadStyleTargets(lanes[0]!, spec, targets, hold)
    return (sums: Values, coefficients: Float32Array) => run({ ...sums, ...inputs, coefficients })
  }
  const prepare = async () => {
    const contents = new Map<string, Planes>()
    for (const [layer, { features }] of targets.content) {
      const [, , height, width] = features.shape as ImageShape
      contents.set(layer, { data: await lanes[0]!.download(features), width, height })
    }
    const parts = await Promise.all(bands.map((_, i) => prepareBand(lanes[i]!, i, contents)))
    return { parts, slopes: await prepareSlopes() }
  }
  let prepared: Awaited<ReturnType<typeof prepare>>
  try {
    prepared = await prepare()
  } catch (error) {
    await release()
    throw error
  }
  const { parts, slopes } = prepared
  /** The neighbour whose rows lie above a band's, and below. */
  const upper = (index: number): number => (index === 0 ? last : index - 1)
  const lower = (index: number): number => (index === last ? 0 : index + 1)

  return {
    async evaluate(iterate, gradient, coefficients, signal) {
      const passing = makeHolder()
      const onEach = async <T>(work: (index: number) => Promise<T>): Promise<T[]> => {
        throwIfCancelled(signal)
        return untilAborted(Promise.all(bands.map((_, i) => work(i))), signal)
      }
      const coefficientsOf = (names: readonly string[]): Float32Array =>
        Float32Array.from(names, (name) => coefficients[allNames.indexOf(name)]!)
      const terms = new Map<string, number>()
      const sums: Record<string, Float32Array> = {}
      /** What each band has by now: own rows, rows from beyond, and what the way back needs. */
      const offered: Values[][] = segments.map(() => bands.map((_, i) => ({ ...parts[i]!.fixed })))
      try {
        let edges: { readonly top: Float32Array; readonly bottom: Float32Array }[] = []
        let own: DeviceTensor[] = [...iterate]
        for (const [s] of segments.entries()) {
          const results = await onEach(async (i) => {
            const values = offered[s]![i]!
            const step = parts[i]!.steps[s]!
            values[X] = own[i]!
            if (s > 0 && !bands[i]!.edges.top) values[ABOVE] = edges[upper(i)]!.bottom
            if (s > 0 && !bands[i]!.edges.bottom) values[BELOW] = edges[lower(i)]!.top
            values[COEFFICIENTS] = coefficientsOf(step.terms)
            const { host, device } = await step.forward(values)
            for (const tensor of Object.values(device)) passing.hold(tensor)
            for (const name of step.saved) values[name] = device[name]!
            return { host, device, step }
          })
          for (const { host, step } of results) {
            for (const [k, name] of step.terms.entries()) {
              terms.set(name, (terms.get(name) ?? 0) + host[TERMS]![k]!)
            }
            for (const name of Object.keys(host)) {
              if (name.startsWith(sumName(''))) sums[name] = added(sums[name], host[name]!)
            }
          }
          own = results.map(({ device }) => device[NEXT]!)
          edges = results.map(({ host }) => ({ top: host[TOP]!, bottom: host[BOTTOM]! }))
        }

        const styleNames = styleTerms(spec).map(({ name }) => name)
        const style = await slopes?.(sums, coefficientsOf(styleNames))
        for (const [k, name] of styleNames.entries()) terms.set(name, style!.host.terms![k]!)
        const slopeValues = Object.fromEntries(
          sumNames(spec).map((name) => [slopeName(name), style!.host[slopeName(name)]!]),
        )

        let back: {
          readonly own: DeviceTensor
          readonly above?: Float32Array
          readonly below?: Float32Array
        }[] = []
        for (let s = segments.length - 1; s >= 0; s--) {
          const behind = back
          back = await onEach(async (i) => {
            const values = { ...offered[s]![i]!, ...slopeValues }
            if (behind.length > 0) {
              values[d(NEXT)] = behind[i]!.own
              if (!bands[i]!.edges.top) values[d(TOP)] = behind[upper(i)]!.below!
              if (!bands[i]!.edges.bottom) values[d(BOTTOM)] = behind[lower(i)]!.above!
            }
            const into = s === 0 ? { [d(X)]: gradient[i]! } : {}
            const { host, device } = await parts[i]!.steps[s]!.back(values, into)
            if (s > 0) passing.hold(device[d(X)]!)
            return { own: device[d(X)]!, above: host[d(ABOVE)], below: host[d(BELOW)] }
          })
        }
        return Float32Array.from(allNames, (name) => terms.get(name)!)
      } finally {
        await passing.release()
      }
    },
    release,
  }
}

const added = (known: Float32Array | undefined, more: Float32Array): Float32Array => {
  if (!known) return more
  for (let i = 0; i < more.length; i++) known[i] = known[i]! + more[i]!
  return known
}

/** A band's share of what losses are measured against. */
async function fixedInputs(
  lane: Runtime,
  spec: ObjectiveSpec,
  { masks }: Targets,
  contents: ReadonlyMap<string, Planes>,
  band: Band,
  hold: Holder['hold'],
): Promise<Values> {
  const fixed: Record<string, DeviceTensor> = {}
  const take = (name: string, whole: Planes, stride: number): void => {
    const size = { width: whole.width, height: rowsOf(band, stride) }
    const part = cutPlanes(whole, { top: band.top / stride, left: 0 }, size)
    const planes = part.length / (size.width * size.height)
    fixed[name] = hold(lane.upload(part, [1, planes, size.height, size.width]))
  }
  for (const layer of spec.contentLayers) {
    take(contentTerm(layer), contents.get(layer)!, strideOf(spec.network.model.topology, layer))
  }
  for (const [layer, ofLayer] of masks?.layers ?? []) take(maskName(layer), ofLayer, ofLayer.stride)
  return fixed
}
