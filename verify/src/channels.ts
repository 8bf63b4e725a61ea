/** What notebook 20 measures with, against the vectors of kinds code-length (JSON only), readout and guidance. */
import { bitsPerLabel, codeLength, knowsResidues, successBits } from '../../lib/dist/stats/codeLength';
import { samplesToReach } from '../../lib/dist/stats/dataEfficiency';
import { ridgeReadout } from '../../lib/dist/stats/linearFits';
import { tf } from '../../lib/dist/tensorflow/backend';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { linearCka, matchedLayers } from '../../lib/dist/training/guidance';
import type { Comparison } from './comparison';

/** The vectors' own, of double precision; and of similarities in single precision, differences of Gram matrices. */
const [EXACT, FLOAT32] = [1e-9, 1e-4];

export function compareCodeLength(comparison: Comparison): void {
  const { json } = comparison.reference;
  const classes = json.get('classes').number();
  for (const entry of json.get('curves').items()) {
    const of = entry.get('name').text();
    const [sizes, accuracy] = ['n', 'accuracy'].map((name) => entry.get(name).numbers());
    const curve = sizes.map((n, i) => ({ n, accuracy: accuracy[i] }));
    const bits = accuracy.map((share) => bitsPerLabel(share, { classes }));
    comparison.numbers(`${of}: bits_per_label`, bits, entry.get('bits_per_label').numbers(), EXACT);
    comparison.number(`${of}: code_length`, codeLength(curve, { classes }), entry.get('code_length').number(), EXACT);
    const half = entry.find('n50_linear')?.number();
    const ours = samplesToReach(curve, 0.5, { linear: true });
    if (half !== undefined) comparison.number(`${of}: n50_linear`, ours ?? Number.NaN, half, EXACT);
  }
  for (const entry of json.get('success_rates').items()) {
    const [successes, runs] = ['successes', 'runs'].map((name) => entry.get(name).number());
    const { bits, atLeast, smoothed } = successBits(successes, runs);
    const of = `${successes} of ${runs}`;
    for (const [name, ours] of Object.entries({ bits, bits_laplace: smoothed, lower_bound_if_none: atLeast })) {
      const theirs = entry.find(name)?.number();
      if (theirs !== undefined) comparison.number(`${of}: ${name}`, ours ?? Number.NaN, theirs, EXACT);
    }
  }
  const memoriser = json.get('table_memoriser');
  const modulus = memoriser.get('modulus').number();
  const known = memoriser
    .get('n')
    .numbers()
    .map((n) => ({ n, accuracy: knowsResidues(n, { modulus }) }));
  const accuracies = known.map(({ accuracy }) => accuracy);
  comparison.numbers('table_memoriser: accuracy', accuracies, memoriser.get('accuracy').numbers(), EXACT);
  const length = codeLength(known, { classes: modulus });
  comparison.number('table_memoriser: code_length', length, memoriser.get('code_length').number(), EXACT);
}

export function compareReadout(comparison: Comparison): void {
  const { reference } = comparison;
  const { json } = reference;
  const classes = json.get('classes').number();
  const featuresOf = (name: string) => ({
    width: reference.tensor(name, [-1, -1]).shape[1],
    data: Array.from(reference.values(name)),
  });
  const [features, fresh] = ['features', 'test_features'].map(featuresOf);
  const [labels, freshLabels] = ['labels', 'test_labels'].map((name) => Array.from(reference.values(name)));
  for (const strength of reference.namesUnder('weights/')) {
    const readout = ridgeReadout(features, labels, { classes, strength: Number(strength) });
    comparison.numbers('mean', readout.mean, json.get('mean').numbers(), EXACT);
    comparison.number('standard_deviation', readout.deviation, json.get('standard_deviation').number(), EXACT);
    comparison.tensor(`weights/${strength}`, readout.weights.flat(), [features.width + 1, classes], EXACT);
    comparison.tensor(`scores/${strength}`, readout.scores(fresh).flat(), [freshLabels.length, classes], EXACT);
    for (const [set, of, right] of [
      ['training', features, labels],
      ['test', fresh, freshLabels],
    ] as const) {
      const share = readout.answers(of).filter((answer, row) => answer === right[row]).length / right.length;
      comparison.number(
        `${strength}: ${set}`,
        share,
        json.get('ridge').get(strength).get(`${set}_accuracy`).number(),
        EXACT,
      );
    }
  }
}

export function compareGuidance(comparison: Comparison): void {
  const { reference } = comparison;
  const matrix = (name: string) =>
    tf.tensor2d(Array.from(reference.values(name)), reference.tensor(name, [-1, -1]).shape as [number, number]);
  reference.json
    .get('cases')
    .items()
    .forEach((entry, index) => {
      const at = comparison.at(`case ${index}`);
      const [x, y] = ['X', 'Y'].map((name) => `case${index}/${name}`);
      const [value, own, slope] = tidied(() => {
        const gradient = tf.grad((of) => tf.sub(1, linearCka(of as tf.Tensor2D, matrix(y))))(matrix(x));
        return [linearCka(matrix(x), matrix(y)), linearCka(matrix(x), matrix(x)), gradient].map((of) =>
          Array.from(of.dataSync()),
        );
      });
      at.number('cka', value[0], entry.get('cka').number(), FLOAT32);
      at.number('cka_self', own[0], entry.get('cka_self').number(), FLOAT32);
      const [rows, width] = ['n', 'p'].map((name) => entry.get(name).number());
      at.tensor(`case${index}/grad_X_of_1_minus_cka`, slope, [rows, width], FLOAT32);
    });
  reference.json
    .get('matching')
    .items()
    .forEach((entry, index) => {
      const [guides, targets] = ['guide_layers', 'target_layers'].map((name) => entry.get(name).size());
      const theirs = entry.get('map').numbers();
      const ours = matchedLayers(guides, targets).map(
        (layer, i, all) => layer ?? all[theirs.lastIndexOf(theirs[i])] ?? -1,
      );
      comparison.numbers(`matching ${index}`, ours, theirs, 0);
    });
}
