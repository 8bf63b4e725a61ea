import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { colourScale, dashScale, orderOf, symbolScale } from '../../lib/dist/charts/styles';
import { PROJECT } from '../support/temporary';

const CHANNELS = ['color', 'strokeDash', 'shape'];
type Looks = Map<string, Set<string>>;

/** Adds the looks of all names in a spec to `looks`: "color subnetwork" and the colour. */
function collect(spec: unknown, looks: Looks): void {
  if (typeof spec !== 'object' || spec === null) return;
  const encoding = (spec as { encoding?: Record<string, { scale?: { domain?: unknown; range?: unknown[] } }> })
    .encoding;
  for (const channel of CHANNELS) {
    const { domain, range } = encoding?.[channel]?.scale ?? {};
    if (!Array.isArray(domain) || !Array.isArray(range)) continue;
    domain.forEach((name, i) => {
      if (typeof name !== 'string') return;
      const key = `${channel} ${name}`;
      looks.set(key, (looks.get(key) ?? new Set()).add(JSON.stringify(range[i])));
    });
  }
  for (const part of Object.values(spec)) collect(part, looks);
}

it('a name has one colour, one dash and one symbol in all notebooks', () => {
  const folder = join(PROJECT, 'notebooks');
  const looks: Looks = new Map();
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.ipynb'))) {
    const { cells } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    for (const { outputs = [] } of cells) {
      for (const { data } of outputs) collect(data?.['application/vnd.vegalite.v5+json'], looks);
    }
  }
  expect(looks.size).toBeGreaterThan(40);
  expect(
    [...looks].filter(([, { size }]) => size > 1).map(([name, own]) => `${name}: ${[...own].join(' or ')}`),
  ).toEqual([]);
});

it('known names have their look wherever they stand, others take what is free', () => {
  expect(orderOf(['mine', 'random init', 'subnetwork'])).toEqual(['subnetwork', 'random init', 'mine']);
  const { range } = colourScale(['subnetwork', 'mine', 'random init']);
  expect(range[0]).toBe(colourScale(['subnetwork']).range[0]);
  expect(new Set(range).size).toBe(3);
  expect(dashScale(['published', 'ours']).range).toEqual([
    [5, 4],
    [1, 0],
  ]);
  expect(symbolScale(['mine', 'subnetwork']).range).toEqual(['square', 'circle']);
});
