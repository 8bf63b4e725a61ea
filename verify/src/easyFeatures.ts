/** Two cues, kernels and explained variance (notebook 22) against the vectors of kinds two-cues and representation-variance. */
import { reliance, ruleShares } from '../../lib/dist/stats/cueConflict';
import {
  explainedVariance,
  kernelMatrix,
  kernelRegression,
  linearDiscriminant,
  linearKernel,
  principalComponents,
  reluTangentKernel,
} from '../../lib/dist/stats/linearFits';
import { normalQuantile } from '../../lib/dist/tasks/random';
import { type Cues, cueEmbedding, cueProbes, signsOf } from '../../lib/dist/tasks/twoCues';
import type { Comparison } from './comparison';
import type { Reference } from './reference';

/** The vectors' own, of double precision; and of inputs, which are in single precision. */
const [EXACT, FLOAT32] = [1e-9, 1e-5];

export function compareTwoCues(comparison: Comparison): void {
  const { reference } = comparison;
  const { json } = reference;
  const number = (...keys: string[]) => keys.reduce((entry, key) => entry.get(key), json).number();
  for (const entry of json.get('mu').items()) {
    comparison.number('mu', normalQuantile(entry.get('rho').number()), entry.get('mu').number(), EXACT);
  }
  const [cues, x] = [rowsOf(reference, 'z') as Cues[], rowsOf(reference, 'x')];
  const targets = Array.from(reference.values('y', [cues.length]));
  const directions = ['w_shortcut', 'w_core'].map((name) => Array.from(reference.values(name, [-1])));
  const availability = number('alpha_shortcut') / number('alpha_core');
  const embed = cueEmbedding({ availability, directions });
  comparison.tensor('x', embed(cues), [cues.length, directions[0].length], FLOAT32);

  const probes = cueProbes({ rhoShortcut: number('rho_shortcut'), rhoCore: number('rho_core') });
  comparison.tensor('probes', probes.flat(), [probes.length, 2], EXACT);
  const [shortcut, core] = [0, 1].map((cue) => signsOf(probes.map((one) => one[cue])));
  const relied = (scores: number[]) => reliance(signsOf(scores), shortcut, core);
  const labels = targets.map((y) => Number(y > 0));
  const optimal = probes.map(linearDiscriminant(cues, labels));
  comparison.tensor('optimal_scores_z', optimal, [probes.length], EXACT * 10);
  comparison.number('optimal', relied(optimal), number('reliance', 'optimal'), EXACT);

  const given = signsOf(Array.from(reference.values('prediction', [probes.length])));
  comparison.number('given_prediction', relied(given), number('reliance', 'given_prediction'), EXACT);
  const { conflicts, shares } = ruleShares(given, [shortcut, core]);
  comparison.number('conflict_probes', conflicts, number('conflict_probes'), 0);
  comparison.number('decided by the shortcut', shares[0], number('given_prediction_conflict', 'shortcut'), EXACT);
  comparison.number('decided by the core cue', shares[1], number('given_prediction_conflict', 'core'), EXACT);

  const few = x.slice(0, reference.tensor('ntk_block', [-1, -1]).shape[0]);
  const block = kernelMatrix(reluTangentKernel, few, few).to1DArray();
  comparison.tensor('ntk_block', block, [few.length, few.length], EXACT);
  // As the vectors' inputs are in double precision, so are those of the probes.
  const at = probes.map(([first, second]) =>
    directions[0].map((value, i) => availability * first * value + second * directions[1][i]),
  );
  const ridges = [number('ridge')];
  for (const [kernel, tensor, name] of [
    [reluTangentKernel, 'ntk_predictions', 'relu_ntk'],
    [linearKernel, 'linear_predictions', 'linear'],
  ] as const) {
    const [predicted] = kernelRegression(kernel, { rows: x, targets, probes: at, ridges });
    // The vectors' cosine of a row with itself is 1 but for rounding, whose root counts in a tangent kernel, over the ridge.
    comparison.tensor(tensor, predicted, [probes.length], kernel === linearKernel ? 1e-8 : 1e-4);
    comparison.number(`${name}: reliance`, relied(predicted), number('reliance', `${name}_ridge`), EXACT);
    comparison.number(`${name}: bias`, relied(predicted) - relied(optimal), number('shortcut_bias', name), EXACT);
  }
}

export function compareRepresentationVariance(comparison: Comparison): void {
  const { reference } = comparison;
  const { json } = reference;
  const [features, activations] = [rowsOf(reference, 'features'), rowsOf(reference, 'activations')];
  const half = features.length / 2;
  const components = principalComponents(activations.slice(half), activations[0].length);
  const known = json.get('principal_components');
  const shares = known.get('explained').numbers();
  comparison.numbers('explained', components.shares.slice(0, shares.length), shares, EXACT);
  ['easy', 'hard'].forEach((name, of) => {
    const sets = [0, half].map((from) => ({
      features: features.slice(from, from + half).map((row) => [row[of]]),
      activations: activations.slice(from, from + half),
    }));
    const { share, explained } = explainedVariance(sets[0], sets[1]);
    const theirs = json.get('features').get(name).get('ratio_of_sums').number();
    comparison.number(`${name}: ratio_of_sums`, share, theirs, EXACT);
    const over = json.get('features_over_time_denominator');
    const early = over.find(name)?.number();
    if (early !== undefined)
      comparison.number(`${name}, over time`, explained / over.get('final_total').number(), early, EXACT);
    const correlations = known.get(`correlation_with_${name}`).numbers();
    const ours = correlations.map((_, component) =>
      Math.abs(
        correlation(
          components.scores.map((row) => row[component]),
          sets[1].features.flat(),
        ),
      ),
    );
    comparison.numbers(`correlation_with_${name}`, ours, correlations, EXACT * 10);
  });
}

export function rowsOf(reference: Reference, name: string): number[][] {
  const { shape } = reference.tensor(name, [-1, -1]);
  const values = Array.from(reference.values(name));
  return Array.from({ length: shape[0] }, (_, row) => values.slice(row * shape[1], (row + 1) * shape[1]));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [first, second] = [a, b].map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  });
  const product = (one: number[], other: number[]) => one.reduce((sum, value, i) => sum + value * other[i], 0);
  return product(first, second) / Math.sqrt(product(first, first) * product(second, second));
}
