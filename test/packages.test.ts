import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT } from './support/temporary';

it('the library declares every package that it imports, in the version of the project', () => {
  const packageOf = (folder: string) => JSON.parse(readFileSync(join(PROJECT, folder, 'package.json'), 'utf8'));
  const [project, library, shim] = ['.', 'lib', 'shims/tfjs-node'].map(packageOf);
  const sources = readdirSync(join(PROJECT, 'lib/src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(PROJECT, 'lib/src', file), 'utf8'));
  const imported = sources.flatMap((source) =>
    [...source.matchAll(/^import[^;]* '([^']+)';|require(?:\.resolve)?\('([^']+)'\)/gm)].map(
      ([, from, required]) => from ?? required,
    ),
  );
  const names = imported
    .filter((path) => !/^(\.|node:)/.test(path))
    .map((path) => path.split('/', path.startsWith('@') ? 2 : 1).join('/'));
  const declared = { ...library.peerDependencies, ...library.dependencies };
  expect(Object.keys(declared).sort()).toEqual([...new Set(names)].sort());
  expect({ ...project.dependencies, [shim.name]: shim.version }).toMatchObject(declared);
});
