/** The image, the hub and the workflows as files: there is no Docker where tests run. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { command } from '../support/run';
import { PROJECT } from '../support/temporary';

const read = (path: string) => readFileSync(join(PROJECT, path), 'utf8');
const dockerfile = read('scripts/container/Dockerfile');
const hub = read('scripts/container/jupyterhub_config.py');
const requirements = (path: string) =>
  Object.fromEntries([...read(path).matchAll(/^(.+)==(.+)$/gm)].map((m) => m.slice(1)));

it('every Python package of the site and the image is asked for in one version', () => {
  const files = ['scripts/requirements.txt', 'scripts/site/requirements.txt', 'scripts/container/requirements.txt'];
  for (const file of [...files, 'scripts/container/requirements-hub.txt']) {
    for (const line of read(file).trim().split('\n')) expect(line).toMatch(/^[\w.-]+==\d[\w.]*$/);
  }
  const inHub = requirements('scripts/container/requirements-hub.txt');
  expect(inHub).toMatchObject(requirements('scripts/container/requirements.txt'));
});

it('the image, the development container and the workflows take versions that the project supports', () => {
  const images = [...dockerfile.matchAll(/^FROM node:(\d+)-bookworm/gm)].map(([, major]) => major);
  const [site] = /node-version: (\d+)/.exec(read('.github/workflows/site.yml'))?.slice(1) ?? [];
  expect(images).toEqual([site, site]);
  expect(JSON.parse(read('package.json')).engines.node).toContain(`>=${site}.`);
  expect(read('.github/workflows/ci.yml')).toMatch(new RegExp(`node: \\[.*\\b${site}\\b.*\\]`));
  const { build } = JSON.parse(read('.devcontainer/devcontainer.json'));
  expect(join('.devcontainer', build.dockerfile)).toBe('scripts/container/Dockerfile');
  expect(dockerfile).toContain(` AS ${build.target}\n`);
  const actions = readdirSync(join(PROJECT, '.github/workflows')).flatMap((name) =>
    [...read(`.github/workflows/${name}`).matchAll(/uses: (\S+)@(\S+)/g)].map((m) => m.slice(1)),
  );
  for (const [action, version] of actions) expect(`${action}@${version}`).toMatch(/@v\d+$/);
  expect(new Set(actions.map(String)).size).toBe(new Set(actions.map(([action]) => action)).size);
});

it('the image leaves out only packages that are there, and lies where the hub looks for it', () => {
  const packages = Object.keys(JSON.parse(read('package-lock.json')).packages);
  const removed = [...dockerfile.matchAll(/ (node_modules\/\S+)/g)].map(([, path]) => path.replace(/\*$/, ''));
  expect(removed.length).toBeGreaterThan(0);
  for (const path of removed) expect(packages.some((name) => name.startsWith(path))).toBe(true);
  const [, project] = /^PROJECT = "(.*)"$/m.exec(hub) ?? [];
  expect(dockerfile.match(/^WORKDIR (.*)$/gm)).toEqual([`WORKDIR ${project}`, `WORKDIR ${project}`]);
});

it('npm start knows the options that containers give it, and refuses --hub without one', async () => {
  const { stdout } = await command('start', '--help');
  const given = [...`${dockerfile}${hub}`.matchAll(/"(--[a-z-]+)"/g)].map(([, option]) => option);
  expect(given).toEqual(expect.arrayContaining(['--ip', '--port', '--no-browser', '--hub']));
  for (const option of given) expect(stdout).toContain(option);
  const refused = await command('start', '--hub');
  expect(refused).toMatchObject({ status: 1, stderr: 'No JupyterHub has started this: leave --hub out.\n' });
});
