/**
 * The gradients of a trained network as a kernel: does a Gaussian process with it learn the next curve from fewer points?
 * (Maddox et al., "Fast Adaptation with Linearized Neural Networks", arXiv 2103.01439; notebook 27.)
 */
import type { Parameters } from '../models/gpt2';
import { denseNetwork } from '../models/network';
import { tanhJacobian } from '../models/tanhJacobian';
import { count, type Kind, oneOf, positive, type RowIn, runOf, table } from '../runs/columns';
import { combinations, experiment } from '../runs/experiment';
import type { Stage, Training } from '../runs/stage';
import { gaussianProcess, rbfKernel } from '../stats/gaussianProcess';
import { mean } from '../stats/intervals';
import { linearKernel, type NumberRows } from '../stats/linearFits';
import type { Points } from '../stats/normalErrors';
import { CURVE_FAMILIES, curveTask, evenly } from '../tasks/curves';
import { seedFor } from '../tasks/random';
import { tf } from '../tensorflow/backend';
import type { HostTensors } from '../tensorflow/hostTensor';
import { tidied } from '../tensorflow/tidy';
import { snapshot, tensorsOf } from '../tensorflow/variables';
import { regressor } from '../training/examples';
import { fitBatches } from '../training/fit';
import { trainer } from '../training/trainer';
import { once } from './machines';

const TASKS = ['sinusoids', 'mixed'] as const;
const density = (says = ''): Kind<number> => ({ type: 'number', says });
export const jacobianKernelSchema = table('jacobian-kernel.csv', {
  row: 'a curve that is learned from a few points, after a source network has learned another',
  columns: {
    tasks: oneOf(TASKS, 'mixed: every second one is a line'),
    source_points: count('that the source was trained on', { min: 1 }),
    seed: count('of the source and its targets'),
    target: count('which curve after that of the source', { min: 1 }),
    family: oneOf(CURVE_FAMILIES),
    n: count('points of the target', { min: 1 }),
    noise: positive('variance: the training error of the source, at least 0.001'),
    trained_error: positive("mean squared error against the curve: kernel of the source's Jacobian"),
    untrained_error: positive('of the Jacobian before training'),
    last_layer_error: positive("of the source's last layer alone"),
    rbf_error: positive('of an RBF kernel, σ = 1'),
    fine_tuned_error: positive('of the source, trained on'),
    zero_error: positive('of the prediction 0'),
    trained_bits: density("−log2 of the density of the target's points, a point"),
    untrained_bits: density(),
    last_layer_bits: density(),
    rbf_bits: density(),
    run: runOf(),
  },
  key: ['tasks', 'source_points', 'seed', 'target', 'n'],
});
export type JacobianKernelRow = RowIn<typeof jacobianKernelSchema>;
type Measured = Omit<JacobianKernelRow, 'tasks' | 'source_points' | 'seed' | 'noise' | 'run'>;

/** Released: 1-40-40-1 tanh, 2,500 steps on 10 points, then 300 steps of Adam; 5 tasks, of which the first is the source's. */
const released = { width: 40, steps: 2500, fineTuningSteps: 300, sourcePoints: [10], targets: 4, sizes: [10] };
const [SOURCE, SOURCE_RATE] = [{ name: 'sgd', momentum: 0.9, weightDecay: 0 } as const, 1e-3];
const [TUNER, TUNER_RATE] = [{ name: 'adamW', weightDecay: 0 } as const, 1e-2];
/** Places at which the error is measured: of this project. */
const PROBES = evenly(101);

const seeds = (length: number) => Array.from({ length }, (_, i) => i + 1);
const own = { ...released, tasks: 'sinusoids' as (typeof TASKS)[number], sourcePoints: [10, 200] };
type Grid = typeof own & { seeds: number[] };
export type JacobianKernelSettings = Omit<Grid, 'seeds' | 'sourcePoints'> & { seed: number; sourcePoints: number };
/** Which sources and targets a preset has: sizes are numbers of points, targets come after the source's task. */
export const JACOBIAN_KERNEL: Readonly<Record<string, Grid>> = {
  laptop: { ...own, seeds: seeds(10), targets: 30, sizes: [2, 5, 10, 20, 50] },
  paper: { ...released, tasks: 'mixed', seeds: seeds(10) },
  quick: { ...own, seeds: seeds(3), sourcePoints: [200], targets: 10, sizes: [5, 20] },
  smoke: { ...own, seeds: seeds(2), targets: 3, sizes: [2, 5], width: 8, steps: 20, fineTuningSteps: 3 },
};

/** Networks side by side: a weight and a bias [networks, …] for each layer, x [networks, points, 1] → [networks, points, 1] */
const outputsBeside = (parameters: Parameters, x: tf.Tensor): tf.Tensor =>
  Object.values(parameters).reduce((input, weight, i, all) => {
    if (i % 2 === 1) return input;
    const sums = tf.matMul(input, weight, false, true).add(all[i + 1].expandDims(1));
    return i + 2 < all.length ? sums.tanh() : sums;
  }, x);

/** What trains a source, and as many networks side by side as there are targets: the steps are compiled once. */
const machinesOf = ({ width, targets }: Pick<Grid, 'width' | 'targets'>) => {
  const network = denseNetwork({ inputs: 1, outputs: 1, depth: 2, width, hidden: 'tanh' });
  const shapes = Object.fromEntries(Object.entries(network.shapes).map(([name, shape]) => [name, [targets, ...shape]]));
  const beside = {
    ...{ shapes, maskedWeights: [] },
    inputs: (of: Points[]) => [tf.tensor3d(of.map(({ x }) => x)), tf.tensor3d(of.map(({ y }) => y))],
    loss: (parameters: Parameters, [x, y]: tf.Tensor[]) =>
      outputsBeside(parameters, x).sub(y).square().mean([1, 2]).sum() as tf.Scalar,
  };
  const source = trainer(regressor(network), { optimizer: SOURCE, xla: false });
  return { network, source, tuner: trainer<Points[]>(beside, { optimizer: TUNER, xla: false }) };
};

/** The same values for each of networks side by side. */
const repeated = (values: HostTensors, times: number): HostTensors =>
  tidied(() => {
    const tensors = Object.entries(tensorsOf(values));
    return snapshot(Object.fromEntries(tensors.map(([name, one]) => [name, tf.stack(Array(times).fill(one))])));
  });

const errorOf = (found: number[], right: number[]): number => mean(found.map((value, i) => (value - right[i]) ** 2));

export const jacobianKernelStage: Stage<JacobianKernelSettings, { noise: number; rows: Measured[] }> = {
  name: 'jacobian-kernel',
  title: ({ tasks, sourcePoints, seed }) => `${tasks} after a source of ${sourcePoints} points, seed ${seed}`,
  measures: {},
  // Measured on an AMD EPYC at 2.6 GHz: 1.5 ms a step, and 0.1 s for the kernels of a target.
  cost({ steps: first, fineTuningSteps, targets, sizes }) {
    const steps = first + sizes.length * fineTuningSteps;
    return { steps, seconds: steps * 1.5e-3 + targets * sizes.length * 0.1, startSeconds: 4, memoryMb: 900 };
  },
  async train(settings, { observer }: Training<object>) {
    const { width, sourcePoints, targets, sizes, steps, fineTuningSteps, seed } = settings;
    const { network, source, tuner } = once('curves', { width, targets }, machinesOf);
    const familyOf = (task: number) => (settings.tasks === 'mixed' && task % 2 === 1 ? 'line' : 'sinusoid');
    const taskOf = (task: number, points: number) => curveTask({ family: familyOf(task), task, points, seed });
    const fitted = <B>(batch: B, length: number, step: (batch: B, at: number) => number, watched = {}) => {
      const batches = () => Array<B>(length).fill(batch);
      return fitBatches({ epochs: 1, stepsPerEpoch: length, batches, step, evaluate: () => ({}), ...watched });
    };
    const known = taskOf(0, sourcePoints);
    const untrained = network.init(seedFor(seed, 'source'));
    source.start(untrained);
    const { log, interrupted } = await fitted(
      known,
      steps,
      (all, at) => source.step(all, at, SOURCE_RATE).loss,
      observer,
    );
    if (interrupted) return { log, interrupted };

    const trained = source.snapshot();
    const noise = Math.max(1e-3, errorOf(tanhJacobian(trained, known.x).outputs, known.y.flat()));
    const featuresOf = (x: number[][]): Record<string, NumberRows> => {
      const { jacobian, lastLayer: last_layer } = tanhJacobian(trained, x);
      return { trained: jacobian, untrained: tanhJacobian(untrained, x).jacobian, last_layer, rbf: x };
    };
    const curves = Array.from({ length: targets }, (_, i) => taskOf(i + 1, Math.max(...sizes)));
    const [probes, ...features] = [PROBES, ...curves.map(({ x }) => x)].map(featuresOf);
    const rows: Measured[] = [];
    for (const n of sizes) {
      tuner.start(repeated(trained, targets));
      const given = curves.map(({ x, y }) => ({ x: x.slice(0, n), y: y.slice(0, n) }));
      const tuning = await fitted(given, fineTuningSteps, (all, at) => tuner.step(all, at, TUNER_RATE).loss);
      if (tuning.interrupted) return { log, interrupted: true };
      const tuned = tidied(
        () =>
          outputsBeside(tuner.parameters, tf.tensor3d(curves.map(() => PROBES)))
            .squeeze([2])
            .arraySync() as number[][],
      );
      curves.forEach(({ at }, i) => {
        const right = PROBES.map(([x]) => at(x));
        const found: Record<string, number> = { fine_tuned_error: errorOf(tuned[i], right) };
        found.zero_error = mean(right.map((value) => value ** 2));
        for (const name of Object.keys(probes)) {
          const points = {
            rows: features[i][name].slice(0, n),
            targets: given[i].y.flat(),
            probes: probes[name],
            noise,
          };
          const posterior = gaussianProcess(name === 'rbf' ? rbfKernel() : linearKernel, points);
          found[`${name}_error`] = errorOf(posterior.mean, right);
          found[`${name}_bits`] = -posterior.logLikelihood / Math.LN2 / n;
        }
        const rounded = Object.entries(found).map(([name, value]) => [name, Number(value.toPrecision(5))]);
        rows.push({ target: i + 1, family: familyOf(i + 1), n, ...Object.fromEntries(rounded) });
      });
    }
    return { log, interrupted, result: { noise, rows } };
  },
};

export const jacobianKernel = experiment<Partial<Grid>, JacobianKernelRow, JacobianKernelSettings>({
  name: 'jacobian-kernel',
  title: 'Jacobian kernel',
  about: 'Gaussian processes whose kernel is the gradients of a trained network, on new curves',
  stage: jacobianKernelStage,
  table: jacobianKernelSchema,
  presets: Object.keys(JACOBIAN_KERNEL),
  asked: { seeds: undefined },
  *runs({ preset, ...asked }) {
    const changed = Object.entries(asked).filter(([name]) => name in JACOBIAN_KERNEL[preset]);
    const { seeds, ...grid }: Grid = { ...JACOBIAN_KERNEL[preset], ...Object.fromEntries(changed) };
    for (const { seed, sourcePoints } of combinations({ seed: seeds, sourcePoints: grid.sourcePoints }))
      yield {
        key: { tasks: grid.tasks, source_points: sourcePoints, seed },
        settings: { ...grid, sourcePoints, seed },
      };
  },
  rows: ({ id, result: { noise, rows } }, key) =>
    rows.map((row: Measured) => ({ ...key, noise, ...row, run: id }) as JacobianKernelRow),
  chain: ({ tasks, source_points }) => `${tasks}, source of ${source_points} points`,
});
