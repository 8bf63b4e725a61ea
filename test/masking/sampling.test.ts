import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complement, countsPerLayer, intersection, overlap, type Subnetwork } from '../../lib/dist/masking/subnetwork';
import { sampleSubnetwork } from '../../lib/dist/masking/transfer';
import { readSafetensors } from '../../lib/dist/tensorflow/safetensors';

// The discovered masks of the reference, and what the authors' samplers made of them.
const { tensors } = readSafetensors('test/reference/transfer.safetensors');
const discovered: Subnetwork = Object.fromEntries(
  Object.entries(tensors)
    .filter(([name]) => name.startsWith('mask/'))
    .map(([name, { shape, data }]) => [name.slice('mask/'.length), { shape, keep: data as Uint8Array }]),
);
const reference = JSON.parse(readFileSync('test/reference/transfer.json', 'utf8')).released_samplers as Record<
  string,
  Record<string, number | string>
>;
const sparse = Object.fromEntries(
  Object.entries(discovered).filter(([layer]) => !('released subnet_sampled_complement' in reference[layer])),
);

const count = (subnetwork: Subnetwork, layer: string) =>
  countsPerLayer(subnetwork).find(({ parameter }) => parameter === layer)?.kept;

describe('sampleSubnetwork', () => {
  it('agrees with the counts of the released samplers', () => {
    const sampled = sampleSubnetwork(discovered, { seed: 1, as: 'released', from: 'anywhere' });
    const outside = sampleSubnetwork(sparse, { seed: 1, as: 'released', from: 'complement' });
    const missing = overlap(complement(sampled), discovered);
    expect(Object.keys(discovered).sort()).toEqual(Object.keys(reference).sort());
    for (const [layer, expected] of Object.entries(reference)) {
      expect(count(discovered, layer)).toBe(expected.discovered);
      expect(count(sampled, layer)).toBe(expected['released subnet_sampled mask ones']);
      const { shared, sharedByChance } = missing.layers.find(({ parameter }) => parameter === layer)!;
      expect(sharedByChance).toBeCloseTo(expected['expected overlap of its zeros with the discovered mask'] as number);
      expect(Math.abs(shared - sharedByChance)).toBeLessThan(4 * Math.sqrt(sharedByChance));
      if (!(layer in sparse)) continue;
      expect(count(outside, layer)).toBe(expected['released subnet_sampled_complement mask ones']);
      expect(count(intersection(outside, sparse), layer)).toBe(expected['... of these inside the discovered mask']);
    }
  });

  it('refuses a complement of less than the subnetwork, as the released sampler does', () => {
    const dense = Object.keys(discovered).filter((layer) => !(layer in sparse));
    expect(dense.length).toBe(1);
    for (const as of ['described', 'released'] as const) {
      expect(() => sampleSubnetwork(discovered, { seed: 1, as, from: 'complement' })).toThrow(
        `Cannot draw a control outside the subnetwork: ${dense[0]} has 36104 of its 65536 weights in it, more than half.`,
      );
    }
  });

  it('draws k weights as described, and as released all but those', () => {
    const aMask = fc.uint8Array({ minLength: 1, maxLength: 60, max: 1 });
    const from = fc.constantFrom('anywhere' as const, 'complement' as const);
    fc.assert(
      fc.property(aMask, from, fc.nat(), (keep, from, seed) => {
        const subnetwork = { layer: { shape: [keep.length], keep } };
        const [{ kept, total }] = countsPerLayer(subnetwork);
        fc.pre(from === 'anywhere' || 2 * kept <= total);
        const described = sampleSubnetwork(subnetwork, { seed, as: 'described', from });
        expect(countsPerLayer(described)[0].kept).toBe(kept);
        if (from === 'complement') expect(countsPerLayer(intersection(described, subnetwork))[0].kept).toBe(0);
        expect(sampleSubnetwork(subnetwork, { seed, as: 'released', from })).toEqual(complement(described));
      }),
    );
  });

  it('draws every allowed weight equally often, and layers independently', () => {
    const keep = Uint8Array.of(1, 0, 0, 1, 0, 0);
    const subnetwork = { a: { shape: [6], keep }, b: { shape: [6], keep } };
    const drawn = { anywhere: new Array(6).fill(0), complement: new Array(6).fill(0) };
    let equal = 0;
    for (let seed = 0; seed < 3000; seed++) {
      for (const from of ['anywhere', 'complement'] as const) {
        const { a, b } = sampleSubnetwork(subnetwork, { seed, as: 'described', from });
        a.keep.forEach((bit, i) => {
          drawn[from][i] += bit;
        });
        if (a.keep.join() === b.keep.join() && from === 'anywhere') equal++;
      }
    }
    for (const times of drawn.anywhere) expect(Math.abs(times - 1000)).toBeLessThan(110); // 4 standard deviations
    drawn.complement.forEach((times, i) => {
      if (keep[i] === 1) expect(times).toBe(0);
      else expect(Math.abs(times - 1500)).toBeLessThan(110);
    });
    expect(Math.abs(equal - 3000 / 15)).toBeLessThan(60); // 15 pairs are possible
  });
});
