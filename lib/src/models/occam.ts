/**
 * Residual networks of four stages, plain or with an exit after each stage: OccamNets (Shrestha, Kafle and Kanan, arXiv 2204.02426;
 * code erobic/occam-nets-v1). They leave early where they can, and say which places their answer is from.
 */
import { tf } from '../tensorflow/backend';
import { activation, batchNorm, conv, dense, detach, from, globalAverage, type Layer, plus, relu } from './layers';
import { type Network, network } from './network';

/** What an exit says: how much each place speaks for each class [rows, y, x, classes]; the mean over places; whether to leave here. */
export interface Exit {
  cams: tf.Tensor4D;
  logits: tf.Tensor2D;
  gates: tf.Tensor1D;
}
export const EXITS = [0, 1, 2, 3] as const;

/** The exits of an OccamNet, from its taps. */
export const exitsOf = (taps: Record<string, tf.Tensor>): Exit[] =>
  EXITS.map((i) => {
    const cams = taps[`cams ${i}`] as tf.Tensor4D;
    return { cams, logits: cams.mean([1, 2]), gates: taps[`gate ${i}`].reshape([-1]) };
  });

/** The exit that a row takes: the first whose gate is at least ½, or else the last. The one before `first` is for training alone (released). */
export function exitTaken(gates: readonly number[], first = 1): number {
  const taken = gates.findIndex((gate, exit) => exit >= first && gate >= 0.5);
  return taken < 0 ? gates.length - 1 : taken;
}

/**
 * [side, side, 3] → half as many pixels a row → four stages, each with twice the channels on half the pixels a row of the one before.
 * The output is logits; with exits, of each the logits and the gate: [rows, exits · (classes + 1)].
 */
export function occamNetwork(of: { side: number; width: number; classes: number; withExits: boolean }): Network {
  const { side, width, classes, withExits } = of;
  const same = (channels: number, stride = 1) => conv(channels, { padding: 1, stride });
  const sigmoid = (name: string) => activation((x) => x.sigmoid(), name);
  const layers: Layer[] = [same(width, 2), batchNorm(), relu('stem')];
  for (const i of EXITS) {
    const [to, stride, before] = i > 0 ? [width * 2 ** i, 2, `stage ${i - 1}`] : [width, 1, 'stem'];
    const around = i > 0 ? `shortcut ${i}` : before;
    if (i > 0) layers.push(from(before), conv(to, { kernel: 1, stride }), batchNorm({ name: around }));
    layers.push(from(before), same(to, stride), batchNorm(), relu(), same(to), batchNorm(), plus(around));
    layers.push(relu(`stage ${i}`));
    if (!withExits) continue;
    // What the first exit learns does not change the stages, and what a gate learns changes its exit nowhere (released).
    if (i === 0) layers.push(detach());
    layers.push(same(Math.ceil(to / 4)), batchNorm(), relu(), same(to), relu(`seen ${i}`));
    layers.push(conv(classes, { kernel: 1, name: `cams ${i}` }), from(`seen ${i}`), detach(), globalAverage());
    layers.push(dense(16), batchNorm(), relu(), dense(1), sigmoid(`gate ${i}`));
  }
  const said = (taps: Record<string, tf.Tensor>) =>
    exitsOf(taps).flatMap(({ logits, gates }) => [logits, gates.expandDims<tf.Tensor2D>(1)]);
  const output = [EXITS.length * (classes + 1)];
  const all: Layer = {
    shapes: () => ({ own: {}, output }),
    apply: (_x, _own, _pass, taps = {}) => tf.concat(said(taps), 1),
  };
  return network({
    input: [side, side, 3],
    layers: [...layers, ...(withExits ? [all] : [globalAverage(), dense(classes)])],
  });
}
