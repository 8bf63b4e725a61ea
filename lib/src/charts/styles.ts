/**
 * One look for each name, in every chart of the collection: a condition, a source or an observer has the same colour and
 * the same dash wherever it is drawn. A new name gets its line here.
 */
import { palette } from './theme';

const { blue, vermilion, green, purple, sky, orange, brown, grey } = palette;

/** Colours by name, in the order in which legends and panels list them. */
const COLOURS: Readonly<Record<string, string>> = {
  // What a transferred model starts from: arithmetic, then images.
  base: sky,
  subnetwork: blue,
  'full model': vermilion,
  'random init': grey,
  'sampled control': green,
  'complement control': purple,
  'untrained subnetwork': orange,
  'random mask': green,
  'mask of plain images': purple,
  'mask of an untrained network': orange,
  // Transferred weights that train on.
  'subnetwork, trainable': sky,
  'sampled control, trainable': brown,
  // What knowledge comes through (notebook 20), and the channels that those are.
  'knows the residues': brown,
  'embeddings only': green,
  'maps only': purple,
  'full model, rows balanced': orange,
  'random init, rows balanced': orange,
  'readout of the base': blue,
  'probe first': orange,
  'guidance by the base': vermilion,
  'guidance by the subnetwork': green,
  'guidance by an untrained model': purple,
  'distilled subtask': blue,
  'subtask data': vermilion,
  'step written out': green,
  'weight decay': purple,
  none: grey,
  weights: blue,
  representations: vermilion,
  outputs: green,
  data: purple,
  'data format': sky,
  optimiser: orange,
  reference: brown,
  // Frozen features, what is read out of them, and by what.
  'masked base': blue,
  'first block': green,
  embeddings: purple,
  'untrained model': orange,
  'a^2 + ab': blue,
  'a^2 + b^2': vermilion,
  'random table': green,
  "the model's own answers": blue,
  'readout from its own samples': vermilion,
  'readout from fresh pairs': green,
  // Differences from a condition have its colour.
  'minus full model': vermilion,
  'minus random init': grey,
  // Whose a value is, and how a control was drawn or a temperature rises.
  published: brown,
  ours: blue,
  'ours, as described': orange,
  'ours, as released': green,
  'as described': orange,
  'as released': green,
  // What is trained of a random network.
  everything: vermilion,
  readout: green,
  biases: orange,
  'unit mask': sky,
  'weight mask': blue,
  // A mask in training.
  'hard mask s > 0': blue,
  'soft mask sigmoid(T·s)': vermilion,
  // What an answer agrees with.
  'evaluation accuracy': blue,
  'predicts a^2 + ab': blue,
  'predicts 2a^2': vermilion,
  'predicts 2b^2': green,
  // Images.
  'plain images': blue,
  'mean-pooled images': vermilion,
  plain: blue,
  conflict: green,
  pooled: vermilion,
  silhouette: purple,
  digits: vermilion,
  silhouettes: blue,
  edges: vermilion,
  'cue-conflict': green,
  // Two cues, and what they are read by (notebook 22).
  'class −1': blue,
  'class 1': vermilion,
  'linear kernel': grey,
  'ReLU tangent kernel': vermilion,
  'trained network': blue,
  'falling rate': blue,
  'constant rate': vermilion,
  // Kernels and what they are compared with (notebook 27).
  'the curve': grey,
  'before training': orange,
  'trained Jacobian': blue,
  'untrained Jacobian': orange,
  'last layer': green,
  'RBF, σ = 1': vermilion,
  'fine-tuning': purple,
  zero: grey,
  // Methods over environments (notebook 26), and guides (notebook 29).
  ERM: grey,
  vREx: vermilion,
  IRMv1: green,
  SD: purple,
  'as the digit says': blue,
  'as the colour says': vermilion,
  alone: grey,
  'untrained guide': orange,
  'trained guide': blue,
  // Features that learned without labels, and what they are read on (notebook 30).
  untrained: orange,
  trained: blue,
  pixels: grey,
  // Formats of sums (notebook 28); plain stands above.
  'plain with delimiters': sky,
  reverse: vermilion,
  'compact scratchpad': green,
  'simplified scratchpad': orange,
  'detailed scratchpad': purple,
  'completed table': grey,
  'N = 20': blue,
  'N = 100': vermilion,
  'N = 400': green,
  // Who learned digits from what (notebook 25); a strong teacher and its students have the usual one's colours.
  'dense, labels': grey,
  'CNN, labels': blue,
  'dense, labels + shifts': orange,
  'CNN, labels + shifts': blue,
  'CNN → dense': vermilion,
  'dense → dense': purple,
  'dense → CNN': sky,
  'CNN → dense, T²': vermilion,
  'CNN → dense, uniform shifts': green,
  'CNN → dense, learned shifts': purple,
  'strong CNN → dense, T²': vermilion,
  'strong CNN → dense, uniform shifts': green,
  'strong CNN → dense, learned shifts': purple,
  // Two features, learnt together or one first.
  'easy feature': blue,
  'hard feature': vermilion,
  'feature −1': blue,
  'feature 1': vermilion,
  // Observers.
  people: vermilion,
  AlexNet: blue,
  GoogLeNet: sky,
  'VGG-16': green,
  'ResNet-50': purple,
  // Networks that learn pairs of a table.
  'M = 23': blue,
  'M = 31': vermilion,
  'M = 41': green,
  'M = 59': purple,
  'training pairs': grey,
  'other pairs': blue,
  generalises: blue,
  'learns by heart': vermilion,
  // Seeds and runs of the base model.
  'seed 1': blue,
  'seed 2': vermilion,
  'seed 3': green,
  'published, 2 layers': brown,
  'published, 12 layers': grey,
};

/** Dashes by name; everything else is solid. */
const DASHES: Readonly<Record<string, number[]>> = {
  published: [5, 4],
  'published, 2 layers': [5, 4],
  'published, 12 layers': [5, 4],
  'knows the residues': [2, 2],
  'ours, as described': [1.5, 2.5],
  'as described': [1.5, 2.5],
  'completed table': [2, 2],
  law: [4, 3],
  'soft mask sigmoid(T·s)': [3, 3],
  'mean-pooled images': [4, 3],
};

const SOLID = [1, 0];
const FREE = [blue, vermilion, green, purple, orange, sky, brown, grey];
const SYMBOLS = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'triangle-down',
  'cross',
  'triangle-right',
  'triangle-left',
];
const SYMBOL_OF: Readonly<Record<string, string>> = {
  subnetwork: 'circle',
  'full model': 'square',
  'random init': 'triangle-up',
  'sampled control': 'diamond',
  'random mask': 'diamond',
  'complement control': 'triangle-down',
  'mask of plain images': 'triangle-down',
  'untrained subnetwork': 'cross',
  'mask of an untrained network': 'cross',
  base: 'triangle-right',
  everything: 'square',
  published: 'triangle-right',
  ours: 'circle',
};

/** The names that occur: known ones first, in the order above; others in the order in which they first come. */
export function orderOf(names: Iterable<string>): string[] {
  const present = [...new Set(names)];
  const known = Object.keys(COLOURS).filter((name) => present.includes(name));
  return [...known, ...present.filter((name) => !(name in COLOURS))];
}

/** Colours of names; one that has none takes the next free colour. */
export function colourScale(names: string[]): { domain: string[]; range: string[] } {
  const taken = names.flatMap((name) => COLOURS[name] ?? []);
  const free = FREE.filter((colour) => !taken.includes(colour));
  const cycle = free.length > 0 ? free : FREE;
  let next = 0;
  return { domain: names, range: names.map((name) => COLOURS[name] ?? cycle[next++ % cycle.length]) };
}

export function dashScale(names: string[]): { domain: string[]; range: number[][] } {
  return { domain: names, range: names.map((name) => DASHES[name] ?? SOLID) };
}

/** Whether any of these names has a dash of its own. */
export function anyDashed(names: string[]): boolean {
  return names.some((name) => name in DASHES);
}

/** Symbols, so that points are told apart without colour too: a condition's own, others in turn. */
export function symbolScale(names: string[]): { domain: string[]; range: string[] } {
  const taken = names.flatMap((name) => SYMBOL_OF[name] ?? []);
  const free = SYMBOLS.filter((symbol) => !taken.includes(symbol));
  let next = 0;
  return { domain: names, range: names.map((name) => SYMBOL_OF[name] ?? free[next++ % free.length]) };
}
