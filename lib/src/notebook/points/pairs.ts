/** Two conditions of ours against each other, run by run, as charts, tables and sentences take them. */

import type { DataEfficiencyRow } from '../../experiments';
import { type PairedCurves, pairCurves } from '../../stats/pairedCurves';
import { listed, numbered, signed } from '../words';

/** What is compared with what; pairs have the same n and the same seed, so rows of one depth are wanted. */
export interface Pair {
  /** What the comparison asks, as a heading: 'subnetwork − random init'. */
  name: string;
  first: readonly DataEfficiencyRow[];
  second: readonly DataEfficiencyRow[];
}

/** A comparison that has runs. */
export interface Comparison extends PairedCurves {
  name: string;
}

/** The comparisons for which there are pairs of runs. */
export function comparisons(pairs: readonly Pair[]): Comparison[] {
  return pairs.flatMap(({ name, first, second }) => {
    const paired = pairCurves(first.map(runOf), second.map(runOf));
    return paired ? [{ name, ...paired }] : [];
  });
}

/** The differences n by n, for `differencesChart`. */
export function pairDifferences(compared: readonly Comparison[]) {
  return compared.flatMap(({ name, points }) =>
    points.map(({ n, mean, low, high, runs }) => ({
      condition: name,
      source: 'ours',
      n,
      difference: mean,
      low,
      high,
      runs,
    })),
  );
}

/** One line a comparison: the mean difference over all n, and at how many n the difference's interval leaves out zero. */
export function pairTable(compared: readonly Comparison[]) {
  return compared.map(({ name, difference, low, high, points, firstAhead, secondAhead, pairs, seeds }) => ({
    comparison: name,
    'mean difference': difference,
    low,
    high,
    n: points.length,
    'above zero at': firstAhead.length,
    'below zero at': secondAhead.length,
    pairs,
    seeds: seeds.join(', '),
  }));
}

/** What a comparison says, in a sentence. */
export function pairSentence(
  compared: Comparison | undefined,
  { question, first, second }: { question: string; first: string; second: string },
): string {
  if (!compared) return `**${question}** There are no pairs of runs yet that could answer this.`;
  const { ahead, difference, low, high, points, firstAhead, secondAhead, seeds } = compared;
  const verdict =
    ahead === undefined
      ? `Over all n together, ${first} and ${second} cannot be told apart`
      : `Over all n together, ${ahead === 'first' ? first : second} is ahead`;
  const at = (sizes: number[]) => (sizes.length > 0 ? ` (n = ${listed(sizes)})` : '');
  return (
    `**${question}** ${verdict}: the mean difference of the accuracies (${first} minus ${second}) is ` +
    `${signed(difference)}, 95 % interval ${signed(low)} to ${signed(high)}, over ${points.length} n with ` +
    `${numbered('seed', seeds)}. Taken alone, the difference is above zero at ` +
    `${firstAhead.length} n${at(firstAhead)} and below zero at ${secondAhead.length}${at(secondAhead)}.`
  );
}

function runOf({ n_disambiguation, seed, test_accuracy }: DataEfficiencyRow) {
  return { n: n_disambiguation, seed, accuracy: test_accuracy };
}

/** How much of a lead a part of it makes up, in a sentence; both must be over the same n and seeds to be comparable. */
export function shareSentence({
  part,
  whole,
  name,
}: {
  part: Comparison | undefined;
  whole: Comparison | undefined;
  /** What the part is due to: 'the trained base model'. */
  name: string;
}): string {
  const sizes = ({ points }: Comparison) => JSON.stringify(points.map(({ n, runs }) => [n, runs]));
  if (!part || !whole || sizes(part) !== sizes(whole)) return `How much is due to ${name} cannot be said yet.`;
  const [own, all] = [signed(part.difference), signed(whole.difference)];
  if (!(whole.low > 0)) {
    return `To ${name} ${own} of accuracy is due, of a lead of ${all} in all, which is too small to be shared out.`;
  }
  const share = (100 * part.difference) / whole.difference;
  return `To ${name} ${own} of accuracy is due, of a lead of ${all} in all: **${share.toFixed(0).replace('-', '−')} %**.`;
}
