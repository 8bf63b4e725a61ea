import { describe, expect, it } from 'vitest';
import { nearerSampler } from '../../../lib/dist/notebook/points/nearerSampler';
import { published, sampled } from './runs';

describe('nearerSampler', () => {
  const rows = [0, 10, 40, 100].flatMap((n, i) => [
    sampled('described', n, 0.1 + 0.1 * i),
    sampled('released', n, 0.31 + 0.1 * i),
  ]);

  it('says which kind fits, by how much, and over how many n', () => {
    const sentence = nearerSampler('subnet_sampled', rows, published);
    expect(sentence).toContain('**sampled control.** Over all n together, the control as released is nearer');
    expect(sentence).toContain('0.200 as described and 0.010 as released');
    expect(sentence).toContain('As released is nearer at 4 of 4 numbers of samples (n = 0, 10, 40, 100).');
  });

  it('says that it cannot tell where each kind is nearer at some n', () => {
    const mixed = [0, 10, 40, 100].flatMap((n, i) => [
      sampled('described', n, 0.3 + 0.1 * i + (i % 2 ? 0.1 : 0.05)),
      sampled('released', n, 0.3 + 0.1 * i + (i % 2 ? 0.05 : 0.1)),
    ]);
    const sentence = nearerSampler('subnet_sampled', mixed, published);
    expect(sentence).toContain('ours do not tell which of the two the paper drew');
    expect(sentence).toContain('2 of 4 numbers of samples (n = 10, 100).');
  });

  it('says nothing where one kind was not run', () => {
    expect(
      nearerSampler(
        'subnet_sampled',
        rows.filter(({ sampler }) => sampler === 'released'),
        published,
      ),
    ).toBeUndefined();
    expect(nearerSampler('subnet_sampled_complement', rows, published)).toBeUndefined();
  });
});
