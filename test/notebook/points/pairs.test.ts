import { describe, expect, it } from 'vitest';
import {
  comparisons,
  pairDifferences,
  pairSentence,
  pairTable,
  shareSentence,
} from '../../../lib/dist/notebook/points/pairs';
import { run } from './runs';

const SIZES = [0, 10, 40, 100];

describe('comparisons', () => {
  const first = SIZES.map((n) => run('subnet', n, 0.6));
  const second = SIZES.map((n) => run('random', n, n === 0 ? 0.6 : 0.2));
  const [compared, ...more] = comparisons([
    { name: 'subnetwork − random', first, second },
    { name: 'nothing', first, second: second.map((row) => ({ ...row, seed: 2 })) },
  ]);
  const names = { question: 'Is it?', first: 'this', second: 'that' };

  it('keeps those that have pairs, for charts and tables', () => {
    expect(more).toEqual([]);
    expect(pairDifferences([compared]).map(({ condition, n, difference }) => [condition, n, difference])).toEqual([
      ['subnetwork − random', 0, 0],
      ...[10, 40, 100].map((n) => ['subnetwork − random', n, expect.closeTo(0.4, 12)]),
    ]);
    expect(pairTable([compared])).toMatchObject([
      { n: 4, 'above zero at': 3, 'below zero at': 0, pairs: 4, seeds: '1' },
    ]);
  });

  it('says who is ahead, or that nobody knows', () => {
    expect(pairSentence(compared, names)).toContain('**Is it?** Over all n together, this is ahead');
    expect(pairSentence(compared, names)).toContain('above zero at 3 n (n = 10, 40 and 100) and below zero at 0.');
    const [level] = comparisons([{ name: 'x', first, second: first }]);
    expect(pairSentence(level, names)).toContain('this and that cannot be told apart');
    expect(pairSentence(undefined, names)).toBe('**Is it?** There are no pairs of runs yet that could answer this.');
  });

  it('shares out a lead only where there is one, over the same runs', () => {
    const [half] = comparisons([
      { name: 'half', first: SIZES.map((n) => run('original', n, n === 0 ? 0.6 : 0.4)), second },
    ]);
    const share = (part: typeof half | undefined, whole = compared) => shareSentence({ part, whole, name: 'the base' });
    expect(share(half)).toBe('To the base +0.150 of accuracy is due, of a lead of +0.300 in all: **50 %**.');
    expect(share(undefined)).toBe('How much is due to the base cannot be said yet.');
    expect(share({ ...half, points: half.points.slice(1) })).toContain('cannot be said yet');
    expect(share(half, { ...compared, low: -0.1 })).toContain('too small to be shared out');
  });
});
