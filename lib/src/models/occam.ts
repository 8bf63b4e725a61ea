/**
 * Residual networks of four stages, plain or with an exit after each stage: OccamNets (Shrestha, Kafle and Kanan, arXiv 2204.02426;
 * code erobic/occam-nets-v1). They leave early where they can, and say which places their answer is from.
 */
import { seedFor } from '../tasks/random';
import { tf } from '../tensorflow/backend';
import { detached } from '../tensorflow/tidy';
import type { Parameters } from './gpt2';
import { batchNorm, conv, dense, globalAverage, type NetworkPass, relu } from './layers';
import { type Network, network } from './network';

/** What an exit says of its rows. */
export interface Exit {
  /** How much each place speaks for each class: [rows, y, x, classes] */
  cams: tf.Tensor4D;
  /** Their mean over the places: [rows, classes] */
  logits: tf.Tensor2D;
  /** Whether to leave here, from 0 to 1: [rows] */
  gates: tf.Tensor1D;
}

export const EXITS = 4;
/** The first that is used in a test (released): the one before serves training alone. */
const FIRST_USED = 1;

/** The exit that a row takes: the first whose gate is at least ½, of those that are used, or else the last. */
export function exitTaken(gates: ArrayLike<number>, first = FIRST_USED): number {
  const taken = Array.from(gates).findIndex((gate, exit) => exit >= first && gate >= 0.5);
  return taken < 0 ? gates.length - 1 : taken;
}

/** With exits, the output has of each exit the logits and the gate: [rows, exits · (classes + 1)] */
export interface OccamNetwork extends Network {
  exits(parameters: Parameters, x: tf.Tensor, pass?: NetworkPass): Exit[];
}

/** [side, side, 3] → half as many places → four stages of two convolutions, each with twice the channels on half the places of the one before. */
export function occamNetwork(of: { side: number; width: number; classes: number; withExits: boolean }): OccamNetwork {
  const { side, width, classes, withExits } = of;
  const same = (channels: number, stride = 1) => conv(channels, { padding: 1, stride });
  const part: Record<string, Network> = {
    stem: network({ input: [side, side, 3], layers: [same(width, 2), batchNorm(), relu()] }),
  };
  let input = [side / 2, side / 2, width];
  for (let i = 0; i < EXITS; i++) {
    const [to, stride] = [width * 2 ** i, i > 0 ? 2 : 1];
    const layers = [same(to, stride), batchNorm(), relu(), same(to), batchNorm()];
    part[`stage ${i}`] = network({ input, layers });
    if (i > 0) part[`shortcut ${i}`] = network({ input, layers: [conv(to, { kernel: 1, stride }), batchNorm()] });
    const places = Math.ceil(input[0] / stride);
    input = [places, places, to];
    if (!withExits) continue;
    // A quarter of the channels in between (released).
    const seen = [same(Math.ceil(to / 4)), batchNorm(), relu(), same(to), relu('seen'), conv(classes, { kernel: 1 })];
    part[`exit ${i}`] = network({ input, layers: seen });
    part[`gate ${i}`] = network({ input: [to], layers: [dense(16), batchNorm(), relu(), dense(1)] });
  }
  if (!withExits) part.output = network({ input, layers: [globalAverage(), dense(classes)] });
  const all = joined(part);

  const stages = (parameters: Parameters, x: tf.Tensor, pass?: NetworkPass): tf.Tensor[] => {
    let y = all.run('stem', parameters, x, pass).output as tf.Tensor;
    return Array.from({ length: EXITS }, (_, i) => {
      const around = i > 0 ? all.run(`shortcut ${i}`, parameters, y, pass).output : y;
      y = all.run(`stage ${i}`, parameters, y, pass).output.add(around).relu();
      return y;
    });
  };
  const exits: OccamNetwork['exits'] = (parameters, x, pass) =>
    stages(parameters, x, pass).map((y, i): Exit => {
      // What the first exit learns does not change the stages, and what a gate learns changes its exit nowhere (released).
      const given = i === 0 ? detached(() => y.clone()) : y;
      const { output, taps } = all.run(`exit ${i}`, parameters, given, pass);
      const seen = detached(() => taps.seen.mean([1, 2]));
      const gates = all.run(`gate ${i}`, parameters, seen, pass).output.sigmoid().reshape([-1]);
      const cams = output as tf.Tensor as tf.Tensor4D;
      return { cams, logits: cams.mean([1, 2]), gates: gates as tf.Tensor1D };
    });
  return {
    ...all,
    input: [side, side, 3],
    exits,
    forward(parameters, x, pass) {
      if (!withExits) return all.run('output', parameters, stages(parameters, x, pass).at(-1) as tf.Tensor, pass);
      const said = exits(parameters, x, pass).flatMap(({ logits, gates }) => [
        logits,
        gates.expandDims<tf.Tensor2D>(1),
      ]);
      return { output: tf.concat(said, 1), taps: {} };
    },
  };
}

/** Networks beside each other, whose values are named `<part>.<layer>.weight`; `run` computes one of them. */
function joined(part: Record<string, Network>) {
  const parts = Object.entries(part);
  const named = <T>(of: (one: Network, name: string) => Record<string, T>): Record<string, T> =>
    Object.fromEntries(
      parts.flatMap(([name, one]) => Object.entries(of(one, name)).map(([own, value]) => [`${name}.${own}`, value])),
    );
  const names = (of: 'statistics' | 'maskedWeights') =>
    parts.flatMap(([name, one]) => one[of].map((own) => `${name}.${own}`));
  return {
    shapes: named(({ shapes }) => shapes),
    statistics: names('statistics'),
    maskedWeights: names('maskedWeights'),
    init: (seed: number) => named((one, name) => one.init(seedFor(seed, name))),
    run(name: string, parameters: Parameters, x: tf.Tensor, pass: NetworkPass = {}) {
      const own = Object.keys(part[name].shapes).map((one) => [one, parameters[`${name}.${one}`]]);
      const { onStatistics } = pass;
      return part[name].forward(Object.fromEntries(own), x, {
        ...pass,
        onStatistics: onStatistics && ((layer, of) => onStatistics(`${name}.${layer}`, of)),
      });
    },
  };
}
