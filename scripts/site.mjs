// @ts-check
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readArguments } from './lib/arguments.mjs';
import { durationText } from './lib/duration.mjs';
import { Failure, runScript } from './lib/failure.mjs';
import { chooseNotebooks } from './lib/notebooks.mjs';
import { jupyterEnvironment, ROOT } from './lib/project.mjs';
import { run, tail } from './lib/run.mjs';
import { pythonPath } from './setup/pythonEnvironment.mjs';
import { SITE, setUpSite } from './site/environment.mjs';
import { sections } from './site/pages.mjs';
import { prepareSource } from './site/prepare.mjs';

const USAGE = `npm run site [-- NOTEBOOK ...] [--output FOLDER]

Builds the site in .site/html, to be read from there, from any web server or from GitHub Pages: all notebooks with the outputs
that are committed, the workshop and the texts. Charts are live; nothing on a page comes from another server.
NOTEBOOK (01, or a name) builds only those. --output names another folder, whose content is replaced.`;

runScript(async () => {
  const { values, positionals } = readArguments(
    { allowPositionals: true, options: { output: { type: 'string' }, help: { type: 'boolean' } } },
    USAGE,
  );
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (values.output !== undefined) requireOwnFolder(values.output);
  const all = sections();
  const chosen = positionals.length > 0 ? chooseNotebooks(positionals).map((path) => relative(ROOT, path)) : undefined;
  const wanted = all
    .map(({ title, pages }) => ({ title, pages: pages.filter((page) => chosen?.includes(page) ?? true) }))
    .filter(({ pages }) => pages.length > 0);
  await setUpSite();
  const start = Date.now();
  const output = values.output ?? join(SITE, 'html');
  const work = join(SITE, chosen ? 'some' : 'all');
  prepareSource(join(work, 'source'), wanted);
  for (const folder of [output, join(work, 'doctrees')]) rmSync(folder, { recursive: true, force: true });
  await build({ source: join(work, 'source'), doctrees: join(work, 'doctrees'), output });
  const count = wanted.flatMap(({ pages }) => pages).length + 1;
  const seconds = (Date.now() - start) / 1000;
  console.log(`${relative(process.cwd(), join(output, 'index.html'))}: ${count} pages in ${durationText(seconds)}`);
});

/**
 * Refuses a folder with other content than a site, since it is emptied.
 *
 * @param {string} folder
 */
function requireOwnFolder(folder) {
  if (!existsSync(folder) || readdirSync(folder).length === 0 || existsSync(join(folder, '.buildinfo'))) return;
  throw new Failure(`${folder} holds something else than a site, and would be emptied: name another folder.`);
}

/** @param {{source: string, doctrees: string, output: string}} folders */
async function build({ source, doctrees, output }) {
  const args = ['-m', 'sphinx', '-q', '-W', '--keep-going', '-b', 'html', '-d', doctrees];
  const { status, output: said } = await run(pythonPath(SITE), [...args, source, output], {
    cwd: ROOT,
    env: jupyterEnvironment(),
  });
  if (status === 0) return;
  const shown = tail(said.replaceAll(`${source}/`, ''), 40);
  throw new Failure(`${shown}\nThe site was not built: mend what the lines above name, and run npm run site again.`);
}
