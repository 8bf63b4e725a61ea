import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT } from '../support/temporary';

interface Locked {
  optionalDependencies?: Record<string, string>;
}

it('package-lock.json lists the optional packages of every platform, without which npm ci refuses it', () => {
  const packages: Record<string, Locked> = JSON.parse(
    readFileSync(join(PROJECT, 'package-lock.json'), 'utf8'),
  ).packages;
  // Where Node looks for a package: beside the one that asks, then further up.
  const isLocked = (from: string, name: string): boolean => {
    if (`${from ? `${from}/` : ''}node_modules/${name}` in packages) return true;
    return from !== '' && isLocked(dirname(from) === '.' ? '' : dirname(from), name);
  };
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isLocked(path, name)),
  );
  expect(missing).toEqual([]);
});
