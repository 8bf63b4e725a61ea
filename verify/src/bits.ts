/** What notebook 23 computes, against the vectors of kinds difficulty and exact-bias. */
import { cloudGeometry } from '../../lib/dist/stats/cloud';
import {
  cartpoleDifficulty,
  controlDifficulty,
  omniglotDifficulty,
  taskDifficulty,
} from '../../lib/dist/stats/difficulty';
import {
  cumulants,
  errorLaw,
  fitChiSquare,
  imhofCdf,
  logChiSquareCdf,
  logErrorCdf,
  rbfPosterior,
  releasedFallback,
} from '../../lib/dist/stats/normalErrors';
import type { Comparison } from './comparison';
import { rowsOf } from './easyFeatures';
import type { JsonEntry } from './jsonEntry';

/** Relative, of double precision; and of values behind a kernel matrix of condition up to 1,000. */
const [EXACT, SOLVED] = [1e-9, 1e-6];

/** Numbers from 1e-5 to 1e66: what is compared is their ratio. */
function ratio(comparison: Comparison, what: string, ours: number, theirs: number, tolerance = EXACT): void {
  comparison.number(what, ours / theirs, 1, tolerance);
}

// biome-ignore lint/suspicious/noExplicitAny: the fields of a task are those of the vectors
const fieldsOf = (entry: JsonEntry, leave: string[]): any =>
  Object.fromEntries(
    entry.entries().flatMap(([name, value]) => (leave.includes(name) ? [] : [[name, value.number()] as const])),
  );

export function compareDifficulty(comparison: Comparison): void {
  const { reference } = comparison;
  const { json } = reference;
  for (const entry of json.get('formula_rows').items()) {
    const { n, m, R, error, combinations, delta, ...theirs } = fieldsOf(entry, ['name', 'D', 'B']);
    const found = taskDifficulty({ n, m, R, error, combinations, delta });
    const of = `${entry.get('name').text()}: `;
    ratio(comparison, `${of}log_wasserstein`, found.logWasserstein, theirs.log_wasserstein);
    ratio(comparison, `${of}K`, found.K, theirs.K);
    ratio(comparison, `${of}eigenvalues`, found.eigenvalues, theirs.eigenvalues);
    ratio(comparison, `${of}free_dimensions`, found.freeDimensions, theirs.free_dimensions);
    ratio(comparison, `${of}bits`, found.bits, theirs.bits);
  }
  for (const [name, bitsOf] of [
    ['cartpole', cartpoleDifficulty],
    ['mujoco', controlDifficulty],
    ['omniglot', omniglotDifficulty],
  ] as const) {
    json
      .get(name)
      .items()
      .forEach((entry, index) => {
        const { bits, ...task } = fieldsOf(entry, ['name']);
        ratio(comparison, `${name}[${index}]`, bitsOf(task), bits);
      });
  }
  const known = json.get('estimators');
  const points = rowsOf(reference, 'points');
  const cloud = { rows: points.length, values: points.flat(), labels: Array.from(reference.values('labels')) };
  const { m, R, delta } = cloudGeometry(cloud, { neighbours: known.get('k').number() });
  ratio(comparison, 'intrinsic_dimension', m, known.get('intrinsic_dimension').number());
  ratio(comparison, 'R', R, known.get('R').number());
  ratio(comparison, 'delta_all_pairs', delta, known.get('delta_all_pairs').number());
  const released = cloudGeometry(cloud, { from: 1 }).delta;
  ratio(comparison, 'delta_as_released', released, known.get('delta_as_released').number());
}

export function compareExactBias(comparison: Comparison): void {
  const { reference } = comparison;
  reference.json
    .get('cases')
    .items()
    .forEach((entry, index) => {
      const tensor = (name: string) => rowsOf(reference, `case${index}/${name}`);
      const sigma = entry.get('sigma').number();
      const posterior = rbfPosterior({ x: tensor('x_train'), y: tensor('y_train') }, tensor('x_test'), { sigma });
      const rows = posterior.mean.length;
      comparison.tensor(`case${index}/posterior_mean`, posterior.mean.flat(), [rows, -1], SOLVED);
      comparison.tensor(`case${index}/posterior_covariance`, posterior.covariance.flat(), [rows, rows], SOLVED);
      const law = errorLaw(posterior, tensor('y_test'));
      const theirs = entry.get('cumulants').numbers();
      cumulants(law, theirs.length).forEach((value, i) => {
        ratio(comparison, `case ${index}: cumulants[${i}]`, value, theirs[i], SOLVED);
      });
      const fit = fitChiSquare(cumulants(law, 2));
      for (const row of entry.get('targets').items()) {
        const target = row.get('target').number();
        const of = `case ${index}, target ${target}: `;
        const bits = -logErrorCdf(law, target) / Math.LN2;
        ratio(comparison, `${of}bits_saddlepoint`, bits, row.get('bits_saddlepoint').number(), SOLVED);
        const fitted = fit ? -logChiSquareCdf(fit, target) / Math.LN2 : Number.NaN;
        ratio(
          comparison,
          `${of}bits_two_moment_chi_square`,
          fitted,
          row.get('bits_two_moment_chi_square').number(),
          SOLVED,
        );
        const exact = row.find('probability_imhof')?.number();
        if (exact !== undefined) comparison.number(`${of}probability_imhof`, imhofCdf(law, target), exact, SOLVED);
      }
    });
  reference.json
    .get('ncx2')
    .items()
    .forEach((entry, index) => {
      const { error, minus_log_cdf_nats, sankaran_nats, ...fit } = fieldsOf(entry, []);
      ratio(comparison, `ncx2[${index}]: minus_log_cdf_nats`, -logChiSquareCdf(fit, error), minus_log_cdf_nats, 1e-8);
      ratio(comparison, `ncx2[${index}]: sankaran_nats`, releasedFallback(fit, error), sankaran_nats, 1e-8);
    });
}
