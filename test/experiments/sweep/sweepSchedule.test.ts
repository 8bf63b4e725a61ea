import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkSeconds, chunksOf, makespan, urgency, type Work } from '../../../lib/dist/experiments/sweep/schedule';

const runs = fc.array(fc.record({ name: fc.uuid(), seconds: fc.integer({ min: 1, max: 500 }) }), { maxLength: 60 });

/** Jobs that need only jobs before them. */
const jobs = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.array(fc.nat(), { maxLength: 3 })), {
    minLength: 1,
    maxLength: 25,
  })
  .map((list) =>
    list.map(
      ([seconds, needs], i): Work => ({
        id: `job ${i}`,
        seconds,
        needs: i === 0 ? [] : [...new Set(needs.map((need) => `job ${need % i}`))],
      }),
    ),
  );

describe('chunksOf', () => {
  it('puts every run into one chunk, the longest first, none of them needlessly long', () => {
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 400 }), (all, length) => {
        const chunks = chunksOf(all, length);
        expect(chunks.flat()).toHaveLength(all.length);
        expect(new Set(chunks.flat())).toEqual(new Set(all));
        const order = chunks.flat().map(({ seconds }) => seconds);
        expect(order).toEqual([...order].sort((a, b) => b - a));
        for (const chunk of chunks) {
          const seconds = chunk.reduce((sum, run) => sum + run.seconds, 0);
          if (chunk.length > 1) expect(seconds).toBeLessThanOrEqual(length * 1.5);
        }
      }),
    );
  });
});

describe('chunkSeconds', () => {
  it('keeps the start of a process within a tenth, and the whole busy to the end', () => {
    expect(chunkSeconds({ total: 100, cores: 2, start: 3 })).toBeCloseTo(30);
    expect(chunkSeconds({ total: 3600, cores: 2, start: 3 })).toBe(300);
    expect(chunkSeconds({ total: 1e6, cores: 2, start: 3 })).toBe(600);
  });
});

describe('makespan', () => {
  it('is the sum on one core, and never below the longest line of jobs or a fair share', () => {
    fc.assert(
      fc.property(jobs, fc.integer({ min: 1, max: 4 }), (all, cores) => {
        const sum = all.reduce((total, { seconds }) => total + seconds, 0);
        expect(makespan(all, 1)).toBe(sum);
        const seconds = makespan(all, cores);
        expect(seconds).toBeLessThanOrEqual(sum);
        expect(seconds).toBeGreaterThanOrEqual(Math.max(sum / cores, ...urgency(all).values()));
      }),
    );
  });

  it('has runs without an origin fill the time while the base model trains', () => {
    const base = { id: 'base', needs: [], seconds: 100 };
    const subnet = { id: 'subnet', needs: ['base'], seconds: 50 };
    const random = { id: 'random', needs: [], seconds: 120 };
    expect(makespan([random, subnet, base], 2)).toBe(150);
  });

  it('takes jobs that are not there for finished', () => {
    expect(makespan([{ id: 'a', needs: ['b'], seconds: 2 }], 1)).toBe(2);
  });
});
